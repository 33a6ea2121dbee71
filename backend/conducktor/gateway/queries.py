"""The gateway's SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from conducktor.core.ids import AuthorizationId, WorkspaceId, new_id
from conducktor.gateway.models import ExchangeRow, LongCallRow, ResourceSubscriptionRow, SpentRequestStateRow
from conducktor.infra.database import Transaction


async def spend_request_state(tx: Transaction, workspace_id: WorkspaceId, state_id: UUID, expires_at: datetime) -> bool:
    """Whether it was unspent until now; of two at once, one is."""
    spent = insert(SpentRequestStateRow).values(id=state_id, workspace_id=workspace_id, expires_at=expires_at)
    done = await tx.session.execute(spent.on_conflict_do_nothing().returning(SpentRequestStateRow.id))
    return done.scalar_one_or_none() is not None


async def purge_request_states(tx: Transaction, now: datetime) -> None:
    """Of all workspaces: what expired would be refused anyway."""
    await tx.session.execute(delete(SpentRequestStateRow).where(SpentRequestStateRow.expires_at < now))


class Owner(msgspec.Struct, frozen=True):
    """Whose subscriptions, and at which endpoint."""

    workspace_id: WorkspaceId
    authorization_id: AuthorizationId
    endpoint: str


async def count_subscriptions(tx: Transaction, workspace_id: WorkspaceId, owner: Owner, beside: str) -> int:
    """Of the app, at all its endpoints, but not that to this URI at this one."""
    row = ResourceSubscriptionRow
    mine = (row.workspace_id == workspace_id, row.authorization_id == owner.authorization_id)
    counted = select(func.count()).where(*mine, or_(row.endpoint != owner.endpoint, row.uri != beside))
    return await tx.session.scalar(counted) or 0


async def add_subscription(tx: Transaction, workspace_id: WorkspaceId, owner: Owner, uri: str, expires_at: datetime) -> None:
    values = {"workspace_id": workspace_id, "authorization_id": owner.authorization_id, "endpoint": owner.endpoint, "uri": uri}
    made = insert(ResourceSubscriptionRow).values(id=new_id(), expires_at=expires_at, **values)
    await tx.session.execute(
        made.on_conflict_do_update(
            index_elements=["authorization_id", "endpoint", "uri"], set_={"expires_at": made.excluded.expires_at}
        )
    )


async def remove_subscription(tx: Transaction, workspace_id: WorkspaceId, owner: Owner, uri: str) -> None:
    row = ResourceSubscriptionRow
    await tx.session.execute(delete(row).where(row.workspace_id == workspace_id, *_owned(owner), row.uri == uri))


async def subscriptions(tx: Transaction, workspace_id: WorkspaceId, owner: Owner, last_until: datetime) -> frozenset[str]:
    """The URIs; they expire at `last_until` from now on."""
    row = ResourceSubscriptionRow
    kept = update(row).where(row.workspace_id == workspace_id, *_owned(owner)).values(expires_at=last_until)
    found = await tx.session.execute(kept.returning(row.uri).execution_options(synchronize_session=False))
    return frozenset(found.scalars())


async def purge_subscriptions(tx: Transaction, now: datetime) -> None:
    """Of all workspaces: nobody listened for long."""
    await tx.session.execute(delete(ResourceSubscriptionRow).where(ResourceSubscriptionRow.expires_at < now))


async def open_exchange(
    tx: Transaction, workspace_id: WorkspaceId, authorization_id: AuthorizationId | None, exchange_id: UUID, expires_at: datetime
) -> None:
    row = ExchangeRow(id=exchange_id, workspace_id=workspace_id, authorization_id=authorization_id, expires_at=expires_at)
    tx.session.add(row)


async def fill_exchange(
    tx: Transaction,
    workspace_id: WorkspaceId,
    authorization_id: AuthorizationId | None,
    exchange_id: UUID,
    content_sealed: bytes,
    now: datetime,
) -> bool:
    """Whether it was empty, not over, and this authorization's."""
    mine = (ExchangeRow.workspace_id == workspace_id, ExchangeRow.authorization_id == authorization_id)
    is_empty = (ExchangeRow.id == exchange_id, ExchangeRow.content_sealed.is_(None), ExchangeRow.expires_at > now)
    filled = update(ExchangeRow).where(*mine, *is_empty).values(content_sealed=content_sealed).returning(ExchangeRow.id)
    return (await tx.session.execute(filled)).scalar_one_or_none() is not None


