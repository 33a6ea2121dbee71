"""All SQL of looking whether people's own accounts are still good."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, select, tuple_, update

from conducktor.connections.mcp_endpoint import Transport
from conducktor.connections.models import ConnectionRow, OwnAccountRow
from conducktor.connections.states import ConnectionState
from conducktor.core.ids import ConnectionId, UserId, WorkspaceId
from conducktor.infra.database import Transaction

_CREDENTIAL_TELLS = (Transport.STREAMABLE_HTTP, Transport.SSE)
"""Only here a look shows the credential: a REST service is not asked for anything without a call."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """An account to look at. `failures_in_row`: looks since it was last good."""

    id: UUID
    workspace_id: WorkspaceId
    connection_id: ConnectionId
    user_id: UserId
    failures_in_row: int


async def take_due(tx: Transaction, now: datetime, used_since: datetime, lease: timedelta, limit: int) -> tuple[Due, ...]:
    """Accounts of all workspaces whose look is due, if used since then; nobody else takes them before the lease ends.

    None of a connection that is not well: what that says is not about the person's credential.
    """
    due = (
        select(OwnAccountRow.id)
        .join(ConnectionRow, ConnectionRow.id == OwnAccountRow.connection_id)
        .where(
            OwnAccountRow.next_check_at <= now,
            OwnAccountRow.used_at >= used_since,
            OwnAccountRow.user_id.is_not(None),
            OwnAccountRow.secret_sealed.is_not(None),
            ConnectionRow.state == ConnectionState.ACTIVE,
            ConnectionRow.transport.in_(_CREDENTIAL_TELLS),
        )
        .order_by(OwnAccountRow.next_check_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OwnAccountRow)
    )
    taken = await tx.session.execute(
        update(OwnAccountRow)
        .where(OwnAccountRow.id.in_(due.scalar_subquery()))
        .values(next_check_at=now + lease)
        .returning(
            OwnAccountRow.id,
            OwnAccountRow.workspace_id,
            OwnAccountRow.connection_id,
            OwnAccountRow.user_id,
            OwnAccountRow.failures_in_row,
        )
        .execution_options(synchronize_session=False)
    )
    return tuple(msgspec.convert(dict(row._mapping), Due) for row in taken)


async def note_look(tx: Transaction, due: Due, now: datetime, failures_in_row: int, next_check_at: datetime) -> None:
    """Of `due.workspace_id`."""
    await tx.session.execute(
        update(OwnAccountRow)
        .where(OwnAccountRow.id == due.id, OwnAccountRow.workspace_id == due.workspace_id)
        .values(checked_at=now, failures_in_row=failures_in_row, next_check_at=next_check_at)
        .execution_options(synchronize_session=False)
    )


async def note_used(
    tx: Transaction, used: Collection[tuple[ConnectionId, UserId]], now: datetime, next_check_at: datetime
) -> None:
    """Calls of these people were answered just now, so that no look is needed before then. Of all workspaces."""
    # Whoever holds a row is changing its credential right now, and knows better.
    mine = tuple_(OwnAccountRow.connection_id, OwnAccountRow.user_id).in_(sorted(used))
    free = select(OwnAccountRow.id).where(mine).with_for_update(skip_locked=True)
    await tx.session.execute(
        update(OwnAccountRow)
        .where(OwnAccountRow.id.in_(free.scalar_subquery()))
        .values(
            used_at=now,
            failures_in_row=0,
            next_check_at=func.greatest(OwnAccountRow.next_check_at, next_check_at),
        )
        .execution_options(synchronize_session=False)
    )
