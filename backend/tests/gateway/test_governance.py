"""No call escapes: policy, audit, names, credentials and cancellation, seen from outside."""

import asyncio
import json
from typing import Any

import asyncpg
import msgspec
import pytest

from conducktor.core.ids import new_id
from conducktor.infra.database import Change
from tests.connections.shelf import Shelf
from tests.gateway.client import Client, text
from tests.product import Browser, Product, decoded, eventually
from tests.support.promptly import PATIENCE_S, PROMPTLY_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import hang, reply, result

OK = '{"content":[{"type":"text","text":"done"}]}'


@pytest.fixture
async def upstream(shelf: Shelf, connected: str) -> Shelf:
    shelf._behaviours["tools/call"] = result(OK)
    shelf.received.clear()
    return shelf


async def the_newest_call(ada: Browser, **expected: str) -> dict[str, Any]:
    """The newest audited call, once it has an outcome."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            newest: dict[str, Any] = decoded(await ada.get("/api/workspaces/lab/audit?kind=call"))["items"][0]
            if newest["outcome"] and all(newest[k] == v for k, v in expected.items()):
                return newest
            await asyncio.sleep(0.02)


async def test_a_call_is_in_the_audit_with_who_what_and_how_it_ended(upstream: Shelf, client: Client, ada: Browser) -> None:
    await client.legacy(
        "tools/call", {"name": "shelf_echo", "arguments": {"text": "hi"}, "_meta": {"openai/session": "v1/conversation"}}
    )

    line = await the_newest_call(ada, conversation_id="v1/conversation")
    assert (line["person"], line["connection"], line["tool"], line["outcome"]) == ("Ada", "shelf", "echo", "ok")
    assert line["client_id"] == "chatgpt-mcp-client"
    assert line["duration_ms"] > 0
    detail = decoded(await ada.get(f"/api/workspaces/lab/audit/{line['id']}"))
    assert json.loads(detail["arguments"]) == {"text": "hi"}


async def test_a_denied_call_never_reaches_the_upstream(upstream: Shelf, client: Client, ada: Browser) -> None:
    wish = {"name": "No echo", "kind": "deny", "what": {"tools": ["shelf_e*"]}}
    policy = decoded(await ada.post("/api/workspaces/lab/policies", wish))
    denied = await _until_denied(client)

    assert text(denied).startswith("shelf_echo is not allowed here.")
    assert denied["structuredContent"]["policy"] == "No echo"
    upstream.received.clear()
    await client.call("shelf_echo", text="once more")
    assert upstream.bodies("tools/call") == []
    line = await the_newest_call(ada, outcome="denied")
    detail = decoded(await ada.get(f"/api/workspaces/lab/audit/{line['id']}"))
    reason = "shelf_echo is not allowed here."
    opinion = {"id": policy["id"], "name": "No echo", "version": 1, "verdict": "denied", "reason": reason}
    assert detail["decision"] == {"verdict": "denied", "policies": [opinion]}
    assert text(await client.call("shelf_other")) == "done"
    decoded(await ada.delete(f"/api/workspaces/lab/policies/{policy['id']}"))


async def test_a_policy_that_cannot_be_read_lets_nothing_through(upstream: Shelf, client: Client, product: Product) -> None:
    policy_id = await _a_policy_from_the_future(product)
    async with asyncio.timeout(PROMPTLY_S):
        while (await client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}})).status_code != 503:
            await asyncio.sleep(0.02)
    upstream.received.clear()
    assert (await client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}})).status_code == 503
    assert upstream.bodies("tools/call") == []
    await _remove_policy(product, policy_id)
    async with asyncio.timeout(PROMPTLY_S):
        while (await client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}})).status_code != 200:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "name",
    ["echo", "Shelf_echo", "shelf_Echo", "shelf_echo ", "shelf_echo\n", "shelf_echo\x00", "shelf%5fecho", "shelf__echo",
     "shelf_\u0435cho", "shelf_ec\u200dho", "\uff53helf_echo", "shelf_echo_", "conducktr_nope", "../shelf_echo", ""],
)  # fmt: skip
async def test_a_name_that_is_not_exactly_a_tools_is_unknown(upstream: Shelf, client: Client, name: str) -> None:
    answered = (await client.legacy("tools/call", {"name": name, "arguments": {}})).json()
    assert answered["error"]["code"] == -32602
    assert answered["error"]["message"].startswith("Unknown tool: ")
    assert upstream.bodies("tools/call") == []


async def test_a_disabled_connections_tool_is_as_unknown_as_one_that_never_was(
    upstream: Shelf, client: Client, ada: Browser
) -> None:
    decoded(await ada.patch("/api/workspaces/lab/connections/shelf", {"is_enabled": False}))
    async with asyncio.timeout(PROMPTLY_S):
        while "error" not in (said := (await client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}})).json()):
            await asyncio.sleep(0.02)
    never = (await client.legacy("tools/call", {"name": "shelf_never", "arguments": {}})).json()
    assert said["error"]["message"].replace("echo", "never") == never["error"]["message"]
    decoded(await ada.patch("/api/workspaces/lab/connections/shelf", {"is_enabled": True}))
    async with asyncio.timeout(PATIENCE_S):
        while "error" in (await client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}})).json():
            await asyncio.sleep(0.05)


async def test_what_policies_read_is_what_the_upstream_reads(upstream: Shelf, client: Client) -> None:
    """Duplicate keys: one parser takes the first, another the last; only one of them may leave the house."""
    await client.send(
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":'
        b'{"name":"shelf_other","name":"shelf_echo","arguments":{"path":"/etc/passwd","path":"/tmp"}}}'
    )
    sent = next(r for r in upstream.received if b"tools/call" in r.body)
    assert sent.body.count(b'"path"') == 1
    assert sent.json["params"]["arguments"] == {"path": "/tmp"}
    assert sent.json["params"]["name"] == "echo"


async def test_nothing_of_the_inbound_request_but_its_params_leaves_the_house(upstream: Shelf, client: Client) -> None:
    await client.legacy(
        "tools/call", {"name": "shelf_echo", "arguments": {}, "unknown": {"kept": True}, "_meta": {"custom": 1}},
        Cookie="canary-cookie=1", X_Api_Key="canary-header", X_Openai_Session="canary-conversation",
    )  # fmt: skip
    sent = next(r for r in upstream.received if b"tools/call" in r.body)
    assert client.token not in str(sent)
    assert "canary" not in str(sent.headers)
    assert sent.headers["authorization"] == "Bearer upstream-credential"
    assert sent.json["params"]["unknown"] == {"kept": True}
    assert sent.json["params"]["_meta"]["custom"] == 1


async def test_unknown_things_in_a_result_come_back_byte_for_byte(upstream: Shelf, client: Client) -> None:
    odd = (
        '{"content":[{"type":"hologram","depth":3,"_meta":{"a":[1.10,-0.0,1e2]}}],'
        '"novel":{"é":null},"structuredContent":{"b":2,"a":1}}'
    )
    upstream._behaviours["tools/call"] = result(odd)
    assert odd.encode() in (await client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}})).content


async def test_a_client_that_hangs_up_ends_the_upstream_call(upstream: Shelf, client: Client, ada: Browser) -> None:
    ended = asyncio.Event()

    async def drip_until_closed(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        try:
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.01)
        except ConnectionError:
            ended.set()

    upstream._behaviours["tools/call"] = drip_until_closed
    task = asyncio.create_task(client.call("shelf_echo", text="x"))
    await eventually(lambda: bool(upstream.bodies("tools/call")))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    await asyncio.wait_for(ended.wait(), PATIENCE_S)
    assert (await the_newest_call(ada, outcome="cancelled"))["tool"] == "echo"


async def test_a_legacy_client_cancels_by_notification(upstream: Shelf, client: Client) -> None:
    upstream._behaviours["tools/call"] = hang
    call = asyncio.create_task(client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}}, id="to-cancel"))
    await eventually(lambda: bool(upstream.bodies("tools/call")))
    await client.send(b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"to-cancel"}}')

    answered = (await asyncio.wait_for(call, PATIENCE_S)).json()
    assert answered["id"] == "to-cancel"
    assert "cancelled" in answered["error"]["message"]


async def test_progress_comes_back_under_the_clients_own_token(upstream: Shelf, client: Client) -> None:
    async def with_progress(received: Received, writer: asyncio.StreamWriter) -> None:
        token = json.dumps(received.json["params"]["_meta"]["progressToken"])
        params = f'{{"progressToken":{token},"progress":1,"extra":"kept"}}'
        said = f'{{"jsonrpc":"2.0","method":"notifications/progress","params":{params}}}'
        body = f"data: {said}\n\ndata: ".encode() + reply(received, OK) + b"\n\n"
        writer.write(answer(body, content_type="text/event-stream"))

    upstream._behaviours["tools/call"] = with_progress
    params = {"name": "shelf_echo", "arguments": {}, "_meta": {"progressToken": 7}}
    answered = await client.legacy("tools/call", params, Accept="application/json, text/event-stream")

    assert answered.headers["content-type"].startswith("text/event-stream")
    events = [json.loads(line.removeprefix("data: ")) for line in answered.text.splitlines() if line.startswith("data: ")]
    assert events[0]["params"] == {"progressToken": 7, "progress": 1, "extra": "kept"}
    assert events[1]["result"] == json.loads(OK)
    sent = next(r for r in upstream.received if b"tools/call" in r.body)
    assert sent.json["params"]["_meta"]["progressToken"] != 7


async def test_the_connections_own_endpoint_offers_plain_names(upstream: Shelf, client: Client) -> None:
    listed = decoded(await client.legacy("tools/list", path="/shelf"))["result"]["tools"]
    assert [t["name"] for t in listed] == ["echo", "other"]
    answered = decoded(await client.legacy("tools/call", {"name": "echo", "arguments": {}}, path="/shelf"))
    assert answered["result"] == json.loads(OK)
    assert (await client.legacy("tools/list", path="/nowhere")).status_code == 404


async def test_a_client_without_the_scope_is_told_how_to_get_it(upstream: Shelf, product: Product, ada: Browser) -> None:
    async with await Client.authorized(product, ada, "lab", ("connections", "tools")) as limited:
        answered = await limited.call("conducktr_create_connection", name="x", url="https://example.com/mcp")
    assert answered["isError"] is True
    assert answered["structuredContent"]["scope"] == "manage"
    (challenge,) = answered["_meta"]["mcp/www_authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert "manage" in challenge


async def test_management_tools_refuse_arguments_that_do_not_fit(upstream: Shelf, product: Product, ada: Browser) -> None:
    async with await Client.authorized(product, ada, "lab", ("connections", "tools", "manage")) as manager:
        answered = (await manager.legacy("tools/call", {"name": "conducktr_create_connection", "arguments": {"name": 7}})).json()
        assert answered["error"]["code"] == -32602
        health = await manager.call("conducktr_get_connection_health", name="shelf")
        assert "ACTIVE" in str(health["structuredContent"])


async def test_without_its_database_the_gateway_lets_nothing_through_and_heals(
    upstream: Shelf, client: Client, product: Product
) -> None:
    url = product.parts.settings.database_url
    name = url.partition("?")[0].rpartition("/")[2]
    admin = await asyncpg.connect(url.replace(f"/{name}", "/postgres", 1))
    await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while (refused := await client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}})).status_code != 503:
                await asyncio.sleep(0.02)
        assert int(refused.headers["retry-after"]) > 0
        upstream.received.clear()
        began = asyncio.get_running_loop().time()
        assert (await client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}})).status_code == 503
        assert asyncio.get_running_loop().time() - began < 1.5 + PROMPTLY_S
        assert upstream.bodies("tools/call") == []
    finally:
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await admin.close()
    async with asyncio.timeout(PATIENCE_S):
        while (await client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}})).status_code != 200:
            await asyncio.sleep(0.05)


async def _until_denied(client: Client) -> dict[str, Any]:
    """A policy change applies to calls that start after it, within a second."""
    async with asyncio.timeout(PROMPTLY_S):
        while not (answered := await client.call("shelf_echo", text="x")).get("isError"):
            await asyncio.sleep(0.01)
    return answered


async def _a_policy_from_the_future(product: Product) -> object:
    """As a newer release would write it: no operation of this one makes a kind that nobody knows."""
    policy_id = new_id()
    await _execute(
        product,
        "INSERT INTO policies (id, workspace_id, name, rule, position, version, is_enabled, created_at, updated_at) "
        "SELECT $1, id, 'Unknown', $2, 1, 1, true, now(), now() FROM workspaces WHERE slug = 'lab'",
        policy_id,
        json.dumps({"kind": "from the future"}),
    )
    return policy_id


async def _remove_policy(product: Product, policy_id: object) -> None:
    await _execute(product, "DELETE FROM policies WHERE id = $1", policy_id)


async def _execute(product: Product, statement: str, *arguments: object) -> None:
    connection = await asyncpg.connect(product.parts.settings.database_url)
    async with connection.transaction():
        await connection.execute(statement, *arguments)
        workspace_id = await connection.fetchval("SELECT id FROM workspaces WHERE slug = 'lab'")
        change = msgspec.json.encode(Change(topic="policies", workspace_id=workspace_id)).decode()
        await connection.execute("SELECT pg_notify('conducktor', $1)", change)
    await connection.close()
