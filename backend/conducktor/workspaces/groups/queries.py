"""All SQL of the groups."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import column, delete, func, select, table
from sqlalchemy import update as change
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from conducktor.core.ids import GroupId, UserId, WorkspaceId, new_id
from conducktor.infra.database import Transaction
from conducktor.workspaces.models import Group, GroupMember, Member

_USERS = table("users", column("id"), column("name"))


class GroupPerson(msgspec.Struct, frozen=True):
    user_id: UserId
    name: str


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """A group and who is in it, by name."""

    id: GroupId
    name: str
    people: tuple[GroupPerson, ...]


async def all_of(tx: Transaction, workspace_id: WorkspaceId) -> tuple[GroupView, ...]:
    """By name."""
    rows = await tx.session.execute(_groups(workspace_id).order_by(func.lower(Group.name)))
    return tuple(_view(*row) for row in rows)


async def get(tx: Transaction, workspace_id: WorkspaceId, group_id: GroupId) -> GroupView | None:
    row = (await tx.session.execute(_groups(workspace_id).where(Group.id == group_id))).one_or_none()
    return _view(*row) if row else None


async def is_name_taken(tx: Transaction, workspace_id: WorkspaceId, name: str, but: GroupId | None) -> bool:
    same = select(Group.id).where(Group.workspace_id == workspace_id, func.lower(Group.name) == name.lower())
    return await tx.session.scalar(same.where(Group.id != but) if but else same) is not None


async def add(tx: Transaction, workspace_id: WorkspaceId, name: str, now: datetime) -> GroupId:
    group_id = GroupId(new_id())
    await tx.session.execute(insert(Group).values(id=group_id, workspace_id=workspace_id, name=name, created_at=now))
    return group_id


async def rename(tx: Transaction, workspace_id: WorkspaceId, group_id: GroupId, name: str) -> None:
    await tx.session.execute(change(Group).where(Group.workspace_id == workspace_id, Group.id == group_id).values(name=name))


async def set_people(tx: Transaction, workspace_id: WorkspaceId, group_id: GroupId, people: Collection[UserId]) -> None:
    """Exactly these, as far as they belong to the workspace."""
    mine = (GroupMember.workspace_id == workspace_id, GroupMember.group_id == group_id)
    await tx.session.execute(delete(GroupMember).where(*mine))
    members = await tx.session.scalars(
        select(Member.user_id).where(Member.workspace_id == workspace_id, Member.user_id.in_(list(people)))
    )
    if rows := [{"id": new_id(), "group_id": group_id, "workspace_id": workspace_id, "user_id": user_id} for user_id in members]:
        await tx.session.execute(insert(GroupMember).values(rows))


async def remove(tx: Transaction, workspace_id: WorkspaceId, group_id: GroupId) -> bool:
    gone = delete(Group).where(Group.workspace_id == workspace_id, Group.id == group_id).returning(Group.id)
    return await tx.session.scalar(gone) is not None


def _groups(workspace_id: WorkspaceId) -> Any:
    in_order = func.lower(_USERS.c.name)
    return (
        select(
            Group.id,
            Group.name,
            func.array_agg(aggregate_order_by(_USERS.c.id, in_order)).filter(_USERS.c.id.is_not(None)),
            func.array_agg(aggregate_order_by(_USERS.c.name, in_order)).filter(_USERS.c.id.is_not(None)),
        )
        .outerjoin(GroupMember, GroupMember.group_id == Group.id)
        .outerjoin(_USERS, _USERS.c.id == GroupMember.user_id)
        .where(Group.workspace_id == workspace_id)
        .group_by(Group.id, Group.name)
    )


def _view(group_id: GroupId, name: str, ids: list[UserId] | None, names: list[str] | None) -> GroupView:
    people = tuple(GroupPerson(user_id, user) for user_id, user in zip(ids or (), names or (), strict=True))
    return GroupView(id=group_id, name=name, people=people)
