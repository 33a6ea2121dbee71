"""Completion, log messages, and results that ask (2026-07-28), as they pass through the gateway."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.connections.shelf import Shelf, tool
from tests.gateway.client import META, MODERN, Client
from tests.gateway.curious import FORM, asked_on_stream, introduce, respond
from tests.product import Browser, Product, decoded
from tests.support.promptly import PROMPTLY_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import reply

STATE = "the upstream's own"
ABLE = {**META, "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}, "tasks": {}}}


class Asking(Shelf):
    """Asks for a confirmation before it answers `tools/call`, and completes arguments of its prompt."""

    def __init__(self) -> None:
        super().__init__(tool("echo"))
        self.heard: list[dict[str, Any]] = []
        self.question: dict[str, Any] = FORM
        self.state: Any = STATE
        self.prompts = [{"name": "greet", "arguments": [{"name": "who"}]}]
        self._behaviours |= {"server/discover": _discover, "tools/call": self._call, "completion/complete": self._complete}

    async def _call(self, received: Received, writer: asyncio.StreamWriter) -> None:
        params = received.json["params"]
        self.heard.append(params)
        told: dict[str, Any]
        if "inputResponses" in params:
            told = {"resultType": "complete", "content": [{"type": "text", "text": params.get("requestState", "")}]}
        else:
            told = {"resultType": "input_required", "inputRequests": {"sure": self.question}, "requestState": self.state}
        writer.write(answer(reply(received, json.dumps(told))))

    async def _complete(self, received: Received, writer: asyncio.StreamWriter) -> None:
        self.heard.append(received.json["params"])
        writer.write(answer(reply(received, '{"resultType":"complete","completion":{"values":["world"]}}')))


async def _discover(received: Received, writer: asyncio.StreamWriter) -> None:
    told = {"resultType": "complete", "supportedVersions": [MODERN], "capabilities": {"tools": {}, "prompts": {}}}
    writer.write(answer(reply(received, json.dumps(told))))


@pytest.fixture(scope="module")
async def asking(ada: Browser) -> AsyncIterator[Asking]:
    async with Asking() as server:
        made = decoded(await ada.post("/api/workspaces/lab/connections", {"name": "asking", "url": server.url, "auth": "none"}))
        assert (made["state"], made["protocol_version"]) == ("ACTIVE", MODERN)
        yield server


async def _ask(client: Client, path: str = "/asking", **more: object) -> dict[str, Any]:
    params = {"name": "echo", "arguments": {"text": "hi"}, "_meta": ABLE, **more}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {"MCP_Protocol_Version": MODERN, "Mcp_Method": "tools/call", "Mcp_Name": "echo"}
    told: dict[str, Any] = (await client.send(json.dumps(body).encode(), path=path, **headers)).json()
    return told


async def test_an_upstream_hears_the_clients_abilities_but_only_those_that_we_carry(client: Client, asking: Asking) -> None:
    await _ask(client)
    assert asking.heard[-1]["_meta"]["io.modelcontextprotocol/clientCapabilities"] == {"elicitation": {}}


async def test_a_request_state_comes_back_sealed_and_opens_once(client: Client, asking: Asking) -> None:
    asked = (await _ask(client))["result"]
    assert asked["resultType"] == "input_required"
    assert asked["inputRequests"]["sure"]["params"]["message"] == "asking asks: Sure?"
    assert STATE not in asked["requestState"]
    answers = {"sure": {"action": "accept", "content": {}}}
    done = await _ask(client, inputResponses=answers, requestState=asked["requestState"])
    assert done["result"]["content"][0]["text"] == STATE
    again = await _ask(client, inputResponses=answers, requestState=asked["requestState"])
    assert again["error"]["code"] == -32602 or again["result"]["isError"] is True
    assert "used before" in json.dumps(again)


async def test_a_request_state_is_good_for_nothing_else(product: Product, ada: Browser, client: Client, asking: Asking) -> None:
    state = (await _ask(client))["result"]["requestState"]
    before = len(asking.heard)
    async with await Client.authorized(product, ada, "lab") as other:
        refused = [
            await _ask(other, requestState=state),
            await _ask(client, requestState=state, arguments={"text": "other"}),
            await _ask(client, requestState=state + "x"),
            await _ask(client, requestState="nonsense"),
            await _ask(client, requestState=7),
        ]
    for told in refused:
        assert "was not given for this request" in json.dumps(told)
    assert len(asking.heard) == before, "nothing reached the upstream"


@pytest.mark.parametrize("state", [7, {"a": 1}])
async def test_a_request_state_that_is_no_text_is_the_services_fault(client: Client, asking: Asking, state: object) -> None:
    asking.state = state
    try:
        told = (await _ask(client))["result"]
    finally:
        asking.state = STATE
    assert told["isError"] is True
    assert told["structuredContent"]["fault"] == "broken_reply"


async def test_a_client_of_the_handshake_era_is_told_that_it_can_not_answer(client: Client, asking: Asking) -> None:
    told = decoded(await client.legacy("tools/call", {"name": "asking_echo", "arguments": {"text": "hi"}}))["result"]
    assert told["isError"] is True
    assert "asks for more input" in told["content"][0]["text"]


async def test_a_client_of_the_handshake_era_is_asked_on_its_stream_for_what_a_result_asks(
    other_app: Client, asking: Asking
) -> None:
    await introduce(other_app, {"elicitation": {}})

    async def accept(question: dict[str, Any]) -> None:
        assert question["params"]["message"] == "asking asks: Sure?"
        await respond(other_app, question, {"action": "accept", "content": {}})

    told = await asked_on_stream(other_app, accept, name="asking_echo", text="hi")
    assert told["result"]["content"][0]["text"] == STATE
    first, second = asking.heard[-2:]
    assert first["_meta"]["io.modelcontextprotocol/clientCapabilities"] == {"elicitation": {}}
    assert second["inputResponses"] == {"sure": {"action": "accept", "content": {}}}
    assert (second["name"], second["arguments"]) == (first["name"], first["arguments"])


async def test_a_result_that_asks_for_what_must_not_be_asked_is_no_answer(client: Client, asking: Asking) -> None:
    secret = {"type": "object", "properties": {"password": {"type": "string"}}}
    forbidden = [
        {"method": "sampling/createMessage", "params": {"messages": [], "maxTokens": 1}},
        {"method": "elicitation/create", "params": {"message": "Sure?", "requestedSchema": secret}},
        {"method": "tools/call", "params": {"name": "other"}},
    ]
    for question in forbidden:
        asking.question = question
        told = (await _ask(client))["result"]
        assert told["isError"] is True
        assert "did not accept the request" in told["content"][0]["text"]
    asking.question = FORM


async def test_completion_is_asked_under_the_upstreams_own_name_and_is_in_the_audit(
    ada: Browser, client: Client, asking: Asking
) -> None:
    ref = {"type": "ref/prompt", "name": "asking_greet"}
    params = {"ref": ref, "argument": {"name": "who", "value": "w"}}
    assert decoded(await client.modern("completion/complete", params))["result"]["completion"]["values"] == ["world"]
    assert asking.heard[-1]["ref"] == {"type": "ref/prompt", "name": "greet"}
    line = decoded(await ada.get("/api/workspaces/lab/audit", params={"tool": "greet"}))["items"][0]
    assert line["tool"] == "greet"
    unknown = {**params, "ref": {"type": "ref/prompt", "name": "asking_other"}}
    assert (await client.legacy("completion/complete", unknown)).json()["error"]["code"] == -32602
    assert (await client.legacy("completion/complete", {"ref": ref})).json()["error"]["code"] == -32602


async def test_nobody_is_asked_to_approve_a_suggestion(ada: Browser, client: Client, asking: Asking) -> None:
    wish = {"name": "Ask first", "kind": "require_approval", "what": {"connections": ["asking"]}}
    policy = decoded(await ada.post("/api/workspaces/lab/policies", wish))
    params = {"ref": {"type": "ref/prompt", "name": "asking_greet"}, "argument": {"name": "who", "value": "w"}}
    before = len(asking.heard)
    waiting = await _approvals(ada)
    try:
        async with asyncio.timeout(PROMPTLY_S):
            while "error" not in (told := (await client.legacy("completion/complete", params)).json()):
                before = len(asking.heard)
    finally:
        await ada.delete(f"/api/workspaces/lab/policies/{policy['id']}")
    assert "needs an approval, so there are no suggestions" in told["error"]["message"]
    assert len(asking.heard) == before, "nothing reached the upstream"
    assert await _approvals(ada) == waiting


async def test_a_log_level_is_one_of_eight(client: Client) -> None:
    assert decoded(await client.legacy("logging/setLevel", {"level": "warning"}))["result"] == {}
    assert (await client.legacy("logging/setLevel", {"level": "loud"})).json()["error"]["code"] == -32602
    assert (await client.modern("logging/setLevel", {"level": "info"})).status_code == 404


async def _approvals(ada: Browser) -> list[str]:
    return [each["id"] for each in decoded(await ada.get("/api/workspaces/lab/approvals"))["items"]]
