"""The endpoint's wire behaviour: tokens, bodies, headers and eras."""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import text

from conducktor.infra.database import Change
from tests.gateway.client import META, MODERN, Client
from tests.product import Product, decoded
from tests.support.promptly import PATIENCE_S

METHODS = ("server/discover", "initialize", "tools/list", "tools/call", "resources/read", "prompts/get", "ping", "made/up")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "values",
    [
        [],
        ["Bearer"],
        ["Bearer garbage"],
        ["Bearer cdk_at_" + "A" * 43],
        ["Basic dXNlcjpwYXNz"],
        ["Bearer \u00ff"],
        ["Bearer ' OR 1=1 --"],
    ],
    ids=["none", "empty", "garbage", "unknown", "basic", "latin-1", "sql"],
)
async def test_a_wrong_token_is_401_with_a_challenge_on_every_method(product: Product, method: str, values: list[str]) -> None:
    async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
        answer = await http.post(
            f"{product.url}/api/conducktor-mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": method},
            headers=[(b"Authorization", v.encode("latin-1")) for v in values],
        )
    assert answer.status_code == 401
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith("Bearer ")
    assert f'resource_metadata="{product.url}/.well-known/oauth-protected-resource/api/conducktor-mcp"' in challenge
    assert 'scope="connections tools usage"' in challenge


async def test_two_authorization_headers_are_refused(product: Product, client: Client) -> None:
    both = [("Authorization", f"Bearer {client.token}")] * 2
    answer = await client.http.post(client.url, json={"jsonrpc": "2.0", "id": 1, "method": "ping"}, headers=both)
    assert answer.status_code == 401


async def test_a_token_in_the_query_is_none_at_all(client: Client) -> None:
    answer = await client.http.post(
        f"{client.url}?access_token={client.token}", json={"jsonrpc": "2.0", "id": 1, "method": "ping"}
    )
    assert answer.status_code == 401


async def test_the_scheme_may_be_written_in_lower_case(client: Client) -> None:
    assert (await client.legacy("ping", Authorization=f"bearer {client.token}")).status_code == 200


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
async def test_only_post_is_served(client: Client, method: str) -> None:
    answer = await client.http.request(method, client.url, headers={"Authorization": f"Bearer {client.token}"})
    assert (answer.status_code, answer.headers.get("allow")) == (405, "POST")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700),
        (b"{", -32700),
        (b"[]", -32600),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600),
        (b'"ping"', -32600),
        (b'{"id":1,"method":"ping"}', -32600),
        (b'{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":7}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\xff"}}', -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":' + b"[" * 10_000 + b"]" * 10_000 + b"}", -32700),
    ],
    ids=lambda value: str(value[:40]) if isinstance(value, bytes) else str(value),
)
async def test_a_malformed_message_is_the_protocols_own_error(client: Client, body: bytes, code: int) -> None:
    answer = await client.send(body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize("arguments", [b"[]", b"7", b'{"a":NaN}', b'{"a":1e400}', b'{"a":"\\ud800"}'])
async def test_arguments_that_are_no_json_object_are_refused(client: Client, connected: str, arguments: bytes) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"shelf_echo","arguments":' + arguments + b"}}"
    answer = await client.send(body)
    assert answer.status_code in (200, 400)
    assert answer.json()["error"]["code"] in (-32602, -32700)


@pytest.mark.parametrize("big", [2**63 + 1, -(2**70), "text", "", "\u00e9"])
async def test_an_id_comes_back_as_it_was_sent(client: Client, big: int | str) -> None:
    assert (await client.legacy("ping", id=big)).json()["id"] == big


async def test_a_body_beyond_the_limit_is_413_and_the_connection_lives(client: Client) -> None:
    assert (await client.send(b" " * (4 * 1024 * 1024 + 1))).status_code == 413
    assert (await client.legacy("ping")).status_code == 200


@pytest.mark.parametrize("headers", [{"Content_Type": "text/plain"}, {"Content_Encoding": "gzip"}])
async def test_anything_but_plain_json_is_415(client: Client, headers: dict[str, str]) -> None:
    assert (await client.send(b"{}", **headers)).status_code == 415


async def test_notifications_and_answers_are_accepted_without_a_body(client: Client) -> None:
    for body in (b'{"jsonrpc":"2.0","method":"notifications/initialized"}', b'{"jsonrpc":"2.0","id":1,"result":{}}'):
        answer = await client.send(body)
        assert (answer.status_code, answer.content) == (202, b"")


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2025-03-26", "2025-03-26"),
        (MODERN, "2025-11-25"),
        ("1", "2025-11-25"),
    ],
)
async def test_initialize_negotiates_a_revision_and_gives_no_session(client: Client, asked: str, given: str) -> None:
    answer = await client.legacy(
        "initialize", {"protocolVersion": asked, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    )
    result = decoded(answer)["result"]
    assert result["protocolVersion"] == given
    assert "mcp-session-id" not in answer.headers
    assert len(result["instructions"].encode()[:512]) > 100


async def test_discover_offers_both_eras(client: Client) -> None:
    result = decoded(await client.modern("server/discover"))["result"]
    assert result["supportedVersions"] == [MODERN, "2025-11-25", "2025-06-18", "2025-03-26"]
    assert (result["resultType"], result["cacheScope"]) == ("complete", "private")
    assert result["ttlMs"] >= 0


async def test_modern_lists_say_that_they_are_private_and_how_long_they_hold(client: Client, connected: str) -> None:
    for method, field in (("tools/list", "tools"), ("resources/list", "resources"), ("prompts/list", "prompts")):
        result = decoded(await client.modern(method))["result"]
        assert isinstance(result[field], list)
        assert (result["resultType"], result["cacheScope"]) == ("complete", "private")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Mcp_Method": "tools/list"}, -32020),
        ({"Mcp_Name": "other"}, -32020),
        ({"MCP_Protocol_Version": "2025-11-25"}, -32020),
        ({"MCP_Protocol_Version": "2031-01-01"}, -32020),
    ],
)
async def test_a_header_that_contradicts_the_body_stops_the_request(
    client: Client, connected: str, headers: dict[str, str], code: int
) -> None:
    answer = await client.modern("tools/call", {"name": "shelf_echo", "arguments": {}}, **headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


async def test_an_unknown_version_names_those_that_are_known(client: Client) -> None:
    meta = {**META, "io.modelcontextprotocol/protocolVersion": "2031-01-01"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}}
    answer = await client.send(json.dumps(body).encode(), MCP_Protocol_Version="2031-01-01", Mcp_Method="tools/list")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == -32022
    assert answer.json()["error"]["data"] == {
        "supported": [MODERN, "2025-11-25", "2025-06-18", "2025-03-26"],
        "requested": "2031-01-01",
    }


