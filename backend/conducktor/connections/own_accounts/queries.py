"""All SQL of people's own accounts."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from conducktor.connections.models import OwnAccountRow
from conducktor.connections.own_accounts.account import OwnAccount
from conducktor.core.ids import ConnectionId, UserId, WorkspaceId
from conducktor.infra.database import Transaction
from conducktor.workspaces.models import Member
from conducktor.workspaces.roles import Role


async def get(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, user_id: UserId) -> OwnAccount | None:
    return await _one(tx, *_of(workspace_id, connection_id), OwnAccountRow.user_id == user_id)


async def of_connection(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId) -> tuple[OwnAccount, ...]:
    """In the order in which people signed in."""
    wanted = select(OwnAccountRow).where(*_of(workspace_id, connection_id), OwnAccountRow.user_id.is_not(None))
    rows = await tx.session.scalars(wanted.order_by(OwnAccountRow.signed_in_at))
    return tuple(_account(row) for row in rows)


async def of_person(tx: Transaction, workspace_id: WorkspaceId, user_id: UserId) -> tuple[OwnAccount, ...]:
    rows = await tx.session.scalars(
        select(OwnAccountRow).where(
            OwnAccountRow.workspace_id == workspace_id,
            OwnAccountRow.user_id == user_id,
            OwnAccountRow.connection_id.is_not(None),
        )
    )
    return tuple(_account(row) for row in rows)


async def caretaker(
    tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, made_by: UUID | None
) -> UserId | None:
    """Whose account looks after a connection that has no other: of who made it, else of the owner or admin who was first."""
    found: UserId | None = await tx.session.scalar(
        select(OwnAccountRow.user_id)
        .join(Member, (Member.workspace_id == OwnAccountRow.workspace_id) & (Member.user_id == OwnAccountRow.user_id))
        .where(
            *_of(workspace_id, connection_id),
            OwnAccountRow.secret_sealed.is_not(None),
            Member.role.in_((Role.OWNER, Role.ADMIN)),
        )
        .order_by((OwnAccountRow.user_id == made_by).desc().nulls_last(), OwnAccountRow.signed_in_at)
        .limit(1)
    )
    return found


async def put(tx: Transaction, account: OwnAccount) -> None:
    """The person's account from now on, in `account.workspace_id`; the former one is left."""
    await leave(tx, account.workspace_id, OwnAccountRow.connection_id == account.connection_id, user_id=account.user_id)
    await tx.session.execute(insert(OwnAccountRow).values(msgspec.structs.asdict(account)))


async def leave_of(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, user_id: UserId) -> bool:
    """That person's. False when there was none."""
    return await leave(tx, workspace_id, OwnAccountRow.connection_id == connection_id, user_id=user_id)


async def leave_all(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId) -> bool:
    """Everybody's at that connection. False when there was none."""
    return await leave(tx, workspace_id, OwnAccountRow.connection_id == connection_id)


async def leave(tx: Transaction, workspace_id: WorkspaceId, *conditions: Any, user_id: UserId | None = None) -> bool:
    wanted = [OwnAccountRow.workspace_id == workspace_id, OwnAccountRow.user_id.is_not(None), *conditions]
    if user_id is not None:
        wanted.append(OwnAccountRow.user_id == user_id)
    left = await tx.session.scalars(
        update(OwnAccountRow)
        .where(*wanted)
        .values(user_id=None)
        .returning(OwnAccountRow.id)
        .execution_options(synchronize_session=False)
    )
    return bool(left.all())


async def take_left(tx: Transaction, limit: int) -> tuple[OwnAccount, ...]:
    """Delete accounts that are left, of all workspaces; whoever takes them revokes them."""
    is_left = or_(OwnAccountRow.user_id.is_(None), OwnAccountRow.connection_id.is_(None))
    some = select(OwnAccountRow.id).where(is_left).limit(limit).with_for_update(skip_locked=True)
    rows = await tx.session.scalars(
        delete(OwnAccountRow).where(OwnAccountRow.id.in_(some.scalar_subquery())).returning(OwnAccountRow)
    )
    return tuple(_account(row) for row in rows)


async def claim(tx: Transaction, account: OwnAccount, now: datetime, lease: timedelta) -> OwnAccount | None:
    """Begin a refresh in `account.workspace_id`, unless another process is at it."""
    is_free = or_(OwnAccountRow.claimed_until.is_(None), OwnAccountRow.claimed_until <= now)
    row = await tx.session.scalar(
        update(OwnAccountRow)
        .where(*_same(account), OwnAccountRow.grant_sealed.is_not(None), is_free)
        .values(claim=OwnAccountRow.claim + 1, claimed_until=now + lease)
        .returning(OwnAccountRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return _account(row) if row else None


async def renew(tx: Transaction, account: OwnAccount, changed: OwnAccount) -> bool:
    """Store what a refresh brought, in `account.workspace_id`; False when the person signed in, or out, meanwhile."""
    values = {"secret_sealed": changed.secret_sealed, "grant_sealed": changed.grant_sealed, "renew_after": changed.renew_after}
    return await _swap(tx, account, values)


async def end(tx: Transaction, account: OwnAccount) -> bool:
    """It is no longer good. False when it is another one now, or somebody else is refreshing it. In `account.workspace_id`."""
    values = {"secret_sealed": None, "grant_sealed": None, "renew_after": None}
    return await _swap(tx, account, values, OwnAccountRow.claim == account.claim)


async def want(tx: Transaction, account: OwnAccount, scope: str) -> bool:
    """Its service wants more. False when it is another one by now. In `account.workspace_id`."""
    changed = await tx.session.scalar(
        update(OwnAccountRow)
        .where(*_same(account), OwnAccountRow.secret_sealed.is_not(None))
        .values(wanted_scope=scope)
        .returning(OwnAccountRow.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


async def postpone(tx: Transaction, account: OwnAccount, renew_after: datetime | None) -> None:
    """Give up a claim without a result; try again later. In `account.workspace_id`."""
    await tx.session.execute(
        update(OwnAccountRow)
        .where(*_same(account), OwnAccountRow.claim == account.claim)
        .values(claimed_until=None, renew_after=renew_after)
        .execution_options(synchronize_session=False)
    )


async def _swap(tx: Transaction, account: OwnAccount, values: dict[str, Any], *conditions: Any) -> bool:
    changed = await tx.session.scalar(
        update(OwnAccountRow)
        .where(*_same(account), OwnAccountRow.version == account.version, *conditions)
        .values(**values, version=account.version + 1, claimed_until=None)
        .returning(OwnAccountRow.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


async def _one(tx: Transaction, *conditions: Any) -> OwnAccount | None:
    row = await tx.session.scalar(select(OwnAccountRow).where(*conditions).execution_options(populate_existing=True))
    return _account(row) if row else None


def _of(workspace_id: WorkspaceId, connection_id: ConnectionId) -> tuple[Any, ...]:
    return OwnAccountRow.workspace_id == workspace_id, OwnAccountRow.connection_id == connection_id


def _same(account: OwnAccount) -> tuple[Any, ...]:
    return (
        OwnAccountRow.id == account.id,
        OwnAccountRow.workspace_id == account.workspace_id,
        OwnAccountRow.user_id.is_not(None),
    )


def _account(row: OwnAccountRow) -> OwnAccount:
    return msgspec.convert(row, OwnAccount, from_attributes=True)
