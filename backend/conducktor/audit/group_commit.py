"""Many small rows, few commits: everything submitted while one COPY runs goes into the next."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
import structlog

from conducktor.core.errors import Unavailable
from conducktor.infra.crowd import Crowd
from conducktor.infra.database import Database, database_away

log = structlog.get_logger()

COPY_TIMEOUT_S = 2.0
MAX_WAITING = 20_000
RETRY_S = 0.5
GATHER_S = 0.02  # outcomes: nobody waits for them, and one COPY for fifty rows costs little more than one for one

Row = tuple[object, ...]


class GroupCommit:
    """One writer task with a connection of its own. Rows are durable when `submit`'s future is done."""

    def __init__(self, database: Database, table: str, columns: Sequence[str]) -> None:
        self._database = database
        self._table = table
        self._columns = list(columns)
        self._rows: list[Row] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._crowd = Crowd()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._connection: asyncpg.Connection[Any] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"group-commit-{self._table}")

    async def stop(self) -> None:
        """Write what is waiting, then end."""
        if self._rows:
            await self._flush()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._connection:
            self._connection.terminate()

    def submit(self, row: Row) -> asyncio.Future[None]:
        """The future fails with Unavailable when the row could not be made durable."""
        assert self._task is not None, "started"
        future: asyncio.Future[None] = self._task.get_loop().create_future()
        if len(self._rows) >= MAX_WAITING:
            future.set_exception(database_away())
            return future
        self._rows.append(row)
        self._waiters.append(future)
        self._wake.set()
        return future

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            await self._crowd.gather()
            await self._flush()

    async def _flush(self) -> None:
        self._wake.clear()
        self._crowd.came(len(self._rows))
        rows, self._rows = self._rows, []
        waiters, self._waiters = self._waiters, []
        if not rows:
            return
        try:
            await self._copy(rows)
        except asyncpg.DataError as error:
            await self._one_by_one(rows, waiters, error)
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody may believe that these rows are durable
            log.warning("audit.write_failed", table=self._table, rows=len(rows), error=type(error).__name__)
            self._drop_connection()
            _settle(waiters, lambda waiter: waiter.set_exception(database_away()))
        else:
            _settle(waiters, lambda waiter: waiter.set_result(None))

    async def _one_by_one(self, rows: list[Row], waiters: list[asyncio.Future[None]], error: asyncpg.DataError) -> None:
        """One row that PostgreSQL cannot store must not cost the others their entry."""
        log.error("audit.unstorable_row", table=self._table, rows=len(rows), error=type(error).__name__)
        for row, waiter in zip(rows, waiters, strict=True):
            try:
                await self._copy([row])
            except Exception:  # noqa: BLE001 - as above: not known to be durable
                _settle([waiter], lambda waiter: waiter.set_exception(database_away()))
            else:
                _settle([waiter], lambda waiter: waiter.set_result(None))

    async def _copy(self, rows: list[Row]) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._database.connect()
        await self._connection.copy_records_to_table(self._table, records=rows, columns=self._columns, timeout=COPY_TIMEOUT_S)

    def _drop_connection(self) -> None:
        if self._connection:
            self._connection.terminate()
            self._connection = None


def _settle(waiters: list[asyncio.Future[None]], settle: Callable[[asyncio.Future[None]], None]) -> None:
    for waiter in waiters:
        if not waiter.done():
            settle(waiter)


class Backlog:
    """Rows that must arrive in the end though nobody waits for them; kept over a database outage, within bounds."""

    def __init__(
        self, database: Database, table: str, columns: Sequence[str], insert: str, on_written: Callable[[list[Row]], str | None]
    ) -> None:
        """`insert` is an idempotent INSERT for rows whose COPY failed half-way; `on_written` may return a statement to run."""
        self._database = database
        self._table = table
        self._columns = list(columns)
        self._insert = insert
        self._on_written = on_written
        self._rows: list[Row] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._connection: asyncpg.Connection[Any] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"backlog-{self._table}")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._flush()
        if self._connection:
            self._connection.terminate()

    def add(self, row: Row) -> None:
        if len(self._rows) >= MAX_WAITING:
            log.error("audit.outcome_dropped", table=self._table)  # the sweep will call it `unknown`
            return
        self._rows.append(row)
        self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(GATHER_S)
            if not await self._flush():
                await asyncio.sleep(RETRY_S)
                self._wake.set()

    async def _flush(self) -> bool:
        self._wake.clear()
        rows, self._rows = self._rows, []
        if not rows:
            return True
        try:
            await self._write(rows)
        except (Unavailable, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("audit.write_delayed", table=self._table, rows=len(rows), error=type(error).__name__)
            self._rows = rows + self._rows
            if self._connection:
                self._connection.terminate()
                self._connection = None
            return False
        return True

    async def _write(self, rows: list[Row]) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._database.connect()
        try:
            await self._connection.copy_records_to_table(self._table, records=rows, columns=self._columns, timeout=COPY_TIMEOUT_S)
        except (asyncpg.UniqueViolationError, asyncpg.DataError):
            await self._one_by_one(self._connection, rows)
        if statement := self._on_written(rows):
            await self._connection.execute(statement, timeout=COPY_TIMEOUT_S)

    async def _one_by_one(self, connection: "asyncpg.Connection[Any]", rows: list[Row]) -> None:
        """Some were written before, or one cannot be stored: that one is given up, or it would block all that follow."""
        for row in rows:
            try:
                await connection.execute(self._insert, *row, timeout=COPY_TIMEOUT_S)
            except asyncpg.DataError as error:
                log.error("audit.unstorable_row", table=self._table, error=type(error).__name__)
