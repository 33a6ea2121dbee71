"""One message from one process to another: somebody waits for it here, whoever has it puts it there.

The truth is a row; the change feed only rings. A row belongs to one authorization, takes one content, and is read once.
"""

import asyncio
import time
from collections import defaultdict
from datetime import timedelta
from uuid import UUID, uuid4

from conducktor.core.actor import Actor
from conducktor.core.clock import Clock
from conducktor.gateway import queries
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Change, Database
from conducktor.infra.encryption import KeyRing

TOPIC = "exchanges"
LOOK_AGAIN_S = 10.0
"""While the feed is deaf."""


class Exchanges:
    """One per process. Contents are sealed: they are what people answered, and what services said."""

    def __init__(self, database: Database, changes: ChangeFeed, key_ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock
        self._bells: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        changes.subscribe(lambda change: self._ring(change.id) if change.topic == TOPIC else None, on_gap=self._ring_all)

    async def open(self, actor: Actor, lasts_s: float) -> UUID:
        """A place for one content, by an id that nobody can guess."""
        exchange_id = uuid4()
        expires_at = self._clock() + timedelta(seconds=lasts_s)
        async with self._database.transaction() as tx:
            await queries.open_exchange(tx, actor.workspace_id, actor.authorization_id, exchange_id, expires_at)
        return exchange_id

    async def put(self, actor: Actor, exchange_id: UUID, content: bytes) -> bool:
        """Whether it waits for a content of this authorization, and now has it."""
        sealed = self._key_ring.seal(content, bound_to=exchange_id.bytes)
        async with self._database.transaction() as tx:
            owner = (actor.workspace_id, actor.authorization_id)
            if not await queries.fill_exchange(tx, *owner, exchange_id, sealed, self._clock()):
                return False
            await tx.announce(Change(topic=TOPIC, id=str(exchange_id)))
        return True

    async def take(self, actor: Actor, exchange_id: UUID, within_s: float) -> bytes | None:
        """The content, once; None when none came in time, or it was closed."""
        ends = time.monotonic() + within_s
        bell = asyncio.Event()
        self._bells[str(exchange_id)].add(bell)
        try:
            while True:
                bell.clear()
                async with self._database.transaction() as tx:
                    found = await queries.take_exchange(tx, actor.workspace_id, exchange_id)
                    is_open = found is not None or await queries.is_exchange_open(tx, actor.workspace_id, exchange_id)
                if found is not None:
                    return self._key_ring.open(found, bound_to=exchange_id.bytes)
                if not is_open or (left_s := ends - time.monotonic()) <= 0:
                    return None
                await _rung(bell, left_s)
        finally:
            self._unhang(exchange_id, bell)

    async def close(self, actor: Actor, exchange_id: UUID) -> bool:
        """Whether it was still open: then nobody has read it, and nobody will."""
        async with self._database.transaction() as tx:
            was_open = await queries.close_exchange(tx, actor.workspace_id, exchange_id)
            if was_open:
                await tx.announce(Change(topic=TOPIC, id=str(exchange_id)))
        return was_open

    async def closed(self, actor: Actor, exchange_id: UUID) -> None:
        """Returns when nobody waits there any more."""
        bell = asyncio.Event()
        self._bells[str(exchange_id)].add(bell)
        try:
            while True:
                bell.clear()
                async with self._database.transaction() as tx:
                    if not await queries.is_exchange_open(tx, actor.workspace_id, exchange_id):
                        return
                await _rung(bell, LOOK_AGAIN_S)
        finally:
            self._unhang(exchange_id, bell)

    def _unhang(self, exchange_id: UUID, bell: asyncio.Event) -> None:
        bells = self._bells[str(exchange_id)]
        bells.discard(bell)
        if not bells:
            del self._bells[str(exchange_id)]

    def _ring(self, exchange_id: str) -> None:
        for bell in self._bells.get(exchange_id, ()):
            bell.set()

    def _ring_all(self) -> None:
        for exchange_id in self._bells:
            self._ring(exchange_id)


async def _rung(bell: asyncio.Event, within_s: float) -> None:
    try:
        async with asyncio.timeout(min(within_s, LOOK_AGAIN_S)):
            await bell.wait()
    except TimeoutError:
        return
