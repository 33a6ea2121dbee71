"""What 2026-07-28 demands of a server about its answers: kinds, hints, errors, streams."""

import asyncio
import json
from typing import Any

import pytest

from tests.conformance.requirements import requirement
from tests.gateway.client import META, MODERN, Client
from tests.gateway.mirror import Mirror
from tests.product import decoded
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import event, reply

ASKED: dict[str, dict[str, Any]] = {
    "server/discover": {},
    "tools/list": {},
    "resources/list": {},
    "resources/templates/list": {},
    "prompts/list": {},
    "tools/call": {"name": "echo", "arguments": {}},
    "resources/read": {"uri": "mirror://one"},
    "prompts/get": {"name": "greet"},
    "completion/complete": {"ref": {"type": "ref/prompt", "name": "greet"}, "argument": {"name": "who", "value": ""}},
}
CACHEABLE = ("server/discover", "tools/list", "resources/list", "resources/templates/list", "prompts/list", "resources/read")
UNREADABLE = '{"code":-32002,"message":"Resource not found","data":{"uri":"mirror://one"}}'


@requirement("base.result-type")
@pytest.mark.parametrize("method", list(ASKED))
@pytest.mark.parametrize("upstream", ["legacy", "modern"])
async def test_every_result_says_what_kind_it_is(
    client: Client, legacy: Mirror, modern: Mirror, upstream: str, method: str
) -> None:
    result = decoded(await client.modern(method, ASKED[method], path=f"/{upstream}"))["result"]
    assert result["resultType"] == "complete"


@requirement("caching.hints", "caching.private")
@pytest.mark.parametrize("method", CACHEABLE)
async def test_what_may_be_kept_says_for_how_long_and_by_whom(client: Client, legacy: Mirror, method: str) -> None:
    result = decoded(await client.modern(method, ASKED[method], path="/legacy"))["result"]
    assert result["ttlMs"] >= 0
    assert result["cacheScope"] == "private"


@requirement("caching.interim")
async def test_a_result_that_asks_carries_no_hints_about_keeping(client: Client, modern: Mirror) -> None:
    modern.says = '{"resultType":"input_required","inputRequests":{"who":{"method":"roots/list"}}}'
    meta = {**META, "io.modelcontextprotocol/clientCapabilities": {"roots": {}}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "mirror://one", "_meta": meta}}
    headers = {"MCP_Protocol_Version": MODERN, "Mcp_Method": "resources/read", "Mcp_Name": "mirror://one"}
    result = decoded(await client.send(json.dumps(body).encode(), path="/modern", **headers))["result"]
    assert result["resultType"] == "input_required"
    assert not {"ttlMs", "cacheScope"} & result.keys()


@requirement("base.retired-codes")
async def test_the_retired_code_for_a_missing_resource_is_not_told_to_clients_of_this_revision(
    client: Client, legacy: Mirror
) -> None:
    legacy.says, legacy.errs = UNREADABLE, True
    modern = (await client.modern("resources/read", ASKED["resources/read"], path="/legacy")).json()["error"]
    older = (await client.legacy("resources/read", ASKED["resources/read"], path="/legacy")).json()["error"]
    assert (modern["code"], modern["data"]) == (-32602, {"uri": "mirror://one"})
    assert older["code"] == -32002


@requirement("base.error-same-id", "base.error-shape")
async def test_an_error_has_the_id_of_its_request_a_code_and_a_message(client: Client, legacy: Mirror) -> None:
    for method in ("made/up", "tools/list"):
        told = (await client.legacy(method, {"_meta": 7} if method == "tools/list" else {}, id="mine")).json()
        assert told["id"] == "mine"
        assert isinstance(told["error"]["code"], int)
        assert told["error"]["message"]


@requirement("tools.deterministic-order")
async def test_tools_are_listed_in_the_same_order_each_time(client: Client, legacy: Mirror, modern: Mirror) -> None:
    listed = [[t["name"] for t in decoded(await client.modern("tools/list"))["result"]["tools"]] for _ in range(3)]
    assert listed[0] == listed[1] == listed[2]
    assert len(listed[0]) > 10


@requirement("tools.capability", "prompts.capability", "resources.capability", "completion.capability", "logging.capability")
async def test_what_is_offered_is_declared(client: Client) -> None:
    declared = decoded(await client.modern("server/discover"))["result"]["capabilities"]
    assert {"tools", "prompts", "resources", "completions", "logging"} <= declared.keys()


@requirement("logging.opt-in", "progress.opt-in", "http.one-answer-last")
@pytest.mark.parametrize(("level", "token"), [(None, None), ("info", None), (None, 7), ("info", 7)])
async def test_log_messages_and_progress_come_only_to_those_who_asked(
    client: Client, modern: Mirror, level: str | None, token: int | None
) -> None:
    async def chatty(received: Received, writer: asyncio.StreamWriter) -> None:
        ours = received.json["params"]["_meta"].get("progressToken", "none was given")
        said = [
            {"method": "notifications/message", "params": {"level": "warning", "data": "psst"}},
            {"method": "notifications/message", "params": {"level": "debug", "data": "too quiet"}},
            {"method": "notifications/progress", "params": {"progressToken": ours, "progress": 1}},
        ]
        events = b"".join(event(json.dumps({"jsonrpc": "2.0", **one})) for one in said)
        writer.write(answer(events + event(reply(received, '{"content":[]}')), content_type="text/event-stream"))

    kept, modern._behaviours["tools/call"] = modern._behaviours["tools/call"], chatty
    meta: dict[str, object] = {**META}
    if level:
        meta["io.modelcontextprotocol/logLevel"] = level
    if token:
        meta["progressToken"] = token
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {**ASKED["tools/call"], "_meta": meta}}
    headers = {"MCP_Protocol_Version": MODERN, "Mcp_Method": "tools/call", "Mcp_Name": "echo"}
    try:
        told = await client.send(
            json.dumps(body).encode(), path="/modern", Accept="application/json, text/event-stream", **headers
        )
    finally:
        modern._behaviours["tools/call"] = kept
    messages = [json.loads(line.removeprefix("data: ")) for line in told.text.split("\n") if line.startswith(("{", "data: "))]
    heard = [m["method"] for m in messages[:-1]]
    assert heard == ["notifications/message"] * bool(level) + ["notifications/progress"] * bool(token)
    assert messages[-1]["id"] == 1


@requirement("http.unbuffered", "http.json-or-stream")
async def test_an_answer_is_json_or_a_stream_that_nobody_may_hold_back(client: Client, modern: Mirror) -> None:
    plain = await client.modern("tools/call", ASKED["tools/call"], path="/modern")
    modern.murmurs = '{"progressToken":"TOKEN","progress":1}'
    params = {**ASKED["tools/call"], "_meta": {"progressToken": 1}}
    streamed = await client.legacy("tools/call", params, path="/modern", Accept="application/json, text/event-stream")
    assert plain.headers["content-type"] == "application/json"
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert streamed.headers["x-accel-buffering"] == "no"


@requirement("tools.input-error-is-a-result", "tools.unknown-is-an-error")
async def test_what_a_model_can_act_on_is_a_result_and_an_unknown_tool_an_error(client: Client, legacy: Mirror) -> None:
    legacy.says = '{"content":[{"type":"text","text":"region is missing"}],"isError":true}'
    failed = decoded(await client.modern("tools/call", ASKED["tools/call"], path="/legacy"))["result"]
    unknown = (await client.modern("tools/call", {"name": "no_such_tool", "arguments": {}})).json()["error"]
    assert failed["isError"] is True
    assert unknown["code"] == -32602
