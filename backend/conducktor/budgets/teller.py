"""The teller: everything that a process holds, settles and releases, a moment's wishes in one statement.

A commit for each call would let a shared budget pass some hundred calls a second; the crowd of a moment shares one.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import structlog

from conducktor.budgets.booking import Batch, Booked, Settlement, book
from conducktor.budgets.draw import CounterKey, Draw, Hold
from conducktor.core.clock import Clock
from conducktor.core.errors import Unavailable
from conducktor.core.ids import WorkspaceId
from conducktor.infra.crowd import Crowd
from conducktor.infra.database import Database, database_away

log = structlog.get_logger()

AT_ONCE = 500
MAX_WAITING = 20_000
RETRY_S = 0.5
UNWRITABLE = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, OverflowError, TypeError)
"""Errors that the same batch would meet again, however often it is tried."""
GATHER_S = 0.02  # nobody waits for a settlement, and fifty in one statement cost little more than one

Ask = tuple[Hold, "asyncio.Future[None]"]
OnSpent = Callable[[Draw, WorkspaceId, int], None]


class Teller:
    """One per process, with a connection of its own. Exact over all processes: PostgreSQL locks the counters."""

    def __init__(self, database: Database, clock: Clock, *, lasts_s: float, on_spent: OnSpent) -> None:
        """A hold older than `lasts_s` belongs to a dead process. `on_spent(draw, workspace, used)` is called after commits."""
        self._database = database
        self._clock = clock
        self._lasts = timedelta(seconds=lasts_s)
        self._on_spent = on_spent
        self._asks: list[Ask] = []
        self._settlements: list[Settlement] = []
        self._crowd = Crowd()
        self._wake = asyncio.Event()
        self._gathering: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._connection: asyncpg.Connection[Any] | None = None
        self._at_once = AT_ONCE

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="teller")

    async def stop(self) -> None:
        """Settle what is waiting, then end."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._gathering:
            self._gathering.cancel()
        while (self._settlements or self._asks) and await self._serve():
            pass
        if self._connection:
            self._connection.terminate()

    def reserve(self, hold: Hold) -> "asyncio.Future[None]":
        """Done when the money is held. Fails with BudgetExhausted, CounterGone or Unavailable: then nothing is held."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if len(self._asks) >= MAX_WAITING:
            future.set_exception(database_away())
            return future
        self._asks.append((hold, future))
        self._wake.set()
        return future

    def settle(self, hold: Hold, cost: int) -> None:
        """Replace what was held by what it cost; 0 gives it back. Happens soon, also when the database is away right now."""
        if len(self._settlements) >= MAX_WAITING:
            log.error("budget.settlement_dropped", call=str(hold.call_id))  # the sweep charges what was held
            return
        self._settlements.append((hold, cost))
        if self._gathering is None and not self._wake.is_set():
            self._gathering = asyncio.get_running_loop().call_later(GATHER_S, self._wake.set)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            await self._crowd.gather()
            if self._gathering:
                self._gathering.cancel()
                self._gathering = None
            if not await self._serve():
                await asyncio.sleep(RETRY_S)
            if self._asks or self._settlements:
                self._wake.set()

    async def _serve(self) -> bool:
        """One batch; False when the database is away: asks are refused, settlements kept."""
        self._wake.clear()
        self._crowd.came(len(self._asks))
        asks, self._asks = self._asks[: self._at_once], self._asks[self._at_once :]
        settlements, self._settlements = self._settlements[: self._at_once], self._settlements[self._at_once :]
        if not asks and not settlements:
            return True
        batch = Batch(settlements=settlements, holds=[hold for hold, _ in asks], lasts=self._lasts, now=self._clock())
        try:
            booked = await book(await self._connected(), batch)
        except BaseException as error:
            # Whether it was committed is not known: what may be held is given back, what was settled is settled again.
            self._settlements = settlements + [(hold, 0) for hold, _ in asks] + self._settlements
            self._drop_connection()
            for _, future in asks:
                future.set_exception(database_away())
            if not isinstance(error, Exception):
                raise
            is_away = isinstance(error, (Unavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError))
            log.warning(
                "budget.write_failed",
                asks=len(asks),
                settlements=len(settlements),
                error=type(error).__name__,
                exc_info=None if is_away else error,
            )
            return self._narrowed() if isinstance(error, UNWRITABLE) else False
        self._at_once = min(AT_ONCE, self._at_once * 2)
        self._answer(asks, booked)
        self._tell(batch, booked)
        return True

    def _narrowed(self) -> bool:
        """Find the one that cannot be written: go on one by one, and give up the one that fails alone."""
        if self._at_once == 1 and self._settlements:
            hold, _ = self._settlements.pop(0)
            log.error("budget.settlement_dropped", call=str(hold.call_id))  # the sweep charges what was held
        self._at_once = 1
        return True

    def _answer(self, asks: list[Ask], booked: Booked) -> None:
        for hold, future in asks:
            if refusal := booked.refused.get(hold.call_id):
                future.set_exception(refusal)
            else:
                future.set_result(None)

    def _tell(self, batch: Batch, booked: Booked) -> None:
        told: set[CounterKey] = set()
        for hold, _ in batch.settlements:
            for draw in hold.draws:
                if draw.key not in told and draw.key in booked.used:
                    told.add(draw.key)
                    self._on_spent(draw, hold.workspace_id, booked.used[draw.key])

    async def _connected(self) -> "asyncpg.Connection[Any]":
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._database.connect()
        return self._connection

    def _drop_connection(self) -> None:
        if self._connection:
            self._connection.terminate()
            self._connection = None
