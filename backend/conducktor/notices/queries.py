"""All SQL of the notices slice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from conducktor.core.ids import UserId, WorkspaceId, new_id
from conducktor.identity.models import User
from conducktor.infra.database import Transaction
from conducktor.notices.models import ChannelRow, DeliveryRow, NoticeRow
from conducktor.notices.notice import Notice, NoticeBody, Topic
from conducktor.workspaces.models import Member, Workspace


class StoredChannel(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    workspace_id: WorkspaceId
    name: str
    kind: str
    settings_sealed: bytes
    topics: tuple[Topic, ...]
    is_enabled: bool
    created_at: datetime
    last_delivered_at: datetime | None
    last_problem: str | None


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed delivery. `attempt` counts from 1 and fences: only the newest claim may say how it ended."""

    id: UUID
    workspace_id: WorkspaceId
    workspace_name: str
    topic: Topic
    body: NoticeBody
    attempt: int
    told_at: datetime


async def add_notice(tx: Transaction, workspace_id: WorkspaceId, notice: Notice, now: datetime) -> UUID | None:
    """None when this event was told before."""
    values = {"id": new_id(), "workspace_id": workspace_id, "once_key": notice.once_key, "topic": notice.topic.value}
    body = msgspec.to_builtins(notice.body)
    statement = insert(NoticeRow).values(**values, body=body, created_at=now).on_conflict_do_nothing().returning(NoticeRow.id)
    return await tx.session.scalar(statement)


async def add_deliveries(
    tx: Transaction, workspace_id: WorkspaceId, notice_id: UUID, topic: Topic, addresses: Sequence[str], now: datetime
) -> int:
    """One for each enabled channel that listens to the topic, and one for each address. Returns how many."""
    listening = select(ChannelRow.id).where(*_listening(workspace_id, topic))
    ways: list[dict[str, Any]] = [{"channel_id": id_, "address": None} for id_ in await tx.session.scalars(listening)]
    ways += [{"channel_id": None, "address": address} for address in addresses]
    if ways:
        rows = [{"id": new_id(), "notice_id": notice_id, "attempts": 0, "next_attempt_at": now, **way} for way in ways]
        await tx.session.execute(insert(DeliveryRow).values(rows))
    return len(ways)


async def addresses(
    tx: Transaction, workspace_id: WorkspaceId, roles: Sequence[str], but: UserId | None = None
) -> tuple[str, ...]:
    """Of the members with one of these roles, without that person."""
    statement = (
        select(User.email)
        .join(Member, Member.user_id == User.id)
        .where(Member.workspace_id == workspace_id, Member.role.in_(roles))
        .order_by(User.id)
    )
    return tuple(await tx.session.scalars(statement.where(User.id != but) if but else statement))


async def channels(tx: Transaction, workspace_id: WorkspaceId) -> list[StoredChannel]:
    """By name."""
    statement = select(ChannelRow).where(ChannelRow.workspace_id == workspace_id)
    return [_channel(row) for row in await tx.session.scalars(statement.order_by(func.lower(ChannelRow.name), ChannelRow.id))]


async def channel(tx: Transaction, workspace_id: WorkspaceId, channel_id: UUID) -> StoredChannel | None:
    mine = (ChannelRow.workspace_id == workspace_id, ChannelRow.id == channel_id)
    row = await tx.session.scalar(select(ChannelRow).where(*mine).execution_options(populate_existing=True))
    return _channel(row) if row else None


async def add_channel(tx: Transaction, workspace_id: WorkspaceId, values: dict[str, Any]) -> None:
    await tx.session.execute(insert(ChannelRow).values(workspace_id=workspace_id, **values))


async def change_channel(tx: Transaction, workspace_id: WorkspaceId, channel_id: UUID, values: dict[str, Any]) -> None:
    mine = (ChannelRow.workspace_id == workspace_id, ChannelRow.id == channel_id)
    await tx.session.execute(update(ChannelRow).where(*mine).values(**values))


async def delete_channel(tx: Transaction, workspace_id: WorkspaceId, channel_id: UUID) -> bool:
    mine = (ChannelRow.workspace_id == workspace_id, ChannelRow.id == channel_id)
    return await tx.session.scalar(delete(ChannelRow).where(*mine).returning(ChannelRow.id)) is not None


async def has_listener(tx: Transaction, workspace_id: WorkspaceId, topic: Topic) -> bool:
    """Whether an enabled channel takes the topic, and did not fail with its last delivery."""
    well = (*_listening(workspace_id, topic), ChannelRow.last_problem.is_(None))
    return bool(await tx.session.scalar(select(select(ChannelRow.id).where(*well).exists())))


