"""Error -32042 of services of 2025-11-25: links to open before a call can be made, for clients of every era."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from conducktor.gateway import links
from tests.connections.shelf import Shelf, tool
from tests.gateway.client import Client, text
from tests.gateway.curious import ABLE, call_modern, introduce
from tests.gateway.test_governance import the_newest_call
from tests.product import Browser, decoded
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import reply

LINK = {"mode": "url", "elicitationId": "e1", "url": "https://example.com/in?code=secret", "message": "Sign in first."}
OPENED = {"link-1": {"action": "accept"}}
UNASKED: dict[str, Any] = {"elicitation": {}, "sampling": {}}


class Gated(Shelf):
    """Answers calls with what `needs` asks for, as long as there is something; then with the arguments and the other params."""

    def __init__(self) -> None:
        super().__init__(tool("echo"))
        self.needs: list[object] = []
        self._behaviours |= {"tools/call": self._call, "prompts/get": self._call}
        self.prompts = [{"name": "greet"}]

    async def _call(self, received: Received, writer: asyncio.StreamWriter) -> None:
        if self.needs:
            error = {"code": -32042, "message": "Not yet", "data": {"elicitations": self.needs.pop(0)}}
            writer.write(answer(json.dumps({"jsonrpc": "2.0", "id": received.json["id"], "error": error}).encode()))
            return
        content = [{"type": "text", "text": json.dumps(sorted(received.json["params"]))}]
        writer.write(answer(reply(received, json.dumps({"content": content, "messages": []}))))


@pytest.fixture(scope="module")
async def server(ada: Browser) -> AsyncIterator[Gated]:
    async with Gated() as server:
        made = decoded(await ada.post("/api/workspaces/lab/connections", {"name": "gated", "url": server.url, "auth": "none"}))
        assert made["state"] == "ACTIVE"
        yield server


@pytest.fixture
async def gated(server: Gated) -> Gated:
    server.needs = [[LINK]]
    server.received.clear()
    return server


async def call(client: Client, **more: Any) -> Any:
    return await call_modern(client, name="gated_echo", **more)


async def asked(client: Client, **more: Any) -> Any:
    told = await call(client, **more)
    assert told.get("result", {}).get("resultType") == "input_required", told
    return told["result"]


async def test_the_error_becomes_a_question_and_the_call_is_made_anew(client: Client, gated: Gated, ada: Browser) -> None:
    result = await asked(client)
    assert result["inputRequests"] == {
        "link-1": {
            "method": "elicitation/create",
            "params": {"mode": "url", "url": LINK["url"], "message": "gated asks: Sign in first."},
        }
    }
    done = (await call(client, inputResponses=OPENED, requestState=result["requestState"]))["result"]
    assert (done["resultType"], json.loads(text(done))) == ("complete", ["_meta", "arguments", "name"]), (
        "nothing of the question goes on"
    )
    assert len(gated.bodies("tools/call")) == 2

    await the_newest_call(ada, connection="gated")
    lines = decoded(await ada.get("/api/workspaces/lab/audit", params={"connection": "gated"}))["items"][:2]
    notes = [decoded(await ada.get(f"/api/workspaces/lab/audit/{line['id']}"))["decision"]["questions"] for line in lines]
    question = {"key": "link-1", "method": "elicitation/create", "mode": "url", "host": "example.com"}
    assert notes == [[{"key": "link-1", "answer": "accept"}], [question]]


async def test_a_service_that_is_not_satisfied_asks_again_but_not_without_end(
    client: Client, gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MOST_ROUNDS", 2)
    gated.needs = [[LINK], [LINK, {**LINK, "url": "http://example.com/2"}], [LINK]]
    first = await asked(client)
    second = await asked(client, inputResponses=OPENED, requestState=first["requestState"])
    assert sorted(second["inputRequests"]) == ["link-1", "link-2"]
    told = (await call(client, inputResponses=OPENED, requestState=second["requestState"]))["result"]
    assert told["isError"]
    assert "asks without end" in text(told)


async def test_the_state_is_good_once_and_for_its_own_request_and_app_only(
    client: Client, other_app: Client, gated: Gated
) -> None:
    given = {"inputResponses": OPENED, "requestState": (await asked(client))["requestState"]}
    refused = [
        await call(other_app, **given),
        await call(client, **given, arguments={"text": "other"}),
        await call(client, **{**given, "requestState": given["requestState"] + "x"}),
    ]
    assert all("was not given for this request" in json.dumps(told) for told in refused)
    assert "complete" in json.dumps(await call(client, **given))
    assert "used before" in json.dumps(await call(client, **given))
    assert len(gated.bodies("tools/call")) == 2


@pytest.mark.parametrize("action", ["decline", "cancel"])
async def test_a_person_who_does_not_want_to_ends_it(client: Client, gated: Gated, action: str) -> None:
    result = await asked(client)
    told = await call(client, inputResponses={"link-1": {"action": action}}, requestState=result["requestState"])
    assert "was declined" in text(told["result"])
    assert len(gated.bodies("tools/call")) == 1


async def test_a_client_that_can_not_be_asked_is_told_in_words(client: Client, gated: Gated) -> None:
    for abilities in (UNASKED, {}):
        gated.needs = [[LINK]]
        told = (await call(client, abilities=abilities))["result"]
        assert told["isError"]
        assert text(told) == f"Sign in first. Open this link: {LINK['url']} Then call again."

    gated.needs = [[LINK]]
    refused = decoded(await client.modern("prompts/get", {"name": "gated_greet"}))["error"]
    assert (refused["code"], str(LINK["url"]) in refused["message"]) == (-32000, True)


@pytest.mark.parametrize("odd", [[], [{"url": "javascript:alert(1)", "message": "x"}], [{"mode": "form"}], "none", [LINK] * 17])
async def test_what_is_no_list_of_links_stays_the_error_that_it_is(client: Client, gated: Gated, odd: object) -> None:
    gated.needs = [odd]
    assert (await call(client))["error"] == {"code": -32042, "message": "Not yet", "data": {"elicitations": odd}}


async def test_a_client_of_that_revision_gets_the_error_as_it_came_and_others_words(other_app: Client, gated: Gated) -> None:
    gated.needs = [[LINK]] * 100
    asking = {"name": "gated_echo", "arguments": {"text": "x"}}
    await introduce(other_app, ABLE)
    async with asyncio.timeout(PATIENCE_S):  # what an app can is known a moment later
        while "error" not in (told := decoded(await other_app.legacy("tools/call", asking, MCP_Protocol_Version="2025-11-25"))):
            await asyncio.sleep(0.02)
    assert told["error"] == {"code": -32042, "message": "Not yet", "data": {"elicitations": [LINK]}}
    older = decoded(await other_app.legacy("tools/call", asking, MCP_Protocol_Version="2025-06-18"))["result"]
    assert str(LINK["url"]) in text(older)
