"""Many clients at once, with the same JSON-RPC ids, over two processes: each hears what is its own, and nothing else."""

import asyncio
import json
import os
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID

import httpx
import pytest

from tests.connections.shelf import Shelf, tool
from tests.gateway.client import META, MODERN, Client
from tests.product import Browser, Product, decoded, signed_up
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import event, reply
from tests.support.served import Process

CLIENTS = int(os.environ.get("CROSSING_CLIENTS", "40"))
CALLS = int(os.environ.get("CROSSING_CALLS", "400"))
APPS = 4
"""Authorizations among which the clients are shared out."""


@pytest.fixture(scope="module")
async def echo(ada: Browser) -> AsyncIterator[Shelf]:
    async with Shelf(tool("nonce")) as server:
        server._behaviours["tools/call"] = _echo
        wish = {"name": "crossing", "url": server.url, "auth": "none"}
        assert decoded(await ada.post("/api/workspaces/lab/connections", wish))["state"] == "ACTIVE"
        yield server


async def _echo(received: Received, writer: asyncio.StreamWriter) -> None:
    """Every third answer is a stream, with the nonce in a notification before it; every seventh is late."""
    params = received.json["params"]
    number = int((nonce := params["arguments"]["text"]).partition(" ")[0])
    if number % 7 == 0:
        for _ in range(20):
            await asyncio.sleep(0)  # others go first
    done = reply(received, json.dumps({"content": [{"type": "text", "text": nonce}]}))
    if "progressToken" not in params.get("_meta", {}):
        writer.write(answer(done))
        return
    progress = {"progressToken": params["_meta"]["progressToken"], "progress": 1, "message": nonce}
    told = json.dumps({"jsonrpc": "2.0", "method": "notifications/progress", "params": progress})
    writer.write(answer(event(told) + event(done), content_type="text/event-stream"))


async def test_no_reply_crosses_to_another_client(product: Product, ada: Browser, processes: list[Process], echo: Shelf) -> None:
    async with AsyncExitStack() as stack:
        apps = [await stack.enter_async_context(await Client.authorized(product, ada, "lab")) for _ in range(APPS)]
        for process in processes:
            await process.ready()
        ports = [*(process.port for process in processes), product.parts.settings.port][:2]
        talks = (_talk(number, ports[number % 2], apps[number % APPS].token) for number in range(CLIENTS))
        heard = await asyncio.gather(*talks)
    assert sum(heard) == CALLS // CLIENTS * CLIENTS
    assert len({body["params"]["arguments"]["text"] for body in echo.bodies("tools/call")}) == sum(heard)


async def test_a_cursor_of_one_person_shows_another_nothing(product: Product, ada: Browser, client: Client, echo: Shelf) -> None:
    for number in range(2):
        await client.legacy("tools/call", {"name": "nonce", "arguments": {"text": f"{number}"}}, path="/crossing")
    audit = "/api/workspaces/{}/audit"
    async with asyncio.timeout(PATIENCE_S):
        while len(hers := decoded(await ada.get(audit.format("lab")))["items"]) < 2:
            await asyncio.sleep(0.05)
    cursor = urlsafe_b64encode(UUID(hers[0]["id"]).bytes).decode().rstrip("=")
    assert decoded(await ada.get(audit.format("lab"), params={"cursor": cursor}))["items"]
    async with await signed_up(product, "mallory@example.com", workspace_name="Elsewhere") as eve:
        slug = (await eve.session())["workspaces"][0]["slug"]
        seen = decoded(await eve.get(audit.format(slug), params={"cursor": cursor}))["items"]
        asked = decoded(await eve.get(f"/api/workspaces/{slug}/approvals", params={"cursor": cursor}))["items"]
    assert not {line["id"] for line in hers} & {line["id"] for line in seen}
    assert asked == []


async def _talk(client: int, port: int, token: str) -> int:
    """How many calls of this client were answered; each answer is its own."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
    if is_modern := client % 3 == 0:
        headers |= {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": "nonce"}
    url = f"http://127.0.0.1:{port}/api/conducktor-mcp/crossing"
    async with httpx.AsyncClient(headers=headers, timeout=2 * PATIENCE_S, verify=False) as http:
        for number in range(CALLS // CLIENTS):
            nonce = f"{number} {client} {os.urandom(8).hex()}"
            meta = (META if is_modern else {}) | ({"progressToken": 1} if number % 3 == 0 else {})
            params = {"name": "nonce", "arguments": {"text": nonce}, "_meta": meta}
            told = await http.post(url, json={"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})
            messages = [
                json.loads(line.removeprefix("data: ")) for line in told.text.splitlines() if line.startswith(("{", "data"))
            ]
            assert messages[-1]["id"] == number
            assert messages[-1]["result"]["content"][0]["text"] == nonce
            assert [m["params"] for m in messages[:-1]] == (
                [{"progressToken": 1, "progress": 1, "message": nonce}] if number % 3 == 0 else []
            )
    return CALLS // CLIENTS
