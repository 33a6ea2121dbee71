"""Our client against servers made with the official SDK, in every way they can be run."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from conducktor.connections.mcp_client import Endpoint, Era, Fault, McpClient, Notification, Transport, UpstreamError
from conducktor.core.ids import ConnectionId
from conducktor.infra.http_client import HttpClient
from conducktor.settings import Settings
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import eventually
from tests.support.sdk_server import LegacyOnly, Seen, demo_server, serve

KINDS = ["modern-json", "modern-sse", "stateful-json", "stateful-sse", "stateless-json", "stateless-sse", "http+sse"]


@asynccontextmanager
async def upstream(kind: str, seen: Seen) -> AsyncIterator[Endpoint]:
    server = demo_server(seen)
    era, _, form = kind.partition("-")
    app: Any
    if kind == "http+sse":
        app, path = server.sse_app(), "/sse"
    else:
        app, path = server.streamable_http_app(json_response=form == "json", stateless_http=era == "stateless"), "/mcp"
    if era != "modern" and kind != "http+sse":
        app = LegacyOnly(app)
    async with serve(app, seen) as origin:
        yield Endpoint(
            connection_id=ConnectionId(uuid4()),
            name="demo-prod",
            url=origin + path,
            transport=Transport.SSE if kind == "http+sse" else Transport.STREAMABLE_HTTP,
            headers=(("Authorization", "Bearer a-long-secret"),),
        )


@pytest.fixture
async def mcp() -> AsyncIterator[McpClient]:
    async with HttpClient(Settings(outbound_allow=("127.0.0.1",))) as http:
        client = McpClient(http, client_version="9.9")
        yield client
        await client.close()


def decoded(raw: msgspec.Raw) -> Any:
    return msgspec.json.decode(raw)


def call(tool: str, **arguments: Any) -> bytes:
    return json.dumps({"name": tool, "arguments": arguments, "_meta": {"progressToken": "p-1"}}).encode()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_probe_finds_the_era_and_who_answers(mcp: McpClient, kind: str) -> None:
    async with upstream(kind, Seen()) as endpoint:
        facts = await mcp.probe(endpoint)
    assert facts.era is (Era.MODERN if kind.startswith("modern") else Era.LEGACY)
    assert facts.protocol_version == ("2026-07-28" if kind.startswith("modern") else "2025-11-25")
    assert (facts.name, facts.version, facts.title, facts.instructions) == ("demo", "1.2.3", "A demo", "Be kind.")
    assert "tools" in decoded(facts.capabilities)
    assert decoded(facts.server_info)["name"] == "demo"


@pytest.mark.parametrize("kind", KINDS)
async def test_tools_are_listed_and_called_and_report_progress(mcp: McpClient, kind: str) -> None:
    said: list[Notification] = []
    async with upstream(kind, Seen()) as endpoint:
        tools = [decoded(tool)["name"] for tool in await mcp.list_all(endpoint, "tools/list")]
        echoed = await mcp.request(endpoint, "tools/call", call("echo", text="hé 😀"), name="echo", deadline_s=PATIENCE_S)
        counted = await mcp.request(
            endpoint, "tools/call", call("count", to=3), name="count", deadline_s=PATIENCE_S, on_notification=said.append
        )
    assert tools == ["echo", "count", "hang", "fail"]
    assert echoed.result is not None
    assert decoded(echoed.result)["content"] == [{"type": "text", "text": "hé 😀"}]
    assert counted.result is not None
    assert decoded(counted.result)["content"][0]["text"] == "counted"
    if not kind.endswith("json"):
        assert [decoded(n.params)["progress"] for n in said] == [0, 1, 2]
        assert {n.method for n in said} == {"notifications/progress"}
        assert {decoded(n.params)["progressToken"] for n in said} == {"p-1"}


@pytest.mark.parametrize("kind", KINDS)
async def test_resources_prompts_and_refusals_pass_through(mcp: McpClient, kind: str) -> None:
    async with upstream(kind, Seen()) as endpoint:
        read = await mcp.request(
            endpoint, "resources/read", b'{"uri":"demo://greeting"}', name="demo://greeting", deadline_s=PATIENCE_S
        )
        prompt = await mcp.request(
            endpoint, "prompts/get", b'{"name":"ask","arguments":{"about":"x"}}', name="ask", deadline_s=PATIENCE_S
        )
        failed = await mcp.request(endpoint, "tools/call", call("fail"), name="fail", deadline_s=PATIENCE_S)
        unknown = await mcp.request(endpoint, "no/such", deadline_s=PATIENCE_S)
        templates = await mcp.list_all(endpoint, "resources/templates/list")
    assert read.result is not None
    assert decoded(read.result)["contents"][0]["text"] == "hello"
    assert prompt.result is not None
    assert "Tell me about x" in bytes(prompt.result).decode()
    assert failed.result is not None
    assert decoded(failed.result)["isError"] is True
    assert unknown.error is not None
    assert unknown.error.code in (-32601, -32602)
    assert templates == ()


@pytest.mark.parametrize("kind", ["modern-sse", "stateful-json", "stateful-sse", "http+sse"])
async def test_cancelling_the_caller_cancels_the_tool(mcp: McpClient, kind: str) -> None:
    seen = Seen()
    async with upstream(kind, seen) as endpoint:
        task = asyncio.create_task(mcp.request(endpoint, "tools/call", call("hang"), name="hang", deadline_s=30))
        async with asyncio.timeout(PATIENCE_S):
            await seen.started.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await seen.cancelled.wait()
    assert task.cancelled()


@pytest.mark.parametrize("kind", ["modern-sse", "stateful-sse", "stateless-json", "http+sse"])
async def test_a_tool_past_its_deadline_is_given_up_and_the_connection_stays_usable(mcp: McpClient, kind: str) -> None:
    async with upstream(kind, Seen()) as endpoint:
        await mcp.list_all(endpoint, "tools/list")
        with pytest.raises(UpstreamError, match=r"demo-prod did not answer within 0\.3 s") as error:
            await mcp.request(endpoint, "tools/call", call("hang"), name="hang", deadline_s=0.3)
        again = await mcp.request(endpoint, "tools/call", call("echo", text="x"), name="echo", deadline_s=PATIENCE_S)
    assert error.value.fault is Fault.TIMED_OUT
    assert error.value.may_have_run
    assert again.result is not None


async def test_fifty_first_calls_shake_hands_once_and_later_ones_cost_one_post(mcp: McpClient) -> None:
    for kind, legacy_overhead in (("stateless-json", 2), ("stateful-sse", 2), ("modern-json", 0)):
        seen = Seen()
        async with upstream(kind, seen) as endpoint:
            facts = await mcp.probe(endpoint)
            settled = msgspec.structs.replace(endpoint, era=facts.era, protocol_version=facts.protocol_version)
            seen.messages.clear()
            params = call("echo", text="x")
            calls = [mcp.request(settled, "tools/call", params, name="echo", deadline_s=PATIENCE_S) for _ in range(50)]
            replies = await asyncio.gather(*calls)
            assert all(reply.result for reply in replies)
            methods = [message["method"] for message in seen.messages]
            assert methods.count("tools/call") == 50
            assert len(methods) == 50 + legacy_overhead
            seen.messages.clear()
            await mcp.request(settled, "tools/call", params, name="echo", deadline_s=PATIENCE_S)
            assert [message["method"] for message in seen.messages] == ["tools/call"]
            await mcp.forget(settled)


@pytest.mark.parametrize("kind", ["stateful-json", "stateful-sse", "http+sse"])
async def test_a_server_that_restarted_gets_a_new_session_without_a_failed_call(mcp: McpClient, kind: str) -> None:
    async with upstream(kind, Seen()) as endpoint:
        await mcp.list_all(endpoint, "tools/list")
    port = int(endpoint.url.split(":")[2].split("/")[0])
    server = demo_server(Seen())
    app: Any = server.sse_app() if kind == "http+sse" else LegacyOnly(server.streamable_http_app(json_response=True))
    async with serve(app, port=port):
        reply = await mcp.request(endpoint, "tools/call", call("echo", text="x"), name="echo", deadline_s=PATIENCE_S)
        assert reply.result is not None


async def test_two_credentials_never_share_a_session(mcp: McpClient) -> None:
    seen = Seen()
    async with upstream("stateful-json", seen) as endpoint:
        other = msgspec.structs.replace(endpoint, headers=(("Authorization", "Bearer another-secret"),))
        for one in (endpoint, other, endpoint, other):
            await mcp.request(one, "tools/call", call("echo", text="x"), name="echo", deadline_s=PATIENCE_S)
    assert [message["method"] for message in seen.messages].count("initialize") == 2


async def test_a_hundred_calls_at_once_get_their_own_answers(mcp: McpClient) -> None:
    for kind in ("stateful-sse", "modern-json", "http+sse"):
        async with upstream(kind, Seen()) as endpoint:

            async def ask(number: int, endpoint: Endpoint = endpoint) -> None:
                params = call("echo", text=f"nonce-{number}")
                reply = await mcp.request(endpoint, "tools/call", params, name="echo", deadline_s=PATIENCE_S)
                assert reply.result is not None
                assert decoded(reply.result)["content"][0]["text"] == f"nonce-{number}"

            await asyncio.gather(*(ask(number) for number in range(100)))


async def test_forgetting_an_endpoint_ends_its_session(mcp: McpClient) -> None:
    async with upstream("stateful-json", Seen()) as endpoint:
        await mcp.list_all(endpoint, "tools/list")
        session = next(iter(mcp._channels.find(endpoint)._sessions.values()))  # type: ignore[union-attr]
        await mcp.forget(endpoint)
        http = mcp._outbox.http

        async def is_gone() -> bool:
            ping = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
            async with http.post(endpoint.url, headers=session.headers, body=ping, deadline_s=PATIENCE_S) as response:
                return response.status == 404

        async with asyncio.timeout(PATIENCE_S):
            while not await is_gone():
                pass


async def test_an_idle_event_stream_is_let_go(mcp: McpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conducktor.connections.mcp_event_stream.IDLE_S", 0.05)
    async with upstream("http+sse", Seen()) as endpoint:
        await mcp.list_all(endpoint, "tools/list")
        stream = mcp._channels.find(endpoint)._stream  # type: ignore[union-attr]
        assert stream is not None
        await eventually(lambda: not stream.is_open)
        assert await mcp.list_all(endpoint, "tools/list")
