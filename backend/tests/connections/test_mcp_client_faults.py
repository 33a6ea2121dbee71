"""Upstreams that do wrong: each becomes one clear error, and the next call works."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import msgspec
import pytest

from conducktor.connections.mcp_client import Endpoint, Era, Fault, McpClient, Notification, Transport, UpstreamError
from conducktor.infra.http_client import HttpClient
from conducktor.settings import Settings
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import RawServer, Received, always, answer, eventually
from tests.support.rpc_server import (
    INITIALIZED,
    SECRET,
    Behaviour,
    RpcServer,
    answering,
    error,
    event,
    hang,
    reply,
    reset,
    result,
    stream,
)

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
CALL = b'{"name":"search","arguments":{}}'


@pytest.fixture
async def mcp() -> AsyncIterator[McpClient]:
    async with HttpClient(Settings(outbound_allow=("127.0.0.1",))) as http:
        client = McpClient(http, client_version="9.9", clock=lambda: NOON)
        yield client
        await client.close()


async def call(mcp: McpClient, endpoint: Endpoint, deadline_s: float = PATIENCE_S) -> bytes:
    told = await mcp.request(endpoint, "tools/call", CALL, name="search", deadline_s=deadline_s)
    assert told.result is not None
    return bytes(told.result)


async def failure(mcp: McpClient, endpoint: Endpoint, deadline_s: float = PATIENCE_S) -> UpstreamError:
    with pytest.raises(UpstreamError) as raised:
        await call(mcp, endpoint, deadline_s)
    told = raised.value
    assert "linear-prod" in told.detail
    assert told.next_step
    assert SECRET not in f"{told.detail} {told.next_step} {told.challenge} {told.facts}"
    return told


def raw_id(received: Received) -> int:
    return int(received.json["id"])


HTML = answer(b"<!DOCTYPE html><html>Welcome</html>", content_type="text/html; charset=utf-8")
FAULTS: dict[str, tuple[Behaviour, Fault, bool]] = {
    "hangs": (hang, Fault.TIMED_OUT, True),
    "resets": (reset, Fault.DISCONNECTED, True),
    "half closes": (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{", Fault.TIMED_OUT, True),
    "web page": (HTML, Fault.BROKEN_REPLY, True),
    "web page as JSON": (answer(b"<html></html>"), Fault.BROKEN_REPLY, True),
    "broken JSON": (answer(b'{"jsonrpc":"2.0","id":1,'), Fault.BROKEN_REPLY, True),
    "other JSON": (answer(b'{"hello":"world"}'), Fault.BROKEN_REPLY, True),
    "JSON text": (answer(b'"hello"'), Fault.BROKEN_REPLY, True),
    "empty body": (answer(b""), Fault.BROKEN_REPLY, True),
    "bad UTF-8": (answer(b'{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"\xff"}}'), Fault.BROKEN_REPLY, True),
    "deep JSON": (answer(b"[" * 100_000), Fault.BROKEN_REPLY, True),
    "wrong id": (answer(b'{"jsonrpc":"2.0","id":987654321,"result":{}}'), Fault.BROKEN_REPLY, True),
    "result is a list": (result("[1]"), Fault.BROKEN_REPLY, True),
    "error is a word": (answer(b'{"jsonrpc":"2.0","id":null,"error":"no"}'), Fault.BROKEN_REPLY, True),
    "accepted": (answer(b"", "202 Accepted"), Fault.BROKEN_REPLY, True),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", Fault.BROKEN_REPLY, True),
    "not HTTP": (b"220 smtp.example.com\r\n\r\n", Fault.DISCONNECTED, True),
    "stream without answer": (stream(b": hello\n\n"), Fault.DISCONNECTED, True),
    "stream of broken JSON": (stream(event("{broken")), Fault.BROKEN_REPLY, True),
    "stream of bad UTF-8": (stream(event(b'{"x":"\xff"}')), Fault.DISCONNECTED, True),
    "stream with a wrong id": (stream(event('{"jsonrpc":"2.0","id":-5,"result":{}}')), Fault.BROKEN_REPLY, True),
    "silent stream": (stream(ends=False), Fault.TIMED_OUT, True),
    "401": (answer(b"", "401 Unauthorized"), Fault.SIGN_IN_AGAIN, False),
    "403": (answer(b"", "403 Forbidden"), Fault.NOT_ALLOWED, False),
    "404": (answer(b"not here", "404 Not Found", "text/plain"), Fault.NOT_FOUND, False),
    "405": (answer(b"", "405 Method Not Allowed"), Fault.NOT_FOUND, False),
    "415": (answer(b"", "415 Unsupported Media Type"), Fault.REJECTED, False),
    "429": (answer(b"", "429 Too Many Requests"), Fault.RATE_LIMITED, False),
    "500": (answer(b"<html>oops</html>", "500 Internal Server Error", "text/html"), Fault.SERVER_ERROR, True),
    "503": (answer(b"", "503 Service Unavailable"), Fault.SERVER_ERROR, True),
    "status 999": (answer(b"", "999 Odd"), Fault.SERVER_ERROR, True),
}


@pytest.mark.parametrize("case", FAULTS)
async def test_a_faulty_answer_is_named_and_the_next_call_works(mcp: McpClient, case: str) -> None:
    behaviour, expected, may_have_run = FAULTS[case]
    calls = 0

    async def first_badly(received: Received, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            writer.write(answer(reply(received, '{"ok":true}')))
        elif isinstance(behaviour, bytes):
            writer.write(behaviour)
        else:
            await behaviour(received, writer)

    async with RpcServer({"tools/call": first_badly}) as server:
        endpoint = server.endpoint()
        told = await failure(mcp, endpoint, 1.5 if expected is Fault.TIMED_OUT else PATIENCE_S)
        assert (told.fault, told.may_have_run) == (expected, may_have_run)
        assert await call(mcp, endpoint) == b'{"ok":true}'
    assert calls == 2, "a tool call must never be sent twice by itself"


async def test_a_reply_of_more_than_10_mb_is_refused_with_and_without_a_stream(mcp: McpClient) -> None:
    huge = '{"text":"' + "x" * (10 * 1024 * 1024) + '"}'
    large = '{"text":"' + "x" * (9 * 1024 * 1024) + '"}'
    endless = stream(*([b": keep alive\n\n" + b":" * 65_000 + b"\n"] * 200), ends=False)
    one_event = stream(b"data: ", *([b"x" * 65_000] * 200), ends=False)
    for behaviour in (result(huge), stream(answering(huge)), endless, one_event):
        async with RpcServer({"tools/call": behaviour}) as server:
            assert (await failure(mcp, server.endpoint())).fault is Fault.TOO_LARGE
    for behaviour in (result(large), stream(answering(large))):
        async with RpcServer({"tools/call": behaviour}) as server:
            assert await call(mcp, server.endpoint()) == large.encode()


async def test_nothing_listens(mcp: McpClient) -> None:
    async with RpcServer({}) as server:
        endpoint = server.endpoint()
    told = await failure(mcp, endpoint)
    assert (told.fault, told.may_have_run) == (Fault.UNREACHABLE, False)


async def test_an_address_that_may_not_be_used_is_refused_with_the_setting_that_would_allow_it(mcp: McpClient) -> None:
    async with RpcServer({}) as canary:
        endpoint = msgspec.structs.replace(canary.endpoint(), url=f"http://127.0.0.2:{canary.port}/")
        told = await failure(mcp, endpoint)
        assert (told.fault, told.may_have_run) == (Fault.ADDRESS_REFUSED, False)
        assert "CONDUCKTOR_OUTBOUND_ALLOW" in (told.next_step or "")
    assert canary.connections == 0


async def test_a_redirect_is_told_and_not_followed(mcp: McpClient) -> None:
    async with RawServer(always(answer(b"{}"))) as canary:
        moved = answer(b"", "307 Temporary Redirect", headers=(f"Location: {canary.url}?token={SECRET}",))
        async with RpcServer({"tools/call": moved}) as server:
            told = await failure(mcp, server.endpoint())
    assert told.fault is Fault.MOVED
    assert canary.url in told.detail
    assert canary.connections == 0


async def test_401_and_403_say_what_to_do_and_keep_the_challenge_without_our_credential(mcp: McpClient) -> None:
    challenge = f'WWW-Authenticate: Bearer scope="a b", error_description="bad token {SECRET}"'
    async with RpcServer({"tools/call": answer(b"", "401 Unauthorized", headers=(challenge,))}) as server:
        told = await failure(mcp, server.endpoint())
    assert told.detail == "linear-prod asked for sign-in again (401)."
    assert told.next_step == "Update its credential in Conducktor → Connections → linear-prod."
    assert told.challenge == 'Bearer scope="a b", error_description="bad token [redacted]"'


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        ("Tue, 01 Dec 2026 12:01:30 GMT", 90),
        ("Tue, 01 Dec 2026 11:00:00 GMT", 0),
        ("Tue, 01 Dec 2026 11:00:00", None),
        ("99999999999999999999", 86_400),
        ("-5", None),
        ("soon", None),
        ("٣", None),
    ],
)
async def test_retry_after_is_understood_in_both_forms(mcp: McpClient, header: str, seconds: int | None) -> None:
    busy = answer(b"", "429 Too Many Requests").replace(b"\r\n\r\n", b"\r\nRetry-After: " + header.encode() + b"\r\n\r\n")
    async with RpcServer({"tools/call": busy}) as server:
        assert (await failure(mcp, server.endpoint())).retry_after_s == seconds


async def test_a_json_rpc_error_is_an_answer_whatever_its_status(mcp: McpClient) -> None:
    for status in ("200 OK", "400 Bad Request", "404 Not Found", "500 Internal Server Error"):
        async with RpcServer({"tools/call": error(-32602, "bad argument", {"field": "x"}, status)}) as server:
            told = await mcp.request(server.endpoint(), "tools/call", CALL, name="search", deadline_s=PATIENCE_S)
        assert told.error is not None
        assert msgspec.json.encode(told.error) == b'{"code":-32602,"message":"bad argument","data":{"field": "x"}}'
    async with RpcServer({"tools/call": error(-32602)}) as server:
        told = await mcp.request(server.endpoint(), "tools/call", CALL, name="search", deadline_s=PATIENCE_S)
    assert msgspec.json.encode(told.error) == b'{"code":-32602,"message":"no"}'


async def test_our_credential_never_comes_back_in_results_errors_or_progress(mcp: McpClient) -> None:
    escaped = SECRET.replace("/", "\\/")
    echo = f'{{"a":"Bearer {SECRET}","b":"{SECRET}","c":"{escaped}"}}'
    progress = event(f'{{"jsonrpc":"2.0","method":"notifications/progress","params":{{"message":"{SECRET}"}}}}')
    said: list[Notification] = []
    for behaviour in (result(echo), stream(progress, answering(echo))):
        async with RpcServer({"tools/call": behaviour}) as server:
            told = await mcp.request(
                server.endpoint(), "tools/call", CALL, name="search", deadline_s=PATIENCE_S, on_notification=said.append
            )
        assert told.result is not None
        assert bytes(told.result) == b'{"a":"[redacted]","b":"[redacted]","c":"[redacted]"}'
    assert bytes(said[0].params) == b'{"message":"[redacted]"}'
    async with RpcServer({"tools/call": error(-32000, f"token {SECRET} is bad", {"token": SECRET})}) as server:
        told = await mcp.request(server.endpoint(), "tools/call", CALL, name="search", deadline_s=PATIENCE_S)
    assert told.error is not None
    assert SECRET.encode() not in msgspec.json.encode(told.error)


async def test_an_upstream_that_answers_twice_is_not_believed(mcp: McpClient) -> None:
    async def twice(received: Received, writer: asyncio.StreamWriter) -> None:
        one = reply(received, '{"n":1}')
        writer.write(answer(b"[" + one + b"," + one.replace(b'"n":1', b'"n":2') + b"]"))

    async with RpcServer({"tools/call": twice}) as server:
        assert (await failure(mcp, server.endpoint())).fault is Fault.BROKEN_REPLY
    async with RpcServer({"tools/call": stream(answering('{"n":1}'), answering('{"n":2}'))}) as server:
        assert await call(mcp, server.endpoint()) == b'{"n":1}'
        assert await call(mcp, server.endpoint()) == b'{"n":1}'


async def test_a_dead_pooled_connection_is_replaced_for_reads_and_never_for_tool_calls(mcp: McpClient) -> None:
    broken: set[str] = set()

    def once_dead(raw: str) -> Behaviour:
        async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
            if (method := received.json["method"]) not in broken:
                broken.add(method)
                writer.transport.abort()
            else:
                writer.write(answer(reply(received, raw)))

        return behave

    behaviours = {"tools/list": once_dead('{"tools":[]}'), "tools/call": once_dead('{"ok":true}')}
    async with RpcServer(behaviours) as server:
        assert await mcp.list_all(server.endpoint(), "tools/list") == ()
        assert (await failure(mcp, server.endpoint())).fault is Fault.DISCONNECTED
        broken.clear()
        marked = await mcp.request(server.endpoint(), "tools/call", CALL, name="search", deadline_s=PATIENCE_S, repeatable=True)
        assert marked.result is not None


async def test_requests_of_the_upstream_are_answered_without_waiting(mcp: McpClient) -> None:
    ping = event('{"jsonrpc":"2.0","id":"p","method":"ping"}')
    sampling = event('{"jsonrpc":"2.0","id":7,"method":"sampling/createMessage","params":{}}')
    answered = asyncio.Event()
    answers: list[object] = []

    async def take(received: Received, writer: asyncio.StreamWriter) -> None:
        answers.append(received.json)
        writer.write(answer(b"", "202 Accepted"))
        if len(answers) == 2:
            answered.set()

    async def ask_first(received: Received, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
        writer.write(head + ping + sampling)
        await answered.wait()
        writer.write(event(reply(received, '{"ok":true}')))
        writer.close()

    async with RpcServer({"tools/call": ask_first, "(answer)": take}) as server:
        assert await call(mcp, server.endpoint()) == b'{"ok":true}'
    assert {"jsonrpc": "2.0", "id": "p", "result": {}} in answers
    refusal = next(told for told in answers if isinstance(told, dict) and "error" in told)
    assert (refusal["id"], refusal["error"]["code"]) == (7, -32601)


async def test_malformed_notifications_are_dropped_and_the_answer_still_comes(mcp: McpClient) -> None:
    said: list[Notification] = []
    start = '{"jsonrpc":"2.0","method":"notifications/progress","params":'
    parts = [event(start + params + "}") for params in ("[1]", "null", '"x"', "{}")]
    parts.append(event('{"jsonrpc":"2.0","method":"notifications/message"}'))
    async with RpcServer({"tools/call": stream(*parts, answering())}) as server:
        await mcp.request(
            server.endpoint(), "tools/call", CALL, name="search", deadline_s=PATIENCE_S, on_notification=said.append
        )
    assert [(n.method, bytes(n.params)) for n in said] == [("notifications/progress", b"{}"), ("notifications/message", b"{}")]


async def test_giving_up_tells_a_legacy_upstream_which_request_it_was(mcp: McpClient) -> None:
    async with RpcServer({"tools/call": hang}) as server:
        endpoint = server.endpoint()
        task = asyncio.create_task(call(mcp, endpoint))
        await eventually(lambda: len(server.bodies("tools/call")) == 1)
        task.cancel()
        assert (await failure(mcp, endpoint, deadline_s=1)).fault is Fault.TIMED_OUT
        await eventually(lambda: len(server.bodies("notifications/cancelled")) == 2)
    cancelled = [told["params"]["requestId"] for told in server.bodies("notifications/cancelled")]
    assert cancelled == [told["id"] for told in server.bodies("tools/call")]


@pytest.mark.parametrize(
    "lost",
    [
        answer(b"", "404 Not Found"),
        error(-32600, "Session not found", status="404 Not Found"),
        error(-32000, "Bad Request: No valid session ID provided", status="400 Bad Request"),
    ],
)
async def test_a_lost_session_is_opened_again_once(mcp: McpClient, lost: Behaviour) -> None:
    sessions = 0

    async def initialize(received: Received, writer: asyncio.StreamWriter) -> None:
        nonlocal sessions
        sessions += 1
        writer.write(answer(reply(received, json.dumps(INITIALIZED)), headers=(f"Mcp-Session-Id: s-{sessions}",)))

    async def forgetful(received: Received, writer: asyncio.StreamWriter) -> None:
        if received.headers["mcp-session-id"] != "s-1":
            writer.write(answer(reply(received, '{"ok":true}')))
        elif isinstance(lost, bytes):
            writer.write(lost)
        else:
            await lost(received, writer)

    async with RpcServer({"initialize": initialize, "tools/call": forgetful}) as server:
        endpoint = server.endpoint()
        assert await call(mcp, endpoint) == b'{"ok":true}'
        assert await call(mcp, endpoint) == b'{"ok":true}'
    assert sessions == 2
    async with RpcServer({"initialize": initialize, "tools/call": answer(b"", "404 Not Found")}) as server:
        sessions = 0
        assert (await failure(mcp, server.endpoint())).fault is Fault.REJECTED
    assert sessions == 2


@pytest.mark.parametrize("session_id", ["", "a b", "ü", "x" * 2000])
async def test_a_session_id_that_could_not_be_sent_back_is_refused(mcp: McpClient, session_id: str) -> None:
    raw = result(json.dumps(INITIALIZED), f"Mcp-Session-Id: {session_id}")
    async with RpcServer({"initialize": raw}) as server:
        assert (await failure(mcp, server.endpoint())).fault is Fault.BROKEN_REPLY


Probe = tuple[dict[str, Behaviour], Era | Fault]
PROBES: dict[str, Callable[[], Probe]] = {
    "discovers": lambda: ({"server/discover": result('{"supportedVersions":["2026-07-28"],"capabilities":{}}')}, Era.MODERN),
    "newer too": lambda: ({"server/discover": result('{"supportedVersions":["2026-07-28","2031-01-01"]}')}, Era.MODERN),
    "discovers legacy": lambda: ({"server/discover": result('{"supportedVersions":["2025-11-25"]}')}, Era.LEGACY),
    "odd discovery": lambda: ({"server/discover": result('{"supportedVersions":7}')}, Era.LEGACY),
    "unknown method": lambda: ({"server/discover": error(-32601)}, Era.LEGACY),
    "400": lambda: ({"server/discover": answer(b"Bad Request", "400 Bad Request", "text/plain")}, Era.LEGACY),
    "404": lambda: ({"server/discover": answer(b"", "404 Not Found")}, Era.LEGACY),
    "500": lambda: ({"server/discover": answer(b"", "500 Oops")}, Era.LEGACY),
    "202": lambda: ({"server/discover": answer(b"", "202 Accepted")}, Era.LEGACY),
    "hangs": lambda: ({"server/discover": hang}, Era.LEGACY),
    "legacy named": lambda: ({"server/discover": error(-32022, data={"supported": ["2025-06-18"]})}, Era.LEGACY),
    "future only": lambda: ({"server/discover": error(-32022, data={"supported": ["2031-01-01"]})}, Fault.UNSUPPORTED_VERSION),
    "401": lambda: ({"server/discover": answer(b"", "401 Unauthorized")}, Fault.SIGN_IN_AGAIN),
    "429": lambda: ({"server/discover": answer(b"", "429 Slow Down")}, Fault.RATE_LIMITED),
    "moved": lambda: ({"server/discover": answer(b"", "308 Moved", headers=("Location: /mcp/",))}, Fault.MOVED),
    "web site": lambda: ({"server/discover": HTML, "initialize": HTML}, Fault.BROKEN_REPLY),
    "ancient": lambda: (
        {"server/discover": error(-32601), "initialize": result(json.dumps({**INITIALIZED, "protocolVersion": "2024-10-07"}))},
        Fault.UNSUPPORTED_VERSION,
    ),
    "refuses": lambda: ({"server/discover": error(-32601), "initialize": error(-32603)}, Fault.REJECTED),
}


@pytest.mark.parametrize("case", PROBES)
async def test_a_probe_takes_only_a_modern_answer_as_modern(mcp: McpClient, case: str) -> None:
    behaviours, expected = PROBES[case]()
    deadline_s = 2 if case == "hangs" else PATIENCE_S
    async with RpcServer(behaviours) as server:
        if isinstance(expected, Era):
            assert (await mcp.probe(server.endpoint(None), deadline_s=deadline_s)).era is expected
        else:
            with pytest.raises(UpstreamError) as raised:
                await mcp.probe(server.endpoint(None), deadline_s=deadline_s)
            assert raised.value.fault is expected


async def test_a_server_that_insists_on_an_older_revision_gets_it(mcp: McpClient) -> None:
    async def strict(received: Received, writer: asyncio.StreamWriter) -> None:
        if (version := received.json["params"]["protocolVersion"]) != "2025-03-26":
            await error(-32602, "Unsupported protocol version", {"supported": ["2024-11-05", "2025-03-26"]})(received, writer)  # type: ignore[operator]
        else:
            writer.write(answer(reply(received, json.dumps({**INITIALIZED, "protocolVersion": version}))))

    async with RpcServer({"initialize": strict, "tools/call": result('{"ok":true}')}) as server:
        assert (await mcp.probe(server.endpoint(None))).protocol_version == "2025-03-26"
        await call(mcp, server.endpoint())
    assert server.received[-1].headers["mcp-protocol-version"] == "2025-03-26"


async def test_an_endpoint_of_unknown_era_is_probed_once(mcp: McpClient) -> None:
    discovery = result('{"supportedVersions":["2026-07-28"]}')
    async with RpcServer({"server/discover": discovery, "tools/call": result('{"ok":true}')}) as server:
        endpoint = server.endpoint(None)
        await asyncio.gather(*(call(mcp, endpoint) for _ in range(10)))
    assert len(server.bodies("server/discover")) == 1
    assert not server.bodies("initialize")


@pytest.mark.parametrize("code", [-32020, -32021, -32022])
async def test_modern_errors_about_our_own_hop_are_not_relayed(mcp: McpClient, code: int) -> None:
    async with RpcServer({"tools/call": error(code, status="400 Bad Request")}) as server:
        told = await failure(mcp, server.endpoint(Era.MODERN))
    assert told.fault is Fault.REJECTED
    assert "Test connection" in (told.next_step or "")


async def test_listing_follows_every_page_and_ends(mcp: McpClient) -> None:
    async def pages(received: Received, writer: asyncio.StreamWriter) -> None:
        page = int(received.json["params"].get("cursor", 0))
        after = f',"nextCursor":"{page + 1}"' if page < 4 else ',"nextCursor":null'
        writer.write(answer(reply(received, f'{{"tools":[{{"name":"t{page}","x-unknown": [1, 2]}}]{after}}}')))

    async with RpcServer({"tools/list": pages}) as server:
        tools = await mcp.list_all(server.endpoint(), "tools/list")
    assert [bytes(tool) for tool in tools] == [b'{"name":"t%d","x-unknown": [1, 2]}' % n for n in range(5)]


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ('{"tools":[],"nextCursor":"again"}', Fault.REJECTED),
        ('{"tools":[' + ",".join(["{}"] * 10_001) + "]}", Fault.REJECTED),
        ('{"tools":{}}', Fault.BROKEN_REPLY),
        ('{"nextCursor":"x"}', Fault.BROKEN_REPLY),
        ('{"tools":[],"nextCursor":5}', Fault.BROKEN_REPLY),
    ],
)
async def test_a_listing_without_end_or_sense_is_refused(mcp: McpClient, page: str, fault: Fault) -> None:
    async with RpcServer({"tools/list": result(page)}) as server:
        with pytest.raises(UpstreamError) as raised:
            await mcp.list_all(server.endpoint(), "tools/list")
    assert raised.value.fault is fault


async def test_a_listing_that_always_offers_another_cursor_is_refused(mcp: McpClient) -> None:
    count = 0

    async def endless(received: Received, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        count += 1
        writer.write(answer(reply(received, f'{{"tools":[],"nextCursor":"{count}"}}')))

    async with RpcServer({"tools/list": endless}) as server:
        with pytest.raises(UpstreamError, match="never ends"):
            await mcp.list_all(server.endpoint(), "tools/list")
    assert count <= 201


async def test_a_hanging_upstream_delays_nobody_else(mcp: McpClient) -> None:
    async with RpcServer({"tools/call": hang}) as slow, RpcServer({"tools/call": result('{"ok":true}')}) as quick:
        slow_endpoint, quick_endpoint = slow.endpoint(), quick.endpoint()
        waiting = [asyncio.create_task(call(mcp, slow_endpoint, 30)) for _ in range(50)]
        await eventually(lambda: len(slow.bodies("tools/call")) == 50)
        for _ in range(20):
            assert await call(mcp, quick_endpoint, deadline_s=10) == b'{"ok":true}'
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


SSE_FAULTS: dict[str, tuple[bytes | Behaviour, Fault]] = {
    "no stream": (answer(b"{}"), Fault.BROKEN_REPLY),
    "401": (answer(b"", "401 Unauthorized"), Fault.SIGN_IN_AGAIN),
    "405": (answer(b"", "405 Method Not Allowed"), Fault.NOT_FOUND),
    "ends at once": (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 0\r\n\r\n", Fault.DISCONNECTED),
    "foreign endpoint": (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: endpoint\ndata: http://127.0.0.1:1/x\n\n",
        Fault.BROKEN_REPLY,
    ),
    "never names one": (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: ping\n\n", Fault.TIMED_OUT),
    "broken message": (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: endpoint\ndata: /x\n\ndata: {broken\n\n",
        Fault.BROKEN_REPLY,
    ),
    "hangs": (hang, Fault.TIMED_OUT),
}


@pytest.mark.parametrize("case", SSE_FAULTS)
async def test_an_old_sse_server_that_fails_is_named(mcp: McpClient, case: str) -> None:
    behaviour, fault = SSE_FAULTS[case]
    async with RpcServer({"GET": behaviour, "initialize": answer(b"", "202 Accepted")}) as server:
        told = await failure(mcp, server.endpoint(transport=Transport.SSE), 0.5 if fault is Fault.TIMED_OUT else PATIENCE_S)
        assert told.fault is fault


async def test_a_stream_that_dies_fails_every_waiting_call_at_once(mcp: McpClient) -> None:
    cut = asyncio.Event()

    async def old_server(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: endpoint\ndata: /post\n\n")
        await eventually(lambda: bool(server.bodies("initialize")))
        told = {"jsonrpc": "2.0", "id": server.bodies("initialize")[-1]["id"], "result": INITIALIZED}
        writer.write(event(json.dumps(told)))
        await cut.wait()
        writer.close()

    async with RpcServer({"GET": old_server, "initialize": answer(b"", "202 Accepted")}) as server:
        endpoint = server.endpoint(transport=Transport.SSE)
        waiting = [asyncio.create_task(failure(mcp, endpoint, 30)) for _ in range(5)]
        await eventually(lambda: len(server.bodies("tools/call")) == 5)
        cut.set()
        async with asyncio.timeout(PATIENCE_S):
            assert {told.fault for told in await asyncio.gather(*waiting)} == {Fault.DISCONNECTED}
