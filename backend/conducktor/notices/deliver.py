"""Carrying notices out of the house: claimed, sent, closed; again later when it failed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog

from conducktor.core.actor import Actor
from conducktor.core.clock import Clock
from conducktor.core.ids import new_id
from conducktor.infra.database import Change, Database
from conducktor.infra.encryption import KeyRing
from conducktor.infra.http_client import HttpClient
from conducktor.infra.mail import Mailer
from conducktor.notices import queries
from conducktor.notices.channel import NotDelivered, Outside, Parcel
from conducktor.notices.channels import AnyChannel
from conducktor.notices.channels.email import send_letter
from conducktor.notices.notice import NoticeBody, Topic
from conducktor.notices.queries import Due, StoredChannel

log = structlog.get_logger()

LEASE = timedelta(minutes=2)  # longer than one attempt takes (a letter: half a minute for each address, at most)
ATTEMPTS_MAX = 8
AT_ONCE = 20

_PAUSES = [timedelta(seconds=s) for s in (10, 30, 60, 300, 900, 1800, 3600)]
_PROBLEM_MAX = 300
_decode: Callable[[bytes], AnyChannel] = msgspec.json.Decoder(AnyChannel).decode

Way = tuple[UUID | None, str | None]
"""(channel, None) or (None, address)."""


class Deliveries:
    """Used by the worker. One way at a time is walked by one job, so that a dead channel holds up nobody but itself."""

    def __init__(self, database: Database, http: HttpClient, mailer: Mailer, key_ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._http = http
        self._mailer = mailer
        self._key_ring = key_ring
        self._clock = clock

    async def due(self, most: int) -> list[Way]:
        async with self._database.transaction() as tx:
            return await queries.due_ways(tx, self._clock(), most)

    async def deliver(self, way: Way) -> None:
        """What is due on this way, the oldest first, until one fails. Safe to run twice."""
        for _ in range(AT_ONCE):
            now = self._clock()
            async with self._database.transaction() as tx:
                claimed = await queries.claim(tx, way, now, now + LEASE)
            if claimed is None or not await self._attempt(*claimed, address=way[1]):
                return

    async def _attempt(self, due: Due, stored: StoredChannel | None, *, address: str | None) -> bool:
        """Whether the next may follow."""
        outside = Outside(self._http, self._mailer, self._clock())
        parcel = Parcel(id=due.id, workspace_name=due.workspace_name, topic=due.topic, body=due.body, told_at=due.told_at)
        try:
            if stored:
                await opened(stored, self._key_ring).send(parcel, outside)
            elif address:
                await send_letter(address, parcel, outside)
        except NotDelivered as error:
            await self._failed(due, stored, error)
            return False
        async with self._database.transaction() as tx:
            await queries.close(tx, due, self._clock(), None)
            if stored:
                values = {"last_delivered_at": self._clock(), "last_problem": None}
                await queries.change_channel(tx, due.workspace_id, stored.id, values)
                await tx.announce(Change(topic="notices", workspace_id=due.workspace_id))
        return True

    async def _failed(self, due: Due, stored: StoredChannel | None, error: NotDelivered) -> None:
        problem, now = error.detail[:_PROBLEM_MAX], self._clock()
        log.warning("notice.not_delivered", delivery=str(due.id), attempt=due.attempt, final=error.is_final)
        async with self._database.transaction() as tx:
            if error.is_final or due.attempt >= ATTEMPTS_MAX:
                await queries.close(tx, due, now, problem)
            else:
                await queries.postpone(tx, due, again_at(due.attempt, now), problem)
            if stored:
                await queries.change_channel(tx, due.workspace_id, stored.id, {"last_problem": problem})
                await tx.announce(Change(topic="notices", workspace_id=due.workspace_id))


def again_at(attempt: int, now: datetime) -> datetime:
    """When the attempt after this one is made: 10 s later at first, an hour later in the end."""
    return now + _PAUSES[min(attempt, len(_PAUSES)) - 1]


def opened(stored: StoredChannel, key_ring: KeyRing) -> AnyChannel:
    return _decode(key_ring.open(stored.settings_sealed, bound_to=stored.id.bytes))


async def send_test(channel: AnyChannel, actor: Actor, outside: Outside) -> str | None:
    """Send a test message; the problem, if there was one."""
    body = NoticeBody(title="Test message", text=f"{actor.user_name} tests whether messages of Conducktor arrive here.")
    parcel = Parcel(id=new_id(), workspace_name="", topic=Topic.APPROVALS, body=body, told_at=outside.now)
    try:
        await channel.send(parcel, outside)
    except NotDelivered as error:
        return error.detail[:_PROBLEM_MAX]
    return None
