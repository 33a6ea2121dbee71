"""What becomes of a connection whose server is dead or slow, or whose process died in between: T20, E4."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from saq.job import Status
from sqlalchemy import update

from conducktor.connections import jobs, queries
from conducktor.connections.discovery import Discovery
from conducktor.connections.models import ConnectionRow
from conducktor.connections.states import ConnectionState
from conducktor.infra import changes
from conducktor.infra.database import Change
from conducktor.settings import Settings
from tests.connections.conftest import Desk
from tests.connections.shelf import WORKING, Shelf, tool
from tests.product import all_heard, eventually
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import answer
from tests.support.rpc_server import hang, reset

SCRIPT = Path(__file__).with_name("connect_in_vain.py")


async def test_a_dead_server_keeps_its_tools_listed_and_says_why(desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf)
    shelf.broken = reset

    report = await desk.run("connections.test", name="shelf")
    health = await desk.run("connections.health", name="shelf")

    assert health.state is ConnectionState.ERROR
    assert health.cause
    assert health.next_step
    assert health.cause in report.message
    assert health.last_success_at < health.last_failure_at
    assert [t["name"] for t in await desk.listed()] == ["shelf_put", "shelf_take"]
    assert (await desk.toolbox()).connections["shelf"].state is ConnectionState.ERROR


async def test_a_listing_of_resources_that_fails_is_noted_and_costs_nothing_else(desk: Desk, shelf: Shelf) -> None:
    shelf.resources = [{"uri": "shelf://a", "name": "a"}]
    await desk.connect(shelf)
    shelf.failing = {"resources/list"}

    report = await desk.run("connections.test", name="shelf")

    assert report.connection.state is ConnectionState.ACTIVE
    assert "resources/list failed" in report.connection.notes[0]
    assert "shelf://a" in (await desk.toolbox()).resources


async def test_an_answer_to_an_older_address_is_not_kept(desk: Desk, shelf: Shelf) -> None:
    made = await desk.connect(shelf)
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def hold(_received: Any, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await go_on.wait()
        writer.write(answer(b"", "503 Service Unavailable"))

    shelf.broken = hold
    waiting = asyncio.create_task(desk.parts.discovery.discover(desk.actor.workspace_id, made.id))
    await asyncio.wait_for(arrived.wait(), PATIENCE_S)
    async with Shelf(tool("new")) as elsewhere:
        await desk.run("connections.update", name="shelf", url=elsewhere.url)
        go_on.set()

        assert await waiting is None
        assert (await desk.run("connections.health", name="shelf")).state is ConnectionState.ACTIVE


async def test_what_a_killed_process_left_pending_is_taken_up(desk: Desk, shelf: Shelf, settings: Settings) -> None:
    shelf.broken = hang
    arguments = (msgspec.json.encode(settings, enc_hook=str), msgspec.json.encode(desk.actor), shelf.url)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), *arguments, env={"PYTHONPATH": str(SCRIPT.parents[2])}
    )
    try:
        await eventually(lambda: bool(shelf.received))
    finally:
        process.kill()
        await process.wait()
    left = await desk.run("connections.health", name="shelf")
    assert left.state is ConnectionState.PENDING

    shelf.broken, shelf.token = WORKING, "a-key-that-survives"
    async with desk.parts.database.transaction() as tx:
        due = await queries.take_due(tx, left.next_check_at, jobs.LEASE, jobs.AT_ONCE)
    for workspace_id, connection_id in due:
        await jobs.check_connection(desk.parts.by_name(), workspace_id=str(workspace_id), connection_id=str(connection_id))

    assert (await desk.run("connections.health", name="shelf")).state is ConnectionState.ACTIVE
    assert len(await desk.listed()) == 2


async def test_a_connection_in_error_heals_by_itself(desk: Desk, shelf: Shelf) -> None:
    shelf.broken = answer(b"", "503 Service Unavailable")
    made = await desk.connect(shelf)
    assert made.state is ConnectionState.ERROR

    shelf.broken = WORKING
    await _set(desk, made.id, next_check_at=desk.parts.clock())
    await _work(desk)

    assert (await desk.run("connections.health", name="shelf")).state is ConnectionState.ACTIVE
    assert len(await desk.listed()) == 2


async def test_a_due_check_is_taken_by_one_worker_only_and_again_when_it_dies(desk: Desk, shelf: Shelf) -> None:
    made = await desk.connect(shelf)
    await _set(desk, made.id, next_check_at=desk.parts.clock())

    rounds = [await _due(desk), await _due(desk)]
    assert [len(found) for found in rounds] == [1, 0]

    await _set(desk, made.id, next_check_at=desk.parts.clock())
    assert len(await _due(desk)) == 1


async def test_disabled_connections_are_left_alone(desk: Desk, shelf: Shelf) -> None:
    made = await desk.connect(shelf)
    await desk.run("connections.update", name="shelf", is_enabled=False)
    asked = len(shelf.received)

    assert await desk.parts.discovery.check(desk.actor.workspace_id, made.id) is None
    assert len(shelf.received) == asked


async def test_a_check_of_a_healthy_connection_asks_little_and_announces_nothing(
    desk: Desk, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "TRUSTED_FOR_S", 60.0)  # on a busy machine heartbeats are late
    made = await desk.connect(shelf)
    before = len(shelf.bodies("tools/list"))
    await all_heard(desk.parts)
    announced: list[Change] = []
    desk.parts.changes.subscribe(announced.append)
    toolbox = await desk.toolbox()

    await desk.parts.discovery.check(desk.actor.workspace_id, made.id)

    assert len(shelf.bodies("tools/list")) == before
    assert announced == []
    assert await desk.toolbox() is toolbox


async def test_pauses_between_failures_grow_and_are_spread(desk: Desk, shelf: Shelf) -> None:
    parts = desk.parts
    shelf.broken = answer(b"", "503 Service Unavailable")
    made = await desk.connect(shelf)
    discovery = Discovery(parts.database, parts.inspection, parts.owners, parts.clock, jitter=lambda: 0.5)

    pauses = []
    for _ in range(8):
        await discovery.check(desk.actor.workspace_id, made.id)
        health = await desk.run("connections.health", name="shelf")
        pauses.append((health.next_check_at - health.checked_at).total_seconds())

    assert pauses == [30, 60, 120, 240, 480, 600, 600, 600]


async def _set(desk: Desk, connection_id: Any, **values: Any) -> None:
    async with desk.parts.database.transaction() as tx:
        await tx.session.execute(update(ConnectionRow).where(ConnectionRow.id == connection_id).values(values))


async def _due(desk: Desk) -> list[Any]:
    async with desk.parts.database.transaction() as tx:
        return await queries.take_due(tx, desk.parts.clock(), jobs.LEASE, jobs.AT_ONCE)


async def _work(desk: Desk) -> None:
    """What the worker does, once: ring for what is due, then run what was rung for."""
    context = desk.parts.by_name()
    await jobs.ring_due_checks(context)
    queue = desk.parts.doorbell.queue
    while job := await queue.dequeue(timeout=PATIENCE_S):
        await jobs.JOBS[job.function](context, **(job.kwargs or {}))
        await queue.finish(job, Status.COMPLETE)
        if not await queue.count("queued"):
            break
