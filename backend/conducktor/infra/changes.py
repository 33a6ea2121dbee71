"""The change feed: every process hears every change within moments, or knows that it is deaf.

One LISTEN connection per process, with a heartbeat. A cache may trust what it holds only while `is_live`; when the
connection is down, or its heartbeat late, readers go to the database (`Cached`), so a revocation is never missed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeVar

import asyncpg
import msgspec
import structlog

from conducktor.core.errors import Unavailable
from conducktor.infra.database import CHANNEL, Change, Database

log = structlog.get_logger()

HEARTBEAT_S = 0.25
TRUSTED_FOR_S = 0.9  # a revocation must be known everywhere within 1 s, also when the connection dies silently
RECONNECT_MAX_S = 2.0

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ChangeFeed:
    """Hands every announced `Change` to its subscribers, in order."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._subscribers: list[Callable[[Change], None]] = []
        self._on_gap: list[Callable[[], None]] = []
        self._heard_at = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_live(self) -> bool:
        return time.monotonic() - self._heard_at < TRUSTED_FOR_S

    def subscribe(self, on_change: Callable[[Change], None], *, on_gap: Callable[[], None] | None = None) -> Callable[[], None]:
        """`on_gap` is called when announcements may have been missed. Returns the way to unsubscribe."""
        self._subscribers.append(on_change)
        if on_gap:
            self._on_gap.append(on_gap)

        def unsubscribe() -> None:
            self._subscribers.remove(on_change)
            if on_gap:
                self._on_gap.remove(on_gap)

        return unsubscribe

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="change-feed")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        pause = 0.1
        while True:
            try:
                connection = await self._database.connect()
            except Unavailable:
                await asyncio.sleep(pause)
                pause = min(pause * 2, RECONNECT_MAX_S)
                continue
            pause = 0.1
            try:
                await connection.add_listener(CHANNEL, self._on_notification)
                for forget in list(self._on_gap):
                    forget()
                await self._beat(connection)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("change_feed.lost", error=type(error).__name__)
            finally:
                self._heard_at = 0.0
                connection.terminate()

    async def _beat(self, connection: "asyncpg.Connection[Any]") -> None:
        while True:
            asked_at = time.monotonic()
            await connection.execute("SELECT 1", timeout=TRUSTED_FOR_S)
            # PostgreSQL delivers pending notifications before a statement's result, so all announced before
            # `asked_at` have been heard by now.
            self._heard_at = asked_at
            await asyncio.sleep(HEARTBEAT_S)

    def _on_notification(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
        try:
            change = msgspec.json.decode(str(payload), type=Change)
        except msgspec.MsgspecError:
            log.warning("change_feed.unreadable")
            return
        for subscriber in list(self._subscribers):
            subscriber(change)


class Cached(Generic[K, V]):
    """Values loaded once and dropped when a change concerns them; bypassed whenever the feed is not live."""

    def __init__(self, feed: ChangeFeed, *, stale: Callable[[Change, K, V], bool], capacity: int = 10_000) -> None:
        """`stale(change, key, value)` says whether a change concerns an entry."""
        self._feed = feed
        self._stale = stale
        self._capacity = capacity
        self._values: dict[K, V] = {}
        self._generation = 0
        feed.subscribe(self._on_change, on_gap=self.clear)

    def peek(self, key: K) -> V | None:
        """The cached value, if it may be trusted right now."""
        return self._values.get(key) if self._feed.is_live else None

    async def get(self, key: K, load: Callable[[], Awaitable[V]]) -> V:
        if (value := self.peek(key)) is not None:
            return value
        generation = self._generation
        value = await load()
        # A change that arrived while loading may concern what was loaded: then it is used once, not kept.
        if generation == self._generation and self._feed.is_live:
            if len(self._values) >= self._capacity:
                self._values.clear()
            self._values[key] = value
        return value

    def clear(self) -> None:
        self._generation += 1
        self._values.clear()

    def _on_change(self, change: Change) -> None:
        self._generation += 1
        for key in [k for k, v in self._values.items() if self._stale(change, k, v)]:
            del self._values[key]
