"""The change feed: every process hears every change within moments, or knows that it is deaf.

One LISTEN connection per process, with a heartbeat. A cache may trust what it holds only while `is_live`; when the
connection is down, or its heartbeat late, readers go to the database (`Cached`), so a revocation is known within 1 s.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable
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

    def at_commit(self, on_change: Callable[[Change], None]) -> None:
        """Hear what this process itself announced before whoever asked for it has an answer, and once more with the others."""
        self._database.at_commit(on_change)

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
    """Values read once and dropped when a change concerns them.

    While the feed is not live, every request reads anew, but a crowd waits for one reading. Without that, a process that was
    late once would read everything as often as it is asked, and so never be on time again.
    """

    def __init__(
        self,
        feed: ChangeFeed,
        *,
        stale: Callable[[Change, K, V], bool],
        capacity: int = 10_000,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`stale(change, key, value)` says whether a change concerns an entry."""
        self._feed = feed
        self._stale = stale
        self._capacity = capacity
        self._monotonic = monotonic
        self._values: dict[K, V] = {}
        self._readings: dict[K, _Reading[V]] = {}
        feed.subscribe(self._on_change, on_gap=self.clear)
        feed.at_commit(self._on_change)  # who made a change and calls at once meets it: the announcement is a moment later

    def peek(self, key: K) -> V | None:
        """The cached value, if it may be trusted right now."""
        return self._values.get(key) if self._feed.is_live else None

    async def get(self, key: K, load: Callable[[], Coroutine[None, None, V]]) -> V:
        """Raises what `load` raises, to everybody who waited for it."""
        while (value := self.peek(key)) is None:
            reading = self._readings.get(key)
            if reading is None or self._monotonic() - reading.began_at >= TRUSTED_FOR_S:
                reading = self._begin(key, load)
            heard_before = len(reading.heard)
            read = await asyncio.shield(reading.task)  # whoever gives up must not take the reading from the others
            if not self._concerned(reading.heard[:heard_before], key, read):
                return read
        return value

    def clear(self) -> None:
        """Also what is being read right now: it is used by those who wait for it, not kept."""
        self._values.clear()
        self._readings.clear()

    def _begin(self, key: K, load: Callable[[], Coroutine[None, None, V]]) -> "_Reading[V]":
        reading = _Reading(asyncio.create_task(load()), self._monotonic())
        self._readings[key] = reading
        reading.task.add_done_callback(lambda task: self._end(key, reading, task))
        return reading

    def _end(self, key: K, reading: "_Reading[V]", task: "asyncio.Task[V]") -> None:
        is_current = self._readings.get(key) is reading
        if is_current:
            del self._readings[key]
        if task.cancelled() or task.exception() or not is_current or self._concerned(reading.heard, key, task.result()):
            return
        if len(self._values) >= self._capacity:
            self._values.clear()
        self._values[key] = task.result()

    def _concerned(self, changes: list[Change], key: K, value: V) -> bool:
        return any(self._stale(change, key, value) for change in changes)

    def _on_change(self, change: Change) -> None:
        for reading in self._readings.values():
            reading.heard.append(change)
        for key in [k for k, v in self._values.items() if self._stale(change, k, v)]:
            del self._values[key]


class _Reading(Generic[V]):
    """A value on its way from the database, and the changes announced meanwhile: it may or may not include them."""

    def __init__(self, task: "asyncio.Task[V]", began_at: float) -> None:
        self.task = task
        self.began_at = began_at
        self.heard: list[Change] = []
