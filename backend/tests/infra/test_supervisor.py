"""The supervisor with real processes: it starts again what ends, and ends what it was told to stop."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from conducktor.infra.supervisor import Service, ServiceEnded, Supervisor
from tests.support.promptly import PATIENCE_S


class Watched:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.supervisor = Supervisor(self.said.append)
        self._services: list[Service] = []

    def launch(self, code: str, *, stops_within_s: float = 5.0) -> Service:
        service = Service(
            name="duck", argv=(sys.executable, "-c", code), environment=dict(os.environ), stops_within_s=stops_within_s
        )
        self._services.append(service)
        self.supervisor.launch(service)
        return service

    async def stop(self) -> None:
        await self.supervisor.stop(*self._services)


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    watching = Watched()
    yield watching
    await watching.stop()
    asyncio.get_running_loop().remove_signal_handler(signal.SIGCHLD)


@contextlib.asynccontextmanager
async def kept_running(watched: Watched) -> AsyncIterator[None]:
    task = asyncio.create_task(watched.supervisor.keep_running())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


async def until_lines(path: Path, count: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while len(lines_of(path)) < count:
            await asyncio.sleep(0.01)


async def test_what_ends_is_started_again_after_pauses_that_grow(watched: Watched, tmp_path: Path) -> None:
    watched.launch(f"open({str(tmp_path / 'lives')!r}, 'a').write('life\\n')")

    async with kept_running(watched):
        await until_lines(tmp_path / "lives", 4)

    assert watched.said[:3] == [f"duck ended with exit code 0; starting it again in {pause} s" for pause in ("0.1", "0.2", "0.4")]


async def test_while_starting_an_end_is_a_failure(watched: Watched) -> None:
    watched.launch("raise SystemExit(3)")

    with pytest.raises(ServiceEnded, match="duck ended with exit code 3 before it was ready"):
        async with asyncio.timeout(PATIENCE_S):
            while True:
                watched.supervisor.raise_if_ended()
                await asyncio.sleep(0.01)


async def test_a_program_runs_once_to_its_end(watched: Watched) -> None:
    service = Service(name="once", argv=(sys.executable, "-c", "raise SystemExit(7)"), environment=dict(os.environ))

    assert await watched.supervisor.run_once(service) == 7


async def test_who_does_not_stop_in_time_is_killed(watched: Watched, tmp_path: Path) -> None:
    service = watched.launch(_stubborn(tmp_path / "up"), stops_within_s=0.2)
    await until_lines(tmp_path / "up", 1)

    async with asyncio.timeout(PATIENCE_S):
        await watched.supervisor.stop(service)


async def test_in_a_hurry_nobody_is_waited_for(watched: Watched, tmp_path: Path) -> None:
    service = watched.launch(_stubborn(tmp_path / "up"), stops_within_s=60)
    await until_lines(tmp_path / "up", 1)

    stopping = asyncio.create_task(watched.supervisor.stop(service))
    await asyncio.sleep(0)
    watched.supervisor.hurry()

    async with asyncio.timeout(PATIENCE_S):
        await stopping


def _stubborn(says_when_up: Path) -> str:
    return (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(says_when_up)!r}, 'w').write('up\\n')\n"
        "time.sleep(60)\n"
    )
