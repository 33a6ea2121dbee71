"""Keeps child processes running: one that ends is started again, until it is stopped.

Single-threaded on purpose: children are tied to the life of the thread that starts them (`child_process.spawn`).
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Mapping
from subprocess import Popen

import msgspec

from conducktor.core.errors import Unavailable
from conducktor.infra.child_process import spawn
from conducktor.infra.embedded_postgres import EmbeddedPostgres, PostgresFailed

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 10.0
STEADY_AFTER_S = 30.0  # a child that lived this long failed anew, not again


class ServiceEnded(Unavailable):
    """A part of Conducktor ended while it was starting."""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A program that should always run."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    file_descriptors: tuple[int, ...] = ()
    when_orphaned: signal.Signals = signal.SIGTERM
    stops_within_s: float = 10.0


class _Child:
    def __init__(self, service: Service) -> None:
        self.service = service
        self.start()
        self.pause_s = FIRST_PAUSE_S
        self.due_at: float | None = None

    def start(self) -> None:
        self.due_at = None
        self.started_at = time.monotonic()
        self.process = spawn(
            self.service.argv,
            environment=self.service.environment,
            when_orphaned=self.service.when_orphaned,
            file_descriptors=self.service.file_descriptors,
        )


class Supervisor:
    """Use inside a running event loop, in the main thread. `report` gets one line for people per event."""

    def __init__(self, report: Callable[[str], None], database: EmbeddedPostgres | None = None) -> None:
        self._report = report
        self._database = database
        self._children: list[_Child] = []
        self._woken = asyncio.Event()
        self._in_a_hurry = False
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self._woken.set)

    def launch(self, service: Service) -> None:
        self._children.append(_Child(service))

    async def run_once(self, service: Service) -> int:
        """Run a program to its end and return its exit code; it is killed when the caller is cancelled."""
        child = _Child(service)
        try:
            while (code := child.process.poll()) is None:
                await self._sleep(LONGEST_PAUSE_S)
        finally:
            _kill(child.process)
        return code

    def raise_if_ended(self) -> None:
        """While starting, an end is a failure and not something to try again. Raises ServiceEnded."""
        for child in self._children:
            if (code := child.process.poll()) is not None:
                raise ServiceEnded(
                    f"{child.service.name} {_ending(code)} before it was ready.", next_step="Its own last lines above say why."
                )

    async def keep_running(self) -> None:
        """Start again whatever ends, with a growing pause; returns only by cancellation."""
        while True:
            if self._database and not self._database.is_running():
                await self._revive_database(self._database)
            now = time.monotonic()
            for child in self._children:
                self._revive(child, now)
            due = [child.due_at for child in self._children if child.due_at is not None]
            await self._sleep(min(due) - now if due else LONGEST_PAUSE_S)

    async def stop(self, *services: Service) -> None:
        """Ask these to stop, all at once; whoever has not within its time is killed."""
        children = [child for child in self._children if child.service in services]
        self._children = [child for child in self._children if child not in children]
        for child in children:
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        for child in children:
            await self._ended(child)

    def hurry(self) -> None:
        """Do not wait any longer for services to stop by themselves."""
        self._in_a_hurry = True
        self._woken.set()

    def _revive(self, child: _Child, now: float) -> None:
        code = child.process.poll()
        if code is None:
            return
        if child.due_at is None:
            if now - child.started_at >= STEADY_AFTER_S:
                child.pause_s = FIRST_PAUSE_S
            child.due_at = now + child.pause_s
            self._report(f"{child.service.name} {_ending(code)}; starting it again in {child.pause_s:g} s")
            child.pause_s = min(child.pause_s * 2, LONGEST_PAUSE_S)
        if child.due_at <= now:
            child.start()

    async def _revive_database(self, database: EmbeddedPostgres) -> None:
        self._report("the embedded database ended; starting it again")
        try:
            for pause_s in database.starting():
                await asyncio.sleep(pause_s)
        except PostgresFailed as error:
            self._report(f"{error.detail} {error.next_step or ''}")
            await asyncio.sleep(LONGEST_PAUSE_S)

    async def _ended(self, child: _Child) -> None:
        give_up_at = time.monotonic() + child.service.stops_within_s
        while child.process.poll() is None:
            left = give_up_at - time.monotonic()
            if left <= 0 or self._in_a_hurry:
                _kill(child.process)
            else:
                await self._sleep(left)

    async def _sleep(self, most_s: float) -> None:
        """Until a child ends, a hurry begins, or `most_s` have passed."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), max(most_s, 0))
        self._woken.clear()


def _kill(process: "Popen[bytes]") -> None:
    if process.poll() is None:
        process.kill()
        process.wait()


def _ending(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
