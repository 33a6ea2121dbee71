"""What is known everywhere of calls that go on in one process: a row under a lease, and its answer, sealed."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

import msgspec

from conducktor.approvals.approval import KeptResult
from conducktor.core.actor import Actor
from conducktor.core.clock import Clock
from conducktor.core.tool_call import CallRequest
from conducktor.gateway import queries
from conducktor.gateway.models import LongCallRow
from conducktor.infra.database import Change, Database
from conducktor.infra.encryption import KeyRing

TOPIC = "long-calls"
LEASE = timedelta(seconds=20)
KEPT = timedelta(hours=1)
"""From the begin: a call lasts ten minutes at most, then there is time to ask for its answer."""

_BOUND_TO = b"long_calls.content:"


class CallState(StrEnum):
    WORKING = "working"
    ENDED = "ended"
    CANCELLED = "cancelled"
    LOST = "lost"
    """Its process is gone."""


class Ended(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a call ended. `request` is as it was asked, so that its answer can be judged again."""

    request: CallRequest
    answer: KeptResult
    is_refusal: bool = False
    """The answer is our own words."""


class KeptCall(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    state: CallState
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    ended: Ended | None = None


class KeptCalls:
    """A call belongs to one authorization. `actor` is who made it, or who asks."""

    def __init__(self, database: Database, key_ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock

    async def begin(self, actor: Actor) -> KeptCall:
        now, call_id = self._clock(), uuid4()
        begun = KeptCall(id=call_id, state=CallState.WORKING, created_at=now, updated_at=now, expires_at=now + KEPT)
        row = LongCallRow(
            id=call_id,
            workspace_id=actor.workspace_id,
            authorization_id=actor.authorization_id,
            created_at=now,
            lease_until=now + LEASE,
            expires_at=begun.expires_at,
        )
        async with self._database.transaction() as tx:
            await queries.add_long_call(tx, actor.workspace_id, row)
        return begun

    async def renew(self, actor: Actor, call_id: UUID) -> bool:
        """Whether somebody still wants it."""
        async with self._database.transaction() as tx:
            return await queries.lease_long_call(tx, actor.workspace_id, call_id, self._clock() + LEASE)

    async def let_go(self, actor: Actor, call_id: UUID) -> None:
        """Nobody will end it any more."""
        async with self._database.transaction() as tx:
            await queries.lease_long_call(tx, actor.workspace_id, call_id, self._clock())

    async def end(self, actor: Actor, call_id: UUID, ended: Ended) -> None:
        """Nothing, if it was cancelled meanwhile."""
        sealed = self._key_ring.seal(msgspec.json.encode(ended), bound_to=_BOUND_TO + call_id.bytes)
        async with self._database.transaction() as tx:
            await queries.end_long_call(tx, actor.workspace_id, call_id, {"ended_at": self._clock(), "content_sealed": sealed})

    async def cancel(self, actor: Actor, call_id: UUID) -> None:
        """If it still goes on; its process hears of it."""
        async with self._database.transaction() as tx:
            values = {"ended_at": self._clock(), "is_cancelled": True}
            if await queries.end_long_call(tx, actor.workspace_id, call_id, values):
                await tx.announce(Change(topic=TOPIC, id=str(call_id)))

    async def find(self, actor: Actor, call_id: UUID) -> KeptCall | None:
        """As long as it is kept."""
        now = self._clock()
        async with self._database.transaction() as tx:
            row = await queries.long_call(tx, actor.workspace_id, actor.authorization_id, call_id)
        if row is None or row.expires_at <= now:
            return None
        return KeptCall(
            id=row.id,
            state=_state(row, now),
            created_at=row.created_at,
            updated_at=row.ended_at or row.created_at,
            expires_at=row.expires_at,
            ended=self._opened(row),
        )

    def _opened(self, row: LongCallRow) -> Ended | None:
        if row.content_sealed is None:
            return None
        return _decode_ended(self._key_ring.open(row.content_sealed, bound_to=_BOUND_TO + row.id.bytes))


def _state(row: LongCallRow, now: datetime) -> CallState:
    if row.is_cancelled:
        return CallState.CANCELLED
    if row.ended_at is not None:
        return CallState.ENDED
    return CallState.WORKING if row.lease_until > now else CallState.LOST


_decode_ended = msgspec.json.Decoder(Ended).decode
