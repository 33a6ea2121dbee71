"""What goes over the wire: exactly what was given, what the revision demands, and nothing of anybody else."""

import asyncio
import json
from collections.abc import AsyncIterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp.shared.inbound import decode_header_value, encode_header_value

from conducktor.connections.mcp_client import Era, Fault, McpClient, Notification, UpstreamError
from conducktor.connections.mcp_redaction import Redaction
from conducktor.connections.mcp_reply import BrokenMessage, Message, read_messages
from conducktor.connections.mcp_request import header_value, merge_meta
from conducktor.core.errors import Invalid
from conducktor.infra.http_client import HttpClient
from conducktor.settings import Settings
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import SECRET, RpcServer, event, reply, result, stream

ODD = (
    '{"content":[{"type":"hologram","x": 1.50, "y":1e2,"z":"\\u00e9\\/é 😀"} ,{"type":"text","text":"a","vendor":{"deep":[[]]}}],'
    '"structuredContent":{"b":1,"a":2},"_meta":{"com.example/x":null},"unknown":{"big":12345678901234567890123}}'
)
SEARCH = b'{"name":"search","arguments":{"q" : 1.0},"x-own":[ 1,2 ]}'


@pytest.fixture
async def mcp() -> AsyncIterator[McpClient]:
    async with HttpClient(Settings(outbound_allow=("127.0.0.1",))) as http:
        client = McpClient(http, client_version="9.9")
        yield client
        await client.close()


@pytest.mark.parametrize("era", [Era.LEGACY, Era.MODERN])
async def test_results_arrive_byte_for_byte(mcp: McpClient, era: Era) -> None:
    streamed = stream(lambda received: event(reply(received, ODD)))
    for behaviour in (result(ODD), streamed):
        async with RpcServer({"tools/call": behaviour}) as server:
            told = await mcp.request(server.endpoint(era), "tools/call", SEARCH, name="search", deadline_s=PATIENCE_S)
        assert told.result is not None
        assert bytes(told.result) == ODD.encode()


async def test_a_legacy_request_carries_the_callers_bytes_and_the_agreed_revision(mcp: McpClient) -> None:
    async with RpcServer({"tools/call": result("{}")}) as server:
        await mcp.request(server.endpoint(), "tools/call", msgspec.Raw(SEARCH), name="search", deadline_s=PATIENCE_S)
    initialize, initialized, call = server.received
    assert initialize.json["params"]["clientInfo"] == {"name": "conducktor", "title": "Conducktor", "version": "9.9"}
    assert initialize.json["params"]["capabilities"] == {}
    assert initialized.json == {"jsonrpc": "2.0", "method": "notifications/initialized", "params": {}}
    assert SEARCH in call.body
    assert set(call.headers) == {
        "host",
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "mcp-protocol-version",
        "user-agent",
    }
    assert call.headers["mcp-protocol-version"] == "2025-11-25"
    assert call.headers["authorization"] == f"Bearer {SECRET}"
    assert call.headers["accept"] == "application/json, text/event-stream"


