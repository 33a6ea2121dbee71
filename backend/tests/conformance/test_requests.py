"""What 2026-07-28 demands of a server about requests: metadata, headers, and which of them is believed."""

import base64
import json
from typing import Any

import httpx
import pytest

from tests.conformance.requirements import requirement
from tests.gateway.client import META, MODERN, Client
from tests.gateway.mirror import Mirror
from tests.product import decoded

CALL: dict[str, Any] = {"name": "echo", "arguments": {"text": "hi"}}
REGION: dict[str, Any] = {"name": "regional", "arguments": {"region": "é"}}
HEADERS = {"MCP_Protocol_Version": MODERN, "Mcp_Method": "tools/call", "Mcp_Name": "echo"}


async def ask(client: Client, params: dict[str, Any], headers: dict[str, str], meta: object = META) -> httpx.Response:
    """A call of the modern upstream's own endpoint."""
    body = {"jsonrpc": "2.0", "id": "one", "method": "tools/call", "params": {**params, "_meta": meta}}
    return await client.send(json.dumps(body).encode(), path="/modern", **headers)


def refusal(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["error"]["code"]


@requirement("meta.required-fields")
@pytest.mark.parametrize("missing", list(META))
async def test_a_request_without_required_metadata_is_malformed(client: Client, modern: Mirror, missing: str) -> None:
    rest = {key: value for key, value in META.items() if key != missing}
    assert refusal(await ask(client, CALL, HEADERS, rest)) == (400, -32602)
    assert modern.raw == b""


@requirement("meta.required-fields")
@pytest.mark.parametrize("value", [[], "all", None, 7])
async def test_capabilities_that_are_no_object_are_malformed(client: Client, modern: Mirror, value: object) -> None:
    meta = {**META, "io.modelcontextprotocol/clientCapabilities": value}
    assert refusal(await ask(client, CALL, HEADERS, meta)) == (400, -32602)
    assert modern.raw == b""


@requirement("http.version-header", "http.method-header", "http.name-header", "http.mismatch-error")
@pytest.mark.parametrize("missing", list(HEADERS))
async def test_a_request_without_a_required_header_is_refused(client: Client, modern: Mirror, missing: str) -> None:
    rest = {name: value for name, value in HEADERS.items() if name != missing}
    answer = await ask(client, CALL, rest)
    assert refusal(answer) == (400, -32020)
    assert answer.json()["id"] == "one"
    assert modern.raw == b""


@requirement("http.values-case-sensitive")
@pytest.mark.parametrize("changed", [{"Mcp_Method": "Tools/Call"}, {"Mcp_Name": "Echo"}])
async def test_header_values_are_compared_exactly(client: Client, modern: Mirror, changed: dict[str, str]) -> None:
    assert refusal(await ask(client, CALL, HEADERS | changed)) == (400, -32020)


@requirement("http.header-names-case-insensitive")
async def test_header_names_are_not(client: Client, modern: Mirror) -> None:
    shouted = {name.upper(): value for name, value in HEADERS.items()}
    assert "result" in decoded(await ask(client, CALL, shouted))


@requirement("http.name-decoded")
async def test_an_encoded_name_is_decoded_before_it_is_compared(client: Client, modern: Mirror) -> None:
    encoded = {"Mcp_Name": f"=?base64?{base64.b64encode(b'echo').decode()}?="}
    other = {"Mcp_Name": f"=?base64?{base64.b64encode(b'other').decode()}?="}
    assert "result" in decoded(await ask(client, CALL, HEADERS | encoded))
    assert refusal(await ask(client, CALL, HEADERS | other)) == (400, -32020)
    assert refusal(await ask(client, CALL, HEADERS | {"Mcp_Name": "=?base64?!?="})) == (400, -32020)


@requirement("http.param-characters")
async def test_a_header_with_characters_that_none_may_have_is_refused(client: Client, modern: Mirror) -> None:
    """Also where its bytes, read as Latin-1, would be the argument."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {**REGION, "_meta": META}}
    headers = [
        (b"Authorization", f"Bearer {client.token}".encode()),
        (b"Content-Type", b"application/json"),
        (b"MCP-Protocol-Version", MODERN.encode()),
        (b"Mcp-Method", b"tools/call"),
        (b"Mcp-Name", b"regional"),
        (b"Mcp-Param-Region", "é".encode("latin-1")),
    ]
    answer = await client.http.post(f"{client.url}/modern", content=json.dumps(body), headers=headers)
    assert refusal(answer) == (400, -32020)
    assert modern.raw == b""


@requirement("http.param-validated", "http.param-absent", "http.param-forwarded")
@pytest.mark.parametrize(
    ("arguments", "headers", "passes"),
    [
        ({"region": "eu"}, {"Mcp_Param_Region": "eu"}, True),
        ({"region": "é"}, {"Mcp_Param_Region": "=?base64?w6k=?="}, True),
        ({"region": "eu", "count": 3}, {"Mcp_Param_Region": "eu", "Mcp_Param_Count": "3"}, True),
        ({}, {}, True),
        ({"region": None}, {}, True),
        ({"region": "eu"}, {}, False),
        ({"region": "eu"}, {"Mcp_Param_Region": "us"}, False),
        ({"region": "eu", "count": 3}, {"Mcp_Param_Region": "eu", "Mcp_Param_Count": "4"}, False),
        ({}, {"Mcp_Param_Region": "eu"}, False),
        ({}, {"Mcp_Param_Region": "=?base64?!?="}, False),
    ],
)
async def test_mirrored_arguments_must_agree_with_their_headers(
    client: Client, modern: Mirror, arguments: dict[str, Any], headers: dict[str, str], passes: bool
) -> None:
    answer = await ask(client, {"name": "regional", "arguments": arguments}, {**HEADERS, "Mcp_Name": "regional", **headers})
    if not passes:
        assert refusal(answer) == (400, -32020)
        assert modern.raw == b""
        return
    assert "result" in decoded(answer)
    sent = {name: value for name, value in modern.headers.items() if name.startswith("mcp-param-")}
    assert sent == {name.replace("_", "-").lower(): value for name, value in headers.items()}


@requirement("http.param-numbers")
@pytest.mark.parametrize(
    ("count", "said"), [("3", "3.0"), ("3.0", "3"), ("-0", "0"), ("12345678901234567890", "12345678901234567890.0")]
)
async def test_numbers_in_headers_are_compared_as_numbers(client: Client, modern: Mirror, count: str, said: str) -> None:
    arguments = json.loads(f'{{"region":"eu","count":{count}}}')
    headers = {**HEADERS, "Mcp_Name": "regional", "Mcp_Param_Region": "eu"}
    call = {"name": "regional", "arguments": arguments}
    assert "result" in decoded(await ask(client, call, headers | {"Mcp_Param_Count": said}))
    assert modern.headers["mcp-param-count"] == str(int(arguments["count"]))
    for other in (f"{said}1", "three", "0x3", ""):
        assert refusal(await ask(client, call, headers | {"Mcp_Param_Count": other})) == (400, -32020)


@requirement("client.own-metadata", "client.headers")
async def test_the_upstream_gets_metadata_and_headers_of_our_own_hop(client: Client, modern: Mirror) -> None:
    meta = {**META, "io.modelcontextprotocol/clientInfo": {"name": "theirs", "version": "1"}}
    decoded(await ask(client, CALL, HEADERS, meta))
    assert modern.heard["_meta"]["io.modelcontextprotocol/clientInfo"]["name"] == "conducktor"
    assert modern.heard["_meta"]["io.modelcontextprotocol/protocolVersion"] == modern.headers["mcp-protocol-version"] == MODERN
    assert (modern.headers["mcp-method"], modern.headers["mcp-name"]) == ("tools/call", "echo")


@requirement("http.no-session", "http.not-resumable")
async def test_sessions_and_resumption_of_older_revisions_are_ignored(client: Client, modern: Mirror) -> None:
    answer = await ask(client, CALL, {**HEADERS, "Mcp_Session_Id": "x", "Last_Event_ID": "7"})
    assert "result" in decoded(answer)
    assert "mcp-session-id" not in answer.headers


@requirement("base.id-never-null", "base.id-string-or-integer")
@pytest.mark.parametrize("id_", [None, 1.5, True, [], {}])
async def test_an_id_that_is_neither_text_nor_integer_is_refused(client: Client, modern: Mirror, id_: object) -> None:
    body = {"jsonrpc": "2.0", "id": id_, "method": "tools/call", "params": {**CALL, "_meta": META}}
    assert refusal(await client.send(json.dumps(body).encode(), path="/modern", **HEADERS)) == (400, -32600)
    assert modern.raw == b""


@requirement("versioning.unsupported")
@pytest.mark.parametrize("version", ["1900-01-01", "2027-01-01", ""])
async def test_a_version_that_we_lack_is_refused_with_those_that_we_have(client: Client, modern: Mirror, version: str) -> None:
    meta = {**META, "io.modelcontextprotocol/protocolVersion": version}
    answer = await ask(client, CALL, {**HEADERS, "MCP_Protocol_Version": version}, meta)
    assert refusal(answer) == (400, -32022)
    assert MODERN in answer.json()["error"]["data"]["supported"]
    assert answer.json()["error"]["data"]["requested"] == version
