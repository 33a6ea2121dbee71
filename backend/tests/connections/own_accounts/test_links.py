"""How people are led from a chat to the page where they sign in with their own account."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import msgspec
import pytest

from conducktor.connections.own_accounts.link import LinkExpired, LinkOfSomebodyElse, SignInLinks
from conducktor.connections.own_accounts.refusal import OwnAccountNeeded
from conducktor.core.actor import Actor, Surface
from conducktor.core.clock import utc_now
from conducktor.core.ids import ConnectionId, UserId, WorkspaceId
from conducktor.edges.mcp_protocol import Era, Message, Params, ProtocolError
from conducktor.edges.mcp_sign_in import ask_to_sign_in
from tests.connections.own_accounts.place import Person, Place
from tests.connections.signing_in import come_back
from tests.gateway.client import META, MODERN, text
from tests.product import decoded
from tests.support.promptly import PATIENCE_S


async def test_a_client_that_can_open_links_is_asked_to_and_the_call_works_afterwards(
    place: Place, ada: Person, bob: Person
) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    able = {**META, "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"url": {}}}}

    async def call(**more: object) -> dict[str, Any]:
        params = {"name": f"{place.name}_take", "arguments": {"text": "x"}, "_meta": able, **more}
        headers = {"MCP_Protocol_Version": MODERN, "Mcp_Method": "tools/call", "Mcp_Name": f"{place.name}_take"}
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()
        answer: dict[str, Any] = decoded(await bob.client.send(body, **headers))["result"]
        return answer

    asked = await call()
    assert asked["resultType"] == "input_required"
    question = asked["inputRequests"]["conducktor_sign_in"]["params"]
    assert question["mode"] == "url"
    answered = {"inputResponses": {"conducktor_sign_in": {"action": "accept"}}}
    assert "not signed in" in text(await call(**answered)), "not asked again at once"

    page = urlsplit(question["url"])
    link = {"link": parse_qs(page.query)["link"][0]}
    assert decoded(await bob.browser.get(place.account, params=link))["state"] == "missing"
    address = decoded(await bob.browser.post(f"{place.account}/sign-in", link))["authorize_url"]
    returned = await come_back(bob.browser, place.service.authorize(address))
    assert urlsplit(returned.headers["location"]).path == page.path

    assert text(await call(**answered)) == "taken"
    last = next(r for r in reversed(place.service.received) if b'"tools/call"' in r.body)
    assert b"inputResponses" not in last.body


async def test_a_link_is_for_whose_chat_it_came_from_only(place: Place, ada: Person, bob: Person) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    url = (await place.call(bob))["structuredContent"]["sign_in_url"]
    link = {"link": parse_qs(urlsplit(url).query)["link"][0]}

    for answer in (
        await ada.browser.get(place.account, params=link),
        await ada.browser.post(f"{place.account}/sign-in", link),
        await ada.browser.request("PUT", place.account, json={"secret": "x", **link}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "link_of_somebody_else"), answer.text
    broken = await bob.browser.get(place.account, params={"link": link["link"][:-4]})
    assert (broken.status_code, broken.json()["code"]) == (409, "link_expired")


async def test_a_link_ends(place: Place, ada: Person, bob: Person) -> None:
    await place.use_own_accounts(ada.browser)
    parts, later = place.product.parts, utc_now() + timedelta(minutes=31)
    links = SignInLinks(parts.key_ring, utc_now, "")
    actor = await _actor(place, ada)
    link = links.make(actor, "lab", ConnectionId(UUID(int=1)), place.name).partition("link=")[2]

    links.check(link, actor, ConnectionId(UUID(int=1)))
    with pytest.raises(LinkExpired):
        SignInLinks(parts.key_ring, lambda: later, "").check(link, actor, ConnectionId(UUID(int=1)))
    with pytest.raises(LinkOfSomebodyElse):
        links.check(link, actor, ConnectionId(UUID(int=2)))


async def test_chatgpt_is_told_in_the_way_that_it_understands(place: Place, ada: Person, bob: Person) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)

    refused = await place.call(bob)

    (challenge,) = refused["_meta"]["mcp/www_authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert "resource_metadata=" in challenge
    assert "manage" not in challenge


@pytest.mark.parametrize(("version", "asks"), [("2025-11-25", True), ("2025-06-18", False)])
def test_older_clients_are_asked_by_an_error_since_there_is_one(version: str, asks: bool) -> None:
    error = OwnAccountNeeded(
        "notes", "https://conducktor.example.com/w/lab/connections/notes/account?link=abc", was_refused=False
    )
    able = b'{"elicitation":{"url":{}}}'
    message = Message(
        era=Era.LEGACY, version=version, method="tools/call", id=b"1", params=Params(), raw_params=msgspec.Raw(b"{}")
    )
    if not asks:
        assert ask_to_sign_in(error, message, able) is None
        return
    with pytest.raises(ProtocolError) as raised:
        ask_to_sign_in(error, message, able)
    assert raised.value.code == -32042
    (elicitation,) = raised.value.data["elicitations"]  # type: ignore[index]
    assert (elicitation["mode"], elicitation["url"]) == ("url", error.link)


async def _actor(place: Place, person: Person) -> Actor:
    session = await person.browser.session()
    return Actor(
        user_id=UserId(UUID(session["user"]["id"])),
        user_name="Ada",
        user_email="ada@example.com",
        workspace_id=WorkspaceId(UUID(session["workspaces"][0]["id"])),
        role="owner",
        permissions=frozenset(),
        surface=Surface.WEB,
    )


async def test_an_older_client_that_can_open_links_gets_the_error_of_its_revision(place: Place, ada: Person, bob: Person) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    promised = {
        "protocolVersion": "2025-11-25",
        "capabilities": {"elicitation": {"url": {}}},
        "clientInfo": {"name": "x", "version": "1"},
    }
    decoded(await bob.client.legacy("initialize", promised))

    asked = {"name": f"{place.name}_take", "arguments": {"text": "x"}}
    async with asyncio.timeout(PATIENCE_S):  # what an app can is known to all processes a moment later
        while "error" not in (answer := decoded(await bob.client.legacy("tools/call", asked, MCP_Protocol_Version="2025-11-25"))):
            await asyncio.sleep(0.05)

    decoded(await bob.client.legacy("initialize", promised | {"capabilities": {}}))
    assert answer["error"]["code"] == -32042
    assert answer["error"]["data"]["elicitations"][0]["mode"] == "url"
