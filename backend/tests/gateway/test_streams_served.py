"""Streams that are open at one process, as it is served, while changes reach another; and streams on which nothing happens."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from tests.connections.shelf import Shelf, tool
from tests.gateway.client import Client
from tests.gateway.conftest import PING_S
from tests.gateway.ear import STREAM, Ear, listening, standing
from tests.gateway.herald import Herald
from tests.product import Browser, decoded
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import reply
from tests.support.served import Process

TOOLS = "notifications/tools/list_changed"
UPDATED = "notifications/resources/updated"


@pytest.fixture(scope="module")
async def there(client: Client, processes: list[Process]) -> AsyncIterator[Client]:
    """The same app, at the served process."""
    await processes[0].ready()
    async with processes[0].client(client) as same:
        yield same


@pytest.fixture(scope="module")
async def herald(ada: Browser, there: Client) -> AsyncIterator[Herald]:
    async with Herald(modern=False) as server:
        wish = {"name": "wide", "url": server.url, "auth": "none"}
        assert decoded(await ada.post("/api/workspaces/lab/connections", wish))["state"] == "ACTIVE"
        await _is_known(there, "/wide")
        yield server
        decoded(await ada.delete("/api/workspaces/lab/connections/wide"))


async def _is_known(there: Client, path: str) -> None:
    """The served process hears of a new connection a moment after it was made at the other one."""
    async with asyncio.timeout(PATIENCE_S):
        while (await there.legacy("tools/list", path=path)).status_code != 200:
            await asyncio.sleep(0.02)


async def test_a_list_that_a_call_at_one_process_changed_is_told_by_the_other(
    client: Client, there: Client, herald: Herald
) -> None:
    async with listening(there, "/wide", toolsListChanged=True) as modern, standing(there, "/wide") as legacy:
        decoded(await client.legacy("tools/call", {"name": "first"}, path="/wide"))
        await modern.hears(TOOLS)
        await legacy.hears(TOOLS)
        listed = decoded(await there.legacy("tools/list", path="/wide"))["result"]["tools"]
        assert [t["name"] for t in listed] == ["first", "more-1"]


async def test_what_was_subscribed_to_at_one_process_is_told_by_the_other(client: Client, there: Client, herald: Herald) -> None:
    async with standing(there, "/wide") as ear:
        decoded(await client.legacy("resources/subscribe", {"uri": "note://one"}, path="/wide"))
        await herald.heard_of(ear, "note://one")
        decoded(await client.legacy("resources/unsubscribe", {"uri": "note://one"}, path="/wide"))
        decoded(await client.legacy("resources/subscribe", {"uri": "note://two"}, path="/wide"))
        await herald.heard_of(ear, "note://two")
        heard = len(ear.messages)
        herald.updated("note://one")
        herald.updated("note://two")
        await ear.hears(UPDATED, times=ear.methods.count(UPDATED) + 1)
        assert {m["params"]["uri"] for m in ear.messages[heard:] if m["method"] == UPDATED} == {"note://two"}


async def test_streams_on_which_nothing_happens_are_kept_alive_at_the_interval(there: Client) -> None:
    began = asyncio.get_running_loop().time()
    async with listening(there, toolsListChanged=True) as modern, standing(there) as legacy:
        for ear in (modern, legacy):
            await ear.hears_comments(3)
            took = asyncio.get_running_loop().time() - began
            assert ear.comments <= 1 + took / PING_S, "not more often than it was set"
        assert len(modern.messages) == 1, "the acknowledgement"


async def test_a_call_that_takes_long_is_kept_alive_too(there: Client, ada: Browser) -> None:
    async with Shelf(tool("ponder")) as server:
        release = asyncio.Event()

        async def ponder(received: Received, writer: asyncio.StreamWriter) -> None:
            await release.wait()
            writer.write(answer(reply(received, '{"content":[]}')))

        server._behaviours["tools/call"] = ponder
        decoded(await ada.post("/api/workspaces/lab/connections", {"name": "slow", "url": server.url, "auth": "none"}))
        await _is_known(there, "/slow")
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "slow_ponder", "arguments": {"text": ""}}}
        headers = {"Authorization": f"Bearer {there.token}", "Accept": STREAM, "Content-Type": "application/json"}
        async with there.http.stream("POST", there.url, content=json.dumps(body), headers=headers) as response:
            ear = Ear(response)
            reading = asyncio.create_task(ear.listen())
            await ear.hears_comments(2)
            release.set()
            assert (await ear.hears("(answer)"))["result"] == {"content": []}
            await reading
        decoded(await ada.delete("/api/workspaces/lab/connections/slow"))
