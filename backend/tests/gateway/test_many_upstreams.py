"""Many connections with twenty tools each: the dead and the slow among them change nothing about the list. Issue 5, point 4."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import msgspec
import pytest

from conducktor.connections import jobs, queries
from conducktor.settings import Settings
from tests.connections.shelf import Shelf, tool
from tests.gateway.client import Client
from tests.product import Browser, Product, decoded, running_product, signed_up
from tests.support.databases import copied, execute
from tests.support.rpc_server import hang

UPSTREAMS = int(os.environ.get("UPSTREAMS", "20"))
"""Sixty under `make campaigns`."""
TOOLS, DEAD, SLOW = 20, 5, 5
COPIES = 1000 // UPSTREAMS
SLOW_MS = 20_000.0
LISTS = 30


class Many(msgspec.Struct, frozen=True):
    product: Product
    ada: Browser
    client: Client
    shelves: list[Shelf]


@pytest.fixture(scope="module")
async def many(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Many]:
    async with AsyncExitStack() as open_:
        url = await open_.enter_async_context(copied(postgres, template))
        settings = Settings(
            database_url=url, data_dir=tmp_path_factory.mktemp("many"), outbound_allow=("127.0.0.0/8",), worker="separate"
        )
        product = await open_.enter_async_context(running_product(settings))
        ada = await open_.enter_async_context(await signed_up(product, "ada@example.com"))
        shelves = [Shelf(*(tool(f"tool_{i:02}") for i in range(TOOLS))) for _ in range(UPSTREAMS)]
        for number, shelf in enumerate(shelves):
            await open_.enter_async_context(shelf)
            wish = {"name": f"service-{number:02}", "url": shelf.url}
            decoded(await ada.post("/api/workspaces/lab/connections", wish))
        client = await open_.enter_async_context(await Client.authorized(product, ada, "lab"))
        yield Many(product, ada, client, shelves)


async def test_the_list_is_whole_and_as_quick_when_some_servers_are_dead_or_slow(many: Many) -> None:
    healthy = await _lists(many)
    for shelf in many.shelves[:DEAD]:
        await shelf.__aexit__(None, None, None)
    for shelf in many.shelves[DEAD : DEAD + SLOW]:
        shelf.broken = hang
    checks = [
        asyncio.create_task(many.ada.post(f"/api/workspaces/lab/connections/service-{number:02}/test"))
        for number in range(DEAD + SLOW)
    ]
    unwell = await _lists(many)
    slowest = max(unwell)
    sys.stdout.write(
        f"tools/list of {UPSTREAMS * TOOLS}: p50 {_p(healthy, 0.5):.1f} ms, p99 {_p(healthy, 0.99):.1f} ms; with {DEAD} dead and "
        f"{SLOW} slow: p50 {_p(unwell, 0.5):.1f} ms, p99 {_p(unwell, 0.99):.1f} ms\n"
    )
    assert slowest < SLOW_MS, "nobody waits for a server in order to list"
    assert UPSTREAMS < 60 or _p(unwell, 0.5) <= 2 * _p(healthy, 0.5)  # a busy machine has no figures to compare
    for check in checks[DEAD:]:
        check.cancel()
    await asyncio.gather(*checks, return_exceptions=True)

    connections = decoded(await many.ada.get("/api/workspaces/lab/connections"))["items"]
    assert len(connections) == UPSTREAMS
    dead = [c for c in connections if c["name"] in {f"service-{n:02}" for n in range(DEAD)}]
    assert {c["state"] for c in dead} == {"ERROR"}
    assert all(c["tools"]["active"] == TOOLS for c in connections)


async def test_a_thousand_due_connections_are_taken_in_rounds_and_by_one_worker_each(many: Many) -> None:
    url = many.product.parts.settings.database_url
    await execute(url, "UPDATE connections SET next_check_at = now() - interval '1 hour'")
    await execute(
        url,
        f"INSERT INTO connections SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'name', "
        f"'copy-' || n || '-' || c.name))).* FROM connections c, generate_series(1, {COPIES}) n",
    )
    parts = many.product.parts
    rounds = []
    while True:
        async with parts.database.transaction() as tx:
            taken = await queries.take_due(tx, parts.clock(), jobs.LEASE, jobs.AT_ONCE)
        if not taken:
            break
        rounds.append(taken)
    assert [len(taken) for taken in rounds[:10]] == [jobs.AT_ONCE] * 10
    every = [connection_id for taken in rounds for _, connection_id in taken]
    assert len(every) == len(set(every)) == (COPIES + 1) * UPSTREAMS


async def _lists(many: Many) -> list[float]:
    took = []
    for _ in range(LISTS):
        began = time.monotonic()
        listed: Any = decoded(await many.client.legacy("tools/list"))["result"]["tools"]
        took.append(1000 * (time.monotonic() - began))
        offered = {t["name"] for t in listed}
        assert {f"service-{n:02}_tool_{i:02}" for n in range(UPSTREAMS) for i in range(TOOLS)} <= offered
    return took


def _p(times_ms: list[float], share: float) -> float:
    return sorted(times_ms)[min(len(times_ms) - 1, int(len(times_ms) * share))]
