"""People's own accounts are looked at now and then: whose has ended is told so, and nobody else is."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from conducktor.connections.outcome import HEALTHY_INTERVAL_S, JITTER
from conducktor.connections.own_accounts.checks import AT_ONCE, USED_WITHIN
from conducktor.connections.own_accounts.jobs import look_at_accounts
from conducktor.connections.own_accounts.looks import INTERVAL_S, LONGEST_S, next_look
from conducktor.core.clock import utc_now
from tests.connections.guarded import Guarded
from tests.connections.own_accounts.place import EVERYTHING, Person, Place, names
from tests.connections.shelf import tool
from tests.connections.signing_in import BASE, shown
from tests.gateway.client import text
from tests.notices.receiver import Receiver
from tests.product import Product, decoded
from tests.support.raw_server import answer
from tests.support.rpc_server import result


async def test_whose_account_has_ended_is_told_so_before_a_call_and_nobody_else_is(
    place: Place, ada: Person, bob: Person
) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    of_bob = await place.sign_in(bob.browser)
    await _call_and_let_time_pass(place, ada, bob)
    place.service.valid.discard(of_bob)
    place.service.refreshable.discard(of_bob.replace("access", "refresh"))

    async with Receiver() as receiver:
        channel = {"name": "Ops", "kind": "webhook", "url": receiver.url, "topics": ["connections"]}
        made = decoded(await ada.browser.post(f"{BASE}/notices/channels", channel))["channel"]["id"]
        await _look(place.product)
        assert await place.product.parts.deliveries.due(100) == []
        decoded(await ada.browser.delete(f"{BASE}/notices/channels/{made}"))

    assert decoded(await bob.browser.get(place.account))["state"] == "ended"
    health = (await bob.client.call("conducktr_get_connection_health", name=place.name))["structuredContent"]
    assert (health["status"], health["own_account"]["state"]) == ("healthy", "ended")
    assert "Sign in again" in health["summary"]
    assert health["own_account"]["sign_in_url"] in health["summary"]
    assert (await shown(ada.browser, place.name))["state"] == "ACTIVE"
    of_ada = decoded(await ada.browser.get(f"{BASE}/connections/{place.name}/health"))
    assert (of_ada["status"], of_ada["own_account"]["state"]) == ("healthy", "signed_in")
    assert of_ada["own_account"]["checked_at"] is not None
    assert "link" not in of_ada["summary"]
    assert text(await place.call(ada)) == "taken"

    await place.sign_in(bob.browser)
    health = (await bob.client.call("conducktr_get_connection_health", name=place.name))["structuredContent"]
    assert (health["own_account"]["state"], health["own_account"]["next_step"]) == ("signed_in", None)


async def test_a_key_that_is_refused_has_ended_before_a_call_finds_out(product: Product, ada: Person, bob: Person) -> None:
    async with Guarded(tool("take")) as service:
        service._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"taken"}]}')
        service.valid |= {"the-workspaces-key", "the-key-of-bob"}
        here = Place(product, service, next(names))
        wish = {"name": here.name, "url": service.url, "auth": "bearer", "secret": "the-workspaces-key"}
        decoded(await ada.browser.post(f"{BASE}/connections", wish))
        decoded(await ada.browser.patch(f"{BASE}/connections/{here.name}", {"personal_for": EVERYTHING}))
        decoded(await bob.browser.request("PUT", here.account, json={"secret": "the-key-of-bob"}))
        await _call_and_let_time_pass(here, bob)

        service.valid.discard("the-key-of-bob")
        await _look(product)

        assert decoded(await bob.browser.get(here.account))["state"] == "ended"
        decoded(await ada.browser.delete(f"{BASE}/connections/{here.name}"))


async def test_accounts_that_nobody_used_lately_and_those_of_broken_services_are_left_in_peace(
    place: Place, ada: Person, bob: Person
) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    await place.sign_in(bob.browser)
    await _call_and_let_time_pass(place, bob)  # Ada did not call
    assert await _looks(place) == 1

    await _call_and_let_time_pass(place, bob, since=USED_WITHIN + timedelta(minutes=1))
    assert await _looks(place) == 0

    await _call_and_let_time_pass(place, bob)
    await place.sql(f"UPDATE connections SET state = 'ERROR' WHERE name = '{place.name}'")
    assert await _looks(place) == 0
    await place.sql(f"UPDATE connections SET state = 'ACTIVE' WHERE name = '{place.name}'")
    assert await _looks(place) == 1
    assert await _looks(place) == 0, "it is not due any more"


async def test_two_workers_look_once_and_a_service_that_is_away_ends_nobodys_account(place: Place, ada: Person) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    await _call_and_let_time_pass(place, ada)
    place.service.broken = answer(b"", "503 Service Unavailable")

    before = len(place.service.received)
    await asyncio.gather(_look(place.product), _look(place.product))

    assert 0 < len(place.service.received) - before <= 2, "one look, in both eras at most"
    assert decoded(await ada.browser.get(place.account))["state"] == "signed_in"
    ((failures, wait),) = await place.sql(
        "SELECT failures_in_row, next_check_at - now() FROM own_accounts "
        f"WHERE connection_id = (SELECT id FROM connections WHERE name = '{place.name}')"
    )
    assert failures == 1
    assert wait > timedelta(seconds=2 * INTERVAL_S * (1 - JITTER) - 60)


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_people_are_never_looked_at_more_often_than_the_connection_and_with_growing_pauses(jitter: float) -> None:
    now = utc_now()
    waits = [(next_look(now, failures, jitter) - now).total_seconds() for failures in range(12)]
    assert min(waits) > HEALTHY_INTERVAL_S * (1 + JITTER)
    assert waits == sorted(waits)
    assert waits[1] == 2 * waits[0]
    assert max(waits) <= LONGEST_S * (1 + JITTER)
    assert AT_ONCE <= 20


async def _call_and_let_time_pass(place: Place, *people: Person, since: timedelta = timedelta(hours=1)) -> None:
    """Until a look is due."""
    for person in people:
        assert text(await place.call(person)) == "taken"
    await place.product.parts.vitals.write()
    due = await place.sql(
        f"UPDATE own_accounts SET next_check_at = now() - interval '1 second', used_at = '{utc_now() - since}' "
        f"WHERE used_at IS NOT NULL AND connection_id = (SELECT id FROM connections WHERE name = '{place.name}') RETURNING 1"
    )
    assert len(due) >= len(people)


async def _look(product: Product) -> None:
    await look_at_accounts(product.parts.by_name())


async def _looks(place: Place) -> int:
    """How many people's accounts one round shows to the service."""
    before: list[Any] = list(place.service.received)
    await _look(place.product)
    return len({r.headers.get("authorization") for r in place.service.received[len(before) :] if r.path == "/mcp"})
