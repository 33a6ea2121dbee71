"""What calls and probes show of connections, counted in memory and written down now and then: the hot path only adds up."""

import asyncio
from collections.abc import Callable
from random import SystemRandom

import structlog

from conducktor.connections import outcome
from conducktor.connections.health import queries
from conducktor.connections.health.latency import CLASSES, class_of
from conducktor.connections.health.tally import Tally
from conducktor.connections.outcome import FULL_DISCOVERY_EVERY
from conducktor.connections.own_accounts import check_queries as accounts
from conducktor.connections.own_accounts.looks import next_look
from conducktor.core.clock import Clock
from conducktor.core.errors import Unavailable
from conducktor.core.ids import ConnectionId, UserId, WorkspaceId
from conducktor.infra.database import Database, Transaction

log = structlog.get_logger()

WRITTEN_EVERY_S = 10.0
TALLIES_MAX = 20_000
"""Connections counted between two writings. More are not counted: it is a statistic, and memory is bounded."""

_RANDOM = SystemRandom()


class Vitals:
    """One per process."""

    def __init__(self, database: Database, clock: Clock, jitter: Callable[[], float] = _RANDOM.random) -> None:
        """`jitter` returns 0 to 1 and spreads the next probes over time."""
        self._database = database
        self._clock = clock
        self._jitter = jitter
        self._tallies: dict[ConnectionId, Tally] = {}
        self._used: set[tuple[ConnectionId, UserId]] = set()
        self._writer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._writer = asyncio.create_task(self._run(), name="vitals")

    async def stop(self) -> None:
        """Write what was counted, then end."""
        if self._writer:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
        await self.write()

    def answered(self, workspace_id: WorkspaceId, connection_id: ConnectionId, seconds: float) -> None:
        """A call got an answer of its server, whatever it said."""
        if tally := self._tally(workspace_id, connection_id):
            tally.calls += 1
            tally.latencies[class_of(seconds)] += 1

    def failed(self, workspace_id: WorkspaceId, connection_id: ConnectionId) -> None:
        """A call got none, and that was its server's fault."""
        if tally := self._tally(workspace_id, connection_id):
            tally.calls += 1
            tally.failed_calls += 1

    def probed(self, workspace_id: WorkspaceId, connection_id: ConnectionId, seconds: float | None) -> None:
        """`seconds` is None when the probe failed."""
        if tally := self._tally(workspace_id, connection_id):
            tally.probes += 1
            if seconds is None:
                tally.failed_probes += 1
            else:
                tally.latencies[class_of(seconds)] += 1

    def used(self, connection_id: ConnectionId, user_id: UserId) -> None:
        """A call with that person's own account was answered."""
        if len(self._used) < TALLIES_MAX:
            self._used.add((connection_id, user_id))

    async def write(self) -> None:
        """Add what was counted to the tables; kept for the next time when the database is away."""
        (counted, self._tallies), (used, self._used) = (self._tallies, {}), (self._used, set())
        if not counted and not used:
            return
        try:
            async with self._database.transaction() as tx:
                await self._store(tx, counted)
                if used:
                    now = self._clock()
                    await accounts.note_used(tx, used, now, next_look(now, 0, self._jitter()))
        except Unavailable:
            log.warning("vitals.write_delayed", connections=len(counted))
            self._tallies = {**counted, **self._tallies}  # what came meanwhile wins: a statistic need not be exact
            self._used |= used

    async def _store(self, tx: Transaction, counted: dict[ConnectionId, Tally]) -> None:
        if not counted:
            return
        now = self._clock()
        await queries.add_tallies(tx, counted, now)
        if answered := sorted(connection_id for connection_id, tally in counted.items() if tally.has_answered_call):
            await queries.note_successes(tx, answered, now, outcome.next_look(now, self._jitter()), now - FULL_DISCOVERY_EVERY)

    def _tally(self, workspace_id: WorkspaceId, connection_id: ConnectionId) -> Tally | None:
        tally = self._tallies.get(connection_id)
        if tally is None and len(self._tallies) < TALLIES_MAX:
            tally = self._tallies[connection_id] = Tally(workspace_id, [0] * CLASSES)
        return tally

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(WRITTEN_EVERY_S)
            try:
                await self.write()
            except Exception as error:
                log.exception("vitals.write_failed", exc_info=error)