async def test_a_modern_request_carries_its_own_metadata_and_headers(mcp: McpClient) -> None:
    params = b'{"name":"search","arguments":{"q" : 1.0},"_meta":{"progressToken":7,"openai/x":[ 1 ],' + (
        b'"io.modelcontextprotocol/protocolVersion":"1999-01-01"}}'
    )
    mirrored = (("Mcp-Param-Region", "eu-west"), ("Mcp-Param-Note", header_value("naïve ☃")))
    async with RpcServer({"tools/call": result("{}")}) as server:
        await mcp.request(
            server.endpoint(Era.MODERN), "tools/call", params, name="search", mirrored=mirrored, deadline_s=PATIENCE_S
        )
    (call,) = server.received
    assert b'"arguments":{"q" : 1.0}' in call.body
    assert b'"openai/x":[ 1 ]' in call.body
    assert call.json["params"]["_meta"] == {
        "progressToken": 7,
        "openai/x": [1],
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "conducktor", "title": "Conducktor", "version": "9.9"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    assert call.headers["mcp-protocol-version"] == "2026-07-28"
    assert call.headers["mcp-method"] == "tools/call"
    assert call.headers["mcp-name"] == "search"
    assert call.headers["mcp-param-region"] == "eu-west"
    assert decode_header_value(call.headers["mcp-param-note"]) == "naïve ☃"
    assert "mcp-session-id" not in call.headers


@pytest.mark.parametrize("params", [b"[]", b"7", b"{", b'{"_meta":5}', b"[" * 100_000])
async def test_parameters_that_are_no_object_are_refused_before_anything_is_sent(mcp: McpClient, params: bytes) -> None:
    async with RpcServer({"tools/call": result("{}")}) as server:
        with pytest.raises(Invalid):
            await mcp.request(server.endpoint(Era.MODERN), "tools/call", params, name="x", deadline_s=PATIENCE_S)
    assert server.received == []


@pytest.mark.parametrize(
    "header",
    [("Authorization", "Bearer a\r\nX: secret"), ("Content-Type", "secret"), ("Mcp-Session-Id", "secret"), ("Host", "secret")],
)
async def test_a_credential_that_can_not_be_sent_is_refused_without_showing_it(mcp: McpClient, header: tuple[str, str]) -> None:
    async with RpcServer({}) as server:
        endpoint = msgspec.structs.replace(server.endpoint(), headers=(header,))
        with pytest.raises(UpstreamError, match="credential") as raised:
            await mcp.request(endpoint, "tools/call", SEARCH, name="x", deadline_s=PATIENCE_S)
    assert raised.value.fault is Fault.SIGN_IN_AGAIN
    assert "secret" not in raised.value.detail
    assert server.received == []


async def test_a_batch_with_a_notification_is_understood(mcp: McpClient) -> None:
    said: list[Notification] = []

    async def batch(received: Received, writer: asyncio.StreamWriter) -> None:
        progress = b'{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}'
        writer.write(answer(b"[" + progress + b"," + reply(received, '{"ok":true}') + b"]"))

    async with RpcServer({"tools/call": batch}) as server:
        told = await mcp.request(
            server.endpoint(), "tools/call", SEARCH, name="search", deadline_s=PATIENCE_S, on_notification=said.append
        )
    assert told.result is not None
    assert [(n.method, bytes(n.params)) for n in said] == [("notifications/progress", b'{"progress":1}')]


async def test_an_answer_in_pieces_inside_a_character_arrives_whole(mcp: McpClient) -> None:
    def pieces(received: Received, writer: asyncio.StreamWriter) -> list[bytes]:
        whole = b": hi\r\n\r\nid: 1\r\n" + event(reply(received, '{"text":"ü€😀"}')).replace(b"\n", b"\r\n")
        return [whole[i : i + 1] for i in range(len(whole))]

    async def drip(received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n")
        for piece in pieces(received, writer):
            writer.write(piece)
            await writer.drain()
        writer.close()

    async with RpcServer({"tools/call": drip}) as server:
        told = await mcp.request(server.endpoint(), "tools/call", SEARCH, name="search", deadline_s=PATIENCE_S)
    assert told.result is not None
    assert bytes(told.result) == '{"text":"ü€😀"}'.encode()


async def test_streamed_answers_reuse_their_connection(mcp: McpClient) -> None:
    async with RpcServer({"tools/call": stream(lambda received: event(reply(received, "{}")))}) as server:
        endpoint = server.endpoint()
        for _ in range(20):
            await mcp.request(endpoint, "tools/call", SEARCH, name="search", deadline_s=PATIENCE_S)
        assert server.connections <= 3


@given(st.text(max_size=60))
def test_header_values_are_what_the_official_sdk_makes_of_them(text: str) -> None:
    assert header_value(text) == encode_header_value(text)


@pytest.mark.parametrize("text", ["=?base64?eA==?=", " padded ", "", "a\tb", "\x7f", "naïve"])
def test_odd_header_values_survive_the_official_decoder(text: str) -> None:
    assert decode_header_value(header_value(text)) == text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.dictionaries(st.text(max_size=8), json_values, max_size=5), st.dictionaries(st.text(max_size=8), json_values, max_size=3)
)
def test_merging_metadata_changes_nothing_else(params: dict[str, object], theirs: dict[str, object]) -> None:
    merged = json.loads(merge_meta(json.dumps({**params, "_meta": theirs}).encode(), {"ours": msgspec.Raw(b"1")}))
    assert merged.pop("_meta") == {**theirs, "ours": 1}
    params.pop("_meta", None)
    assert merged == params


@pytest.mark.parametrize(
    ("cut", "mended"),
    [
        (b'{"a":"\\ud83d"}', b'{"a":"\\ufffd"}'),
        (b'{"a":"x\\uDE00y"}', b'{"a":"x\\ufffdy"}'),
        (b'{"a":"\\ud83d\\ud83d\\ude00"}', b'{"a":"\\ufffd\\ud83d\\ude00"}'),
        (b'{"a":"\\\\ud83d \\ud83d"}', b'{"a":"\\\\ud83d \\ufffd"}'),
    ],
)
def test_half_an_emoji_becomes_a_replacement_character_instead_of_an_error(cut: bytes, mended: bytes) -> None:
    (message,) = read_messages(b'{"jsonrpc":"2.0","id":1,"result":' + cut + b"}")
    told = message.reply().result
    assert told is not None
    assert bytes(told) == mended
    assert json.loads(bytes(told))


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_make_reading_fail_in_another_way(body: bytes) -> None:
    try:
        messages = read_messages(body)
    except BrokenMessage:
        return
    assert all(isinstance(message, Message) for message in messages)


def test_short_values_and_innocent_text_are_not_blacked_out() -> None:
    redaction = Redaction((("X-Version", "2025"), ("Authorization", "Bearer abcdefgh12345")))
    assert redaction.clean(b"in 2025 the Bearer of abcdefgh") == b"in 2025 the Bearer of abcdefgh"
    assert redaction.clean(b'"Bearer abcdefgh12345" "abcdefgh12345"') == b'"[redacted]" "[redacted]"'
