"""Workers that are killed with SIGKILL, in processes of their own: never two executions, never silence."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import pytest
import sqlalchemy

from conducktor.settings import VARIABLES, Settings
from tests.approvals.conftest import make_desk
from tests.approvals.desk import OK, Asked, Desk
from tests.gateway.client import text
from tests.product import decoded, running_product
from tests.support.databases import copied
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import reply

BACKEND = Path(__file__).parents[2]
SOON_S = 50.0
"""A process starts, and a look that a killed one was in the middle of counts as running for 10 s. Busy machines are slower."""


class Workers:
    """`conducktor worker` processes on the product's database."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._log = settings.data_dir / "worker.log"

    @contextmanager
    def one(self) -> "Iterator[subprocess.Popen[bytes]]":
        """A worker; killed at the end if it still runs."""
        given = {VARIABLES[field][0]: _said(getattr(self._settings, field)) for field in _GIVEN}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCKTOR_")}
        with self._log.open("ab") as log:
            argv = [sys.executable, "-m", "conducktor.cli", "worker"]
            worker = subprocess.Popen(
                argv, env={**environment, **given, "PYTHONPATH": str(BACKEND)}, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        try:
            yield worker
        finally:
            kill(worker)


_GIVEN = ("database_url", "data_dir", "outbound_allow", "port", "call_deadline_s", "public_url")


def _said(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def kill(worker: "subprocess.Popen[bytes]") -> None:
    if worker.poll() is None:
        os.kill(worker.pid, signal.SIGKILL)
    worker.wait(10)


@pytest.fixture(scope="module")
async def separate(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A product whose workers are processes of their own."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(copied(postgres, template))
        settings = Settings(
            database_url=url,
            data_dir=tmp_path_factory.mktemp("killed"),
            outbound_allow=("127.0.0.0/8",),
            worker="separate",
            call_deadline_s=20.0,
        )
        product = await stack.enter_async_context(running_product(settings))
        yield await stack.enter_async_context(make_desk(product))


@pytest.fixture
async def desk(separate: Desk) -> AsyncIterator[Desk]:
    await separate.clear()
    await separate.policy()
    yield separate
    await separate.clear()


@pytest.fixture
def workers(desk: Desk) -> Workers:
    return Workers(desk.product.parts.settings)


async def _one_waits_for(desk: Desk, table: str) -> None:
    waiting = sqlalchemy.text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = CAST(:table AS regclass)")
    async with asyncio.timeout(SOON_S), desk.product.parts.database.transaction() as tx:
        while not await tx.session.scalar(waiting, {"table": table}):
            await asyncio.sleep(0.05)


async def _lease_is_over(desk: Desk, approval_id: str) -> None:
    await desk.sql("UPDATE approvals SET claimed_until = now() - interval '1 second' WHERE id = $1", approval_id)


async def test_killed_before_the_claim_it_is_carried_out_by_the_next(desk: Desk, workers: Workers) -> None:
    with workers.one() as worker:
        kill(worker)
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))
    assert desk.executions() == 0

    with workers.one():
        line = await desk.ended(asked.id, within_s=SOON_S)

    assert line["state"] == "executed"
    assert text(await asked.again()) == "done"
    assert desk.executions(asked.text) == 1


async def test_killed_after_the_claim_and_before_the_service_was_touched_it_is_carried_out_by_the_next(
    desk: Desk, workers: Workers
) -> None:
    """A lock on the audit's table holds the worker up between its claim and the call: no durable entry, no call."""
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))
    async with desk.product.parts.database.transaction() as tx:
        await tx.session.execute(sqlalchemy.text("LOCK TABLE audit_entries IN EXCLUSIVE MODE"))
        with workers.one() as worker:
            await desk.state(asked.id, "executing", within_s=SOON_S)
            kill(worker)
    assert desk.executions() == 0
    await _lease_is_over(desk, asked.id)

    with workers.one():
        line = await desk.ended(asked.id, within_s=SOON_S)

    assert line["state"] == "executed"
    assert desk.executions(asked.text) == 1


async def test_killed_in_the_middle_of_looking_after_requests_the_next_looks_after_them(desk: Desk, workers: Workers) -> None:
    """The queue takes that job for running, in a worker that is gone."""
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))
    async with desk.product.parts.database.transaction() as tx:
        await tx.session.execute(sqlalchemy.text("LOCK TABLE approvals IN EXCLUSIVE MODE"))
        with workers.one() as worker:
            await _one_waits_for(desk, "approvals")
            kill(worker)

    with workers.one():
        line = await desk.ended(asked.id, within_s=SOON_S)

    assert line["state"] == "executed"
    assert desk.executions(asked.text) == 1


async def test_killed_after_the_call_and_before_the_commit_nobody_knows_and_a_person_is_asked(
    desk: Desk, workers: Workers
) -> None:
    arrived = asyncio.Event()

    async def hold(_received: Received, _writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.Event().wait()

    desk.shelf._behaviours["tools/call"] = hold
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))
    with workers.one() as worker:
        await asyncio.wait_for(arrived.wait(), SOON_S)
        kill(worker)
    await _lease_is_over(desk, asked.id)

    with workers.one():
        line = await desk.ended(asked.id, within_s=SOON_S)

    assert line["state"] == "outcome_unknown"
    assert desk.executions(asked.text) == 1
    assert "not known whether it was carried out" in text(await asked.again())
    assert line["reason"] == "The worker that carried it out was lost before the answer was kept."


async def test_killed_after_the_commit_the_answer_is_there(desk: Desk, workers: Workers) -> None:
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))
    with workers.one() as worker:
        await desk.ended(asked.id, within_s=SOON_S)
        kill(worker)

    with workers.one():
        assert text(await asked.again()) == "done"
        assert desk.executions(asked.text) == 1


async def test_killed_again_and_again_it_is_carried_out_at_most_once(desk: Desk, workers: Workers) -> None:
    async def slowly(received: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        writer.write(answer(reply(received, OK)))

    desk.shelf._behaviours["tools/call"] = slowly
    asked = [await desk.ask() for _ in range(3)]
    for one in asked:
        decoded(await desk.decide(one.id))
    for _ in range(2):
        with workers.one() as worker:
            async with asyncio.timeout(PATIENCE_S):
                seen = desk.executions()
                while desk.executions() == seen and worker.poll() is None and not await _all_over(desk, asked):
                    await asyncio.sleep(0.01)
            kill(worker)
        for one in asked:
            await _lease_is_over(desk, one.id)

    with workers.one():
        for one in asked:
            line = await desk.ended(one.id, within_s=SOON_S)
            assert line["state"] in ("executed", "outcome_unknown")
            assert desk.executions(one.text) == 1


async def _all_over(desk: Desk, asked: list[Asked]) -> bool:
    return all([(await desk.get(one.id))["approval"]["state"] in ("executed", "outcome_unknown") for one in asked])
