"""PostgreSQL: transactions for everything, raw connections for the few paths that need COPY or LISTEN."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog
from advanced_alchemy.base import UUIDv7AuditBase, UUIDv7Base
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from conducktor.core.errors import Unavailable

__all__ = ["CHANNEL", "Change", "Database", "Transaction", "UUIDv7AuditBase", "UUIDv7Base", "database_away"]

log = structlog.get_logger()

CHANNEL = "conducktor"
"""Every change is announced on this NOTIFY channel; see `infra/changes.py`."""

CONNECT_TIMEOUT_S = 2.0
STATEMENT_TIMEOUT_S = 10.0

_AWAY = (
    OSError,  # TimeoutError is one
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,  # starting up or shutting down
    asyncpg.ObjectNotInPrerequisiteStateError,  # the database accepts no connections (during a restore, say)
    asyncpg.InterfaceError,
)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Something that caches and open pages should know of. `topic` is a plural noun (`connections`)."""

    topic: str
    id: str = ""
    workspace_id: UUID | None = None


def database_away() -> Unavailable:
    return Unavailable(
        "The database cannot be reached, so nothing is let through.",
        next_step="Try again in a few seconds. If it lasts, the operator should look at PostgreSQL.",
        retry_after_s=5,
    )


class Transaction:
    """One transaction: a session, announcements that travel with the commit, and actions for after it."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.announced: list[Change] = []
        self._after_commit: list[Callable[[], Awaitable[None]]] = []

    async def announce(self, change: Change) -> None:
        """NOTIFY every process at commit (and never when it is rolled back)."""
        payload = msgspec.json.encode(change).decode()
        await self.session.execute(text("SELECT pg_notify(:channel, :payload)"), {"channel": CHANNEL, "payload": payload})
        self.announced.append(change)

    async def ping(self) -> None:
        await self.session.execute(text("SELECT 1"))

    def after_commit(self, action: Callable[[], Awaitable[None]]) -> None:
        self._after_commit.append(action)

    async def finish(self) -> None:
        for action in self._after_commit:
            await action()


class Database:
    """One pool of SQLAlchemy sessions and a way to open raw asyncpg connections to the same server."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self._url = url
        self._engine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=CONNECT_TIMEOUT_S,
            pool_pre_ping=True,
            connect_args={"timeout": CONNECT_TIMEOUT_S, "command_timeout": STATEMENT_TIMEOUT_S},
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._at_commit: list[Callable[[Change], None]] = []

    def at_commit(self, on_change: Callable[[Change], None]) -> None:
        """Call it with each change that a transaction of this process announced, as soon as that is committed."""
        self._at_commit.append(on_change)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commits on a clean end, rolls back on an exception. Raises Unavailable when PostgreSQL is away."""
        try:
            async with self._sessions() as session:
                async with session.begin():
                    tx = Transaction(session)
                    yield tx
                for change in tx.announced:
                    for on_change in self._at_commit:
                        on_change(change)
                await tx.finish()
        except PoolTimeout:
            raise database_away() from None
        except (OperationalError, InterfaceError) as error:
            log.warning("database.away", error=type(error).__name__)
            raise database_away() from None
        except DBAPIError as error:
            # SQLAlchemy's wrapper of "the database system is starting up" keeps asyncpg's own error as its cause only
            if error.connection_invalidated or isinstance(error.orig and error.orig.__cause__, _AWAY):
                raise database_away() from None
            raise
        except (SQLAlchemyError, msgspec.MsgspecError):
            raise
        except _AWAY as error:
            log.warning("database.away", error=type(error).__name__)
            raise database_away() from None

    async def connect(self) -> "asyncpg.Connection[Any]":
        """A raw connection outside the pool; the caller closes it. Raises Unavailable."""
        try:
            return await asyncpg.connect(self._url, timeout=CONNECT_TIMEOUT_S, command_timeout=STATEMENT_TIMEOUT_S)
        except _AWAY as error:
            log.warning("database.away", error=type(error).__name__)
            raise database_away() from None

    async def close(self) -> None:
        await self._engine.dispose()