async def take_exchange(tx: Transaction, workspace_id: WorkspaceId, exchange_id: UUID) -> bytes | None:
    """The content, if there is one by now; it is then gone."""
    this = (ExchangeRow.workspace_id == workspace_id, ExchangeRow.id == exchange_id)
    taken = delete(ExchangeRow).where(*this, ExchangeRow.content_sealed.is_not(None)).returning(ExchangeRow.content_sealed)
    return (await tx.session.execute(taken)).scalar_one_or_none()


async def is_exchange_open(tx: Transaction, workspace_id: WorkspaceId, exchange_id: UUID) -> bool:
    this = exists().where(ExchangeRow.workspace_id == workspace_id, ExchangeRow.id == exchange_id)
    return bool(await tx.session.scalar(select(this)))


async def close_exchange(tx: Transaction, workspace_id: WorkspaceId, exchange_id: UUID) -> bool:
    this = (ExchangeRow.workspace_id == workspace_id, ExchangeRow.id == exchange_id)
    closed = await tx.session.execute(delete(ExchangeRow).where(*this).returning(ExchangeRow.id))
    return closed.scalar_one_or_none() is not None


async def purge_exchanges(tx: Transaction, now: datetime) -> None:
    """Of all workspaces: what is over."""
    await tx.session.execute(delete(ExchangeRow).where(ExchangeRow.expires_at < now))


async def add_long_call(tx: Transaction, workspace_id: WorkspaceId, row: LongCallRow) -> None:
    assert row.workspace_id == workspace_id
    tx.session.add(row)


async def lease_long_call(tx: Transaction, workspace_id: WorkspaceId, call_id: UUID, lease_until: datetime) -> bool:
    """Whether it has not ended."""
    leased = update(LongCallRow).where(*_open_long_call(workspace_id, call_id)).values(lease_until=lease_until)
    return (await tx.session.execute(leased.returning(LongCallRow.id))).scalar_one_or_none() is not None


async def end_long_call(tx: Transaction, workspace_id: WorkspaceId, call_id: UUID, values: Mapping[str, Any]) -> bool:
    """Whether it had not ended until now."""
    ended = update(LongCallRow).where(*_open_long_call(workspace_id, call_id)).values(**values)
    return (await tx.session.execute(ended.returning(LongCallRow.id))).scalar_one_or_none() is not None


async def long_call(
    tx: Transaction, workspace_id: WorkspaceId, authorization_id: AuthorizationId | None, call_id: UUID
) -> LongCallRow | None:
    mine = (LongCallRow.workspace_id == workspace_id, LongCallRow.authorization_id == authorization_id)
    return await tx.session.scalar(select(LongCallRow).where(*mine, LongCallRow.id == call_id))


async def purge_long_calls(tx: Transaction, now: datetime) -> None:
    """Of all workspaces: what is kept no longer."""
    await tx.session.execute(delete(LongCallRow).where(LongCallRow.expires_at < now))


def _open_long_call(workspace_id: WorkspaceId, call_id: UUID) -> tuple[ColumnElement[bool], ...]:
    row = LongCallRow
    return row.workspace_id == workspace_id, row.id == call_id, row.ended_at.is_(None)


def _owned(owner: Owner) -> tuple[ColumnElement[bool], ...]:
    row = ResourceSubscriptionRow
    return row.authorization_id == owner.authorization_id, row.endpoint == owner.endpoint
