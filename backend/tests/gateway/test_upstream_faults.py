"""Living with broken upstreams; what is said of each shape of fault is in `test_fault_shapes.py`."""

import asyncio
import time

import pytest

from tests.connections.shelf import Shelf, tool
from tests.gateway.client import Client, text
from tests.gateway.conftest import DEADLINE_S
from tests.gateway.fault_shapes import SHAPES
from tests.product import Browser, decoded
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import hang, reply, result


@pytest.fixture
async def broken(shelf: Shelf, client: Client, connected: str) -> Shelf:
    """About to be; it works when the test begins, so that one test's failures do not count toward the rest of the next."""
    shelf._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"well"}]}')
    assert text(await client.call("shelf_echo", text="hello")) == "well"
    return shelf


async def test_a_rate_limit_tells_when_to_come_back(broken: Shelf, client: Client) -> None:
    broken._behaviours["tools/call"] = SHAPES["limits the rate"].behaviour
    assert (await client.call("shelf_echo", text="hello"))["structuredContent"]["retry_after_s"] == 7


async def test_a_connection_works_again_as_soon_as_its_server_does(broken: Shelf, client: Client) -> None:
    for fault in ("resets at once", "answers half of it", "never ends its stream"):
        broken._behaviours["tools/call"] = SHAPES[fault].behaviour
        assert (await client.call("shelf_echo", text="hello"))["isError"] is True
        broken._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"back"}]}')
        assert text(await client.call("shelf_echo", text="hello")) == "back"


async def test_one_hanging_connection_slows_no_other(client: Client, ada: Browser) -> None:
    async with Shelf(tool("wait")) as stuck, Shelf(tool("quick")) as quick:
        stuck._behaviours["tools/call"] = hang
        quick._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"quick"}]}')
        for name, server in (("stuck", stuck), ("neighbour", quick)):
            decoded(await ada.post("/api/workspaces/lab/connections", {"name": name, "url": server.url}))
        waiting = [asyncio.create_task(client.call("stuck_wait")) for _ in range(20)]
        began = time.monotonic()
        assert text(await client.call("neighbour_quick")) == "quick"
        took = time.monotonic() - began
        answers = [await client.call("neighbour_quick") for _ in range(20)]
        assert [text(a) for a in answers] == ["quick"] * 20
        assert took < DEADLINE_S, "the neighbour waited for the hanging one"
        assert all(a["isError"] for a in await asyncio.gather(*waiting))
        for name in ("stuck", "neighbour"):
            await ada.delete(f"/api/workspaces/lab/connections/{name}")


async def test_a_dead_upstream_stays_listed_and_says_so_when_called(client: Client, ada: Browser) -> None:
    async with Shelf({"name": "gone", "inputSchema": {"type": "object"}}) as server:
        decoded(await ada.post("/api/workspaces/lab/connections", {"name": "mortal", "url": server.url}))
    listed = decoded(await client.legacy("tools/list"))["result"]["tools"]

    assert "mortal_gone" in [t["name"] for t in listed]
    answered = await client.call("mortal_gone")
    assert answered["isError"] is True
    assert "mortal" in text(answered)
    await ada.delete("/api/workspaces/lab/connections/mortal")


async def test_an_upstreams_own_error_is_relayed_untouched(broken: Shelf, client: Client) -> None:
    async def fail(received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(
            answer(reply(received, "null").replace(b'"result":null', b'"error":{"code":-32042,"message":"odd","data":{"a":1}}'))
        )

    broken._behaviours["tools/call"] = fail
    said = (await client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}})).json()
    assert said["error"] == {"code": -32042, "message": "odd", "data": {"a": 1}}