async def due_ways(tx: Transaction, now: datetime, most: int) -> list[tuple[UUID | None, str | None]]:
    """(channel, address) pairs to which something is due. Crosses workspaces: a sweep."""
    statement = (
        select(DeliveryRow.channel_id, DeliveryRow.address)
        .where(*_due(now))
        .group_by(DeliveryRow.channel_id, DeliveryRow.address)
        .order_by(func.min(DeliveryRow.next_attempt_at))
        .limit(most)
    )
    return [(channel_id, address) for channel_id, address in await tx.session.execute(statement)]


async def claim(
    tx: Transaction, way: tuple[UUID | None, str | None], now: datetime, until: datetime
) -> tuple[Due, StoredChannel | None] | None:
    """Take the oldest due delivery on this way; None when there is none."""
    mine = DeliveryRow.channel_id == way[0] if way[0] else (DeliveryRow.channel_id.is_(None)) & (DeliveryRow.address == way[1])
    oldest = select(DeliveryRow.id).where(mine, *_due(now)).order_by(DeliveryRow.id).limit(1).with_for_update(skip_locked=True)
    taken = (
        update(DeliveryRow)
        .where(DeliveryRow.id == oldest.scalar_subquery())
        .values(claimed_until=until, attempts=DeliveryRow.attempts + 1)
        .returning(DeliveryRow.id, DeliveryRow.notice_id, DeliveryRow.attempts)
    )
    delivery = (await tx.session.execute(taken)).one_or_none()
    if delivery is None:
        return None
    notice = (await tx.session.execute(_notice(delivery.notice_id))).one()
    due = Due(
        id=delivery.id,
        workspace_id=WorkspaceId(notice.workspace_id),
        workspace_name=notice.name,
        topic=Topic(notice.topic),
        body=msgspec.convert(notice.body, NoticeBody),
        attempt=delivery.attempts,
        told_at=notice.created_at,
    )
    return due, await channel(tx, due.workspace_id, way[0]) if way[0] else None


async def close(tx: Transaction, due: Due, now: datetime, problem: str | None) -> None:
    """It is delivered, or given up with a problem."""
    mine = (DeliveryRow.id == due.id, DeliveryRow.attempts == due.attempt, DeliveryRow.ended_at.is_(None))
    await tx.session.execute(update(DeliveryRow).where(*mine).values(ended_at=now, problem=problem, claimed_until=None))


async def postpone(tx: Transaction, due: Due, again_at: datetime, problem: str) -> None:
    """Try again then; what else waits for the same channel waits as well, so that a dead one costs one attempt at a time."""
    mine = (DeliveryRow.id == due.id, DeliveryRow.attempts == due.attempt, DeliveryRow.ended_at.is_(None))
    values = {"next_attempt_at": again_at, "problem": problem, "claimed_until": None}
    channel_id = await tx.session.scalar(update(DeliveryRow).where(*mine).values(**values).returning(DeliveryRow.channel_id))
    if channel_id is not None:
        others = (DeliveryRow.channel_id == channel_id, DeliveryRow.ended_at.is_(None), DeliveryRow.next_attempt_at < again_at)
        await tx.session.execute(update(DeliveryRow).where(*others).values(next_attempt_at=again_at))


async def purge(tx: Transaction, before: datetime) -> None:
    """Forget what was told long ago. Crosses workspaces: a sweep."""
    await tx.session.execute(delete(NoticeRow).where(NoticeRow.created_at < before))


def _listening(workspace_id: WorkspaceId, topic: Topic) -> tuple[Any, ...]:
    return (
        ChannelRow.workspace_id == workspace_id,
        ChannelRow.is_enabled,
        ChannelRow.topics.contains([topic.value]),
    )


def _due(now: datetime) -> tuple[Any, ...]:
    free = or_(DeliveryRow.claimed_until.is_(None), DeliveryRow.claimed_until < now)
    return (DeliveryRow.ended_at.is_(None), DeliveryRow.next_attempt_at <= now, free)


def _notice(notice_id: UUID) -> Any:
    columns = select(NoticeRow.workspace_id, Workspace.name, NoticeRow.topic, NoticeRow.body, NoticeRow.created_at)
    return columns.join(Workspace, Workspace.id == NoticeRow.workspace_id).where(NoticeRow.id == notice_id)


def _channel(row: ChannelRow) -> StoredChannel:
    return StoredChannel(
        id=row.id,
        workspace_id=WorkspaceId(row.workspace_id),
        name=row.name,
        kind=row.kind,
        settings_sealed=row.settings_sealed,
        topics=tuple(Topic(topic) for topic in row.topics),
        is_enabled=row.is_enabled,
        created_at=row.created_at,
        last_delivered_at=row.last_delivered_at,
        last_problem=row.last_problem,
    )
