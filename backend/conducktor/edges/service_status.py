"""How the service's own parts are: web, MCP, database, worker, mail. Nothing about anybody who uses it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum

import msgspec

from conducktor.core.clock import Clock
from conducktor.core.errors import Unavailable
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Database
from conducktor.infra.mail import Mailer
from conducktor.infra.queue import Doorbell

FRESH_S = 5.0
"""A crowd of visitors costs one look in this time."""
MAIL_FRESH_S = 60.0
LOOK_WITHIN_S = 3.0
WORKER_GRACE_S = 60.0
"""Workers say every 10 s that they are there; on a busy machine one such word may be late."""


class PartState(StrEnum):
    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    OFF = "off"
    """Not set up in this installation."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    state: PartState
    words: str


class ServiceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """`state` is the worst that matters: without database nothing works, without worker or mail some things wait."""

    state: PartState
    words: str
    at: datetime
    parts: list[Part]


class StatusBoard:
    """One per process."""

    def __init__(
        self,
        database: Database,
        changes: ChangeFeed,
        doorbell: Doorbell,
        mailer: Mailer,
        clock: Clock,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._changes = changes
        self._doorbell = doorbell
        self._mailer = mailer
        self._clock = clock
        self._now = now
        self._lock = asyncio.Lock()
        self._known: ServiceStatus | None = None
        self._looked_at = 0.0
        self._mail: tuple[float, bool] | None = None
        self._worker_seen_at = now()  # when this process starts, its worker may still be starting too

    async def look(self) -> ServiceStatus:
        """Never fails, takes a few seconds at most, and asks the parts once in `FRESH_S`."""
        async with self._lock:
            if self._known is None or self._now() - self._looked_at > FRESH_S:
                self._known = await self._asked()
                self._looked_at = self._now()
            return self._known

    async def _asked(self) -> ServiceStatus:
        has_database = await _within(self._ping())
        worker = await self._worker() if has_database else PartState.DOWN
        mail = await self._mail_server()
        feed = has_database and self._changes.is_live
        mcp = PartState.DOWN if not has_database else PartState.UP if feed else PartState.DEGRADED
        parts = [
            Part(name="Web application", state=PartState.UP, words=_WEB),
            Part(name="MCP endpoint", state=mcp, words=_MCP[mcp]),
            Part(name="Database", state=PartState.UP if has_database else PartState.DOWN, words=_DATABASE[has_database]),
            Part(name="Worker and queue", state=worker, words=_WORKER[worker]),
            Part(name="Mail", state=mail, words=_MAIL[mail]),
        ]
        state = _overall(has_database, parts)
        return ServiceStatus(state=state, words=_OVERALL[state], at=self._clock(), parts=parts)

    async def _ping(self) -> bool:
        try:
            async with self._database.transaction() as tx:
                await tx.ping()
        except Unavailable:
            return False
        return True

    async def _worker(self) -> PartState:
        if await _within(self._doorbell.has_worker()):
            self._worker_seen_at = self._now()
        return PartState.UP if self._now() - self._worker_seen_at <= WORKER_GRACE_S else PartState.DOWN

    async def _mail_server(self) -> PartState:
        if not self._mailer.sends:
            return PartState.OFF
        if self._mail is None or self._now() - self._mail[0] > MAIL_FRESH_S:
            self._mail = self._now(), await _within(self._mailer.is_reachable())
        return PartState.UP if self._mail[1] else PartState.DOWN


async def _within(question: Awaitable[bool]) -> bool:
    try:
        async with asyncio.timeout(LOOK_WITHIN_S):
            return await question
    except TimeoutError:
        return False


def _overall(has_database: bool, parts: list[Part]) -> PartState:
    if not has_database:
        return PartState.DOWN
    is_whole = all(part.state in (PartState.UP, PartState.OFF) for part in parts)
    return PartState.UP if is_whole else PartState.DEGRADED


_OVERALL = {
    PartState.UP: "Everything works.",
    PartState.DEGRADED: "Calls go through; something beside them does not work, as said below.",
    PartState.DOWN: "Calls are refused until the database is back. Nothing is let through unaudited.",
}
_WEB = "Pages are served."
_MCP = {
    PartState.UP: "Calls are accepted.",
    PartState.DEGRADED: "Calls are accepted, but answered more slowly: each has to look up changes in the database.",
    PartState.DOWN: "Calls are refused until the database is back.",
}
_DATABASE = {True: "It answers.", False: "It cannot be reached."}
_WORKER = {
    PartState.UP: "Approved calls are carried out, connections are checked, and messages are sent.",
    PartState.DOWN: "No worker is running. Approved calls, checks of connections and messages wait until one is.",
}
_MAIL = {
    PartState.UP: "The mail server answers.",
    PartState.DOWN: "The mail server does not answer. E-mails wait until it does.",
    PartState.OFF: "This installation has no mail server, so it sends no e-mails.",
}