async def test_an_unknown_method_is_404_in_the_modern_era_and_200_before(client: Client) -> None:
    modern, legacy = await client.modern("made/up"), await client.legacy("made/up")
    assert (modern.status_code, modern.json()["error"]["code"]) == (404, -32601)
    assert (legacy.status_code, legacy.json()["error"]["code"]) == (200, -32601)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "127.0.0.1@evil.example", "localhost:1", "localhost/x"]
)
async def test_a_foreign_host_is_refused_before_anything_else(product: Product, client: Client, host: str) -> None:
    for path in ("/api/conducktor-mcp", "/api/session", "/", "/.well-known/oauth-authorization-server"):
        answer = await client.http.post(product.url + path, headers={"Host": host, "Authorization": f"Bearer {client.token}"})
        assert answer.status_code == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
async def test_a_foreign_origin_is_refused(client: Client, origin: str) -> None:
    assert (await client.legacy("ping", Origin=origin)).status_code == 403


async def test_an_unknown_token_costs_nobody_his_place(client: Client) -> None:
    """Distinct tokens never share a cache entry."""
    assert (await client.legacy("ping")).status_code == 200
    for _ in range(20):
        wrong = client.token[:-4] + secrets.token_urlsafe(3)
        assert (await client.legacy("ping", Authorization=f"Bearer {wrong}")).status_code == 401
    assert (await client.legacy("ping")).status_code == 200


async def test_a_defect_is_answered_under_the_requests_id_with_a_reference(
    connected: str, client: Client, product: Product
) -> None:
    """Without its table, nothing of the gateway's can be listed: an error that no code of ours expects."""
    async with _renamed(product, "offers", "offers_away"):
        answer = await _until_broken(client, "prompts/list", id="seven")

    error = answer.json()["error"]
    assert (answer.json()["id"], error["code"]) == ("seven", -32603)
    assert re.search(r"reference [0-9a-f]{12}\.", error["message"])
    assert "offers" not in answer.text


async def test_a_defect_before_the_body_is_read_is_answered_too(connected: str, client: Client, product: Product) -> None:
    async with _renamed(product, "tokens", "tokens_away"):
        answer = await _until_broken(client, "ping")

    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == -32603
    assert "tokens" not in answer.text


@asynccontextmanager
async def _renamed(product: Product, table: str, away: str) -> AsyncIterator[None]:
    async with product.parts.database.transaction() as tx:
        await tx.session.execute(text(f"ALTER TABLE {table} RENAME TO {away}"))
        workspace_id = await tx.session.scalar(text("SELECT id FROM workspaces WHERE slug = 'lab'"))
        for topic in ("connections", "authorizations"):  # nothing is answered from memory
            await tx.announce(Change(topic=topic, workspace_id=workspace_id))
    try:
        yield
    finally:
        async with product.parts.database.transaction() as tx:
            await tx.session.execute(text(f"ALTER TABLE {away} RENAME TO {table}"))


async def _until_broken(client: Client, method: str, *, id: int | str = 1) -> httpx.Response:
    async with asyncio.timeout(60):
        while "error" not in (answer := await client.legacy(method, id=id)).json():
            await asyncio.sleep(0.02)
    return answer
