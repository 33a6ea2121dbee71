"""A service that wants more access than a person's sign-in has: that person is asked for it, in the chat, and nobody else."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.connections.own_accounts.place import Person, Place
from tests.connections.signing_in import come_back, result_of, shown
from tests.gateway.client import text
from tests.product import decoded


@pytest.fixture
async def wanting(place: Place, ada: Person, bob: Person) -> Place:
    """Reading is allowed to everybody; writing takes another scope."""
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    await place.sign_in(bob.browser)
    place.service.wanted = {"put": "things:write"}
    return place


async def test_the_link_in_the_chat_asks_for_the_union_and_the_call_works_after_it(
    wanting: Place, ada: Person, bob: Person
) -> None:
    refused = await wanting.call(bob, "put")
    assert refused["isError"] is True
    assert "things:write" in text(refused)
    assert refused["structuredContent"]["sign_in_url"] in text(refused)
    assert refused["structuredContent"]["fault"] == "needs_more_access"
    assert text(await wanting.call(bob, "take")) == "taken", "the rest goes on"
    assert decoded(await bob.browser.get(wanting.account))["state"] == "needs_more_access"
    health = (await bob.client.call("conducktr_get_connection_health", name=wanting.name))["structuredContent"]
    assert "things:write" in health["summary"]

    link = {"link": parse_qs(urlsplit(refused["structuredContent"]["sign_in_url"]).query)["link"][0]}
    address = decoded(await bob.browser.post(f"{wanting.account}/sign-in", link))["authorize_url"]
    assert parse_qs(urlsplit(address).query)["scope"] == ["things:read things:write"]
    assert result_of(await come_back(bob.browser, wanting.service.authorize(address))) == "done"

    assert text(await wanting.call(bob, "put")) == "taken"
    assert decoded(await bob.browser.get(wanting.account))["state"] == "signed_in"


async def test_nobody_else_is_asked_and_the_connection_stays_as_it_is(wanting: Place, ada: Person, bob: Person) -> None:
    await wanting.call(bob, "put")

    assert decoded(await ada.browser.get(wanting.account))["state"] == "signed_in"
    view = await shown(ada.browser, wanting.name)
    assert (view["state"], view["fault"]) == ("ACTIVE", None)
    assert await _scope(wanting, ada) == ["things:read"]


async def test_who_gave_it_and_is_refused_all_the_same_is_not_sent_round_again(wanting: Place, bob: Person) -> None:
    await wanting.call(bob, "put")
    await wanting.sign_in(bob.browser)
    for granted in wanting.service.scopes.values():
        granted.discard("things:write")

    refused = await wanting.call(bob, "put")

    assert "although your sign-in asked for what it takes" in text(refused)
    assert "sign_in_url" not in refused["structuredContent"]
    assert decoded(await bob.browser.get(wanting.account))["state"] == "signed_in"


async def _scope(place: Place, person: Person) -> Any:
    address = decoded(await person.browser.post(f"{place.account}/sign-in", {}))["authorize_url"]
    return parse_qs(urlsplit(address).query)["scope"]
