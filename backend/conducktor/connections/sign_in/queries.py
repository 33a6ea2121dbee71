"""All SQL of signing in to upstreams."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from conducktor.connections.models import AttemptRow, SignInRow
from conducktor.connections.sign_in.grant import Attempt, SignInRecord
from conducktor.core.ids import ConnectionId, UserId, WorkspaceId, new_id
from conducktor.infra.database import Transaction


async def get(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId) -> SignInRecord | None:
    row = await tx.session.scalar(
        select(SignInRow).where(*_one(workspace_id, connection_id)).execution_options(populate_existing=True)
    )
    return msgspec.convert(row, SignInRecord, from_attributes=True) if row else None


async def put_client(
    tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, client_sealed: bytes | None
) -> None:
    await _put(tx, workspace_id, connection_id, {"client_sealed": client_sealed})


async def put_grant(
    tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, grant_sealed: bytes, by: tuple[UserId, str, datetime]
) -> None:
    """A new sign-in: whatever a refresh of the former one is about to store, is stale now."""
    user_id, name, now = by
    values = {"signed_in_by": user_id, "signed_in_by_name": name, "signed_in_at": now, "claimed_until": None}
    await _put(tx, workspace_id, connection_id, {"grant_sealed": grant_sealed, **values}, grows=True)


async def claim(
    tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, now: datetime, lease: timedelta
) -> SignInRecord | None:
    """Begin a refresh, unless another process is at it. None also when there is no grant."""
    is_free = or_(SignInRow.claimed_until.is_(None), SignInRow.claimed_until <= now)
    row = await tx.session.scalar(
        update(SignInRow)
        .where(*_one(workspace_id, connection_id), SignInRow.grant_sealed.is_not(None), is_free)
        .values(claim=SignInRow.claim + 1, claimed_until=now + lease)
        .returning(SignInRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return msgspec.convert(row, SignInRecord, from_attributes=True) if row else None


async def renew(tx: Transaction, record: SignInRecord, grant_sealed: bytes) -> bool:
    """Store what a refresh brought; False when somebody signed in, or out, meanwhile. Of `record.workspace_id`."""
    return await _swap(tx, record, {"grant_sealed": grant_sealed})


async def end(tx: Transaction, record: SignInRecord) -> bool:
    """The grant is no longer good. False when it is no longer the one of `record`, or somebody else is refreshing it."""
    return await _swap(tx, record, {"grant_sealed": None}, SignInRow.claim == record.claim)


async def release(tx: Transaction, record: SignInRecord) -> None:
    """Give up a claim without a result. Of `record.workspace_id`."""
    await tx.session.execute(
        update(SignInRow)
        .where(*_one(record.workspace_id, record.connection_id), SignInRow.claim == record.claim)
        .values(claimed_until=None)
        .execution_options(synchronize_session=False)
    )


async def remove(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId) -> None:
    await tx.session.execute(delete(SignInRow).where(*_one(workspace_id, connection_id)))


async def add_attempt(tx: Transaction, attempt: Attempt, now: datetime) -> None:
    """Also forgets those of `attempt.workspace_id` that nobody came back from."""
    await tx.session.execute(
        delete(AttemptRow).where(AttemptRow.workspace_id == attempt.workspace_id, AttemptRow.expires_at <= now)
    )
    await tx.session.execute(insert(AttemptRow).values(msgspec.structs.asdict(attempt)))


async def take_attempt(tx: Transaction, state_digest: bytes) -> Attempt | None:
    """Of any workspace: the state is its secret. Nobody can take it again."""
    row = await tx.session.scalar(delete(AttemptRow).where(AttemptRow.state_digest == state_digest).returning(AttemptRow))
    return msgspec.convert(row, Attempt, from_attributes=True) if row else None


async def _put(
    tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, values: dict[str, Any], *, grows: bool = False
) -> None:
    fresh = {"id": new_id(), "workspace_id": workspace_id, "connection_id": connection_id, "version": 0, "claim": 0}
    changed = values | {"version": SignInRow.version + 1} if grows else values
    await tx.session.execute(
        insert(SignInRow).values(fresh | values).on_conflict_do_update(index_elements=["connection_id"], set_=changed)
    )


async def _swap(tx: Transaction, record: SignInRecord, values: dict[str, Any], *conditions: Any) -> bool:
    wanted = (*_one(record.workspace_id, record.connection_id), SignInRow.version == record.version, *conditions)
    changed = await tx.session.scalar(
        update(SignInRow)
        .where(*wanted)
        .values(**values, version=record.version + 1, claimed_until=None)
        .returning(SignInRow.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


def _one(workspace_id: WorkspaceId, connection_id: ConnectionId) -> tuple[Any, ...]:
    return SignInRow.workspace_id == workspace_id, SignInRow.connection_id == connection_id
