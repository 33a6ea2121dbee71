"""All SQL of the approvals slice."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, case, column, func, or_, select, table, update
from sqlalchemy.dialects.postgresql import insert

from conducktor.approvals.approval import Approval, AskedQuestion, Vote
from conducktor.approvals.approvers import Person
from conducktor.approvals.models import ApprovalRow, ApprovalVoteRow
from conducktor.approvals.state import State
from conducktor.core.ids import ApprovalId, GroupId, UserId, WorkspaceId, new_id
from conducktor.identity.models import User
from conducktor.infra.database import Transaction
from conducktor.workspaces.models import Group, Member, Workspace
from conducktor.workspaces.queries import GROUPS_OF_MEMBER
from conducktor.workspaces.roles import Role

# The connections slice owns this table and is a sibling; an approver must see what the tool said it does.
_TOOLS = table(
    "tools",
    *(
        column(name)
        for name in (
            "workspace_id",
            "connection_id",
            "name",
            "definition",
            "definition_hash",
            "pinned",
            "pinned_hash",
            "title_here",
            "description_here",
        )
    ),
)

SHOWN_RESULT_MAX = 64 * 1024
"""Sealed bytes; a list does not open what is larger."""


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """Whose list it is. `sees_all`: every request of the workspace; else those made by, or (`is_asked`) sent to, the person."""

    person: Person
    sees_all: bool
    is_asked: bool


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    states: tuple[State, ...] | None = None
    only_mine: bool = False
    before: UUID | None = None


async def get(tx: Transaction, workspace_id: WorkspaceId, approval_id: ApprovalId) -> Approval | None:
    return await _one(tx, _approvals(workspace_id).where(ApprovalRow.id == approval_id))


async def locked(tx: Transaction, workspace_id: WorkspaceId, approval_id: ApprovalId) -> Approval | None:
    """Held until the transaction ends: decisions come one after another."""
    return await _one(tx, _approvals(workspace_id).where(ApprovalRow.id == approval_id).with_for_update(of=ApprovalRow))


async def latest(tx: Transaction, workspace_id: WorkspaceId, digest: bytes) -> Approval | None:
    """The newest about this very call, whatever became of it."""
    mine = _approvals(workspace_id).where(ApprovalRow.digest == digest)
    return await _one(tx, mine.order_by(ApprovalRow.created_at.desc(), ApprovalRow.id.desc()).limit(1))


async def add(tx: Transaction, workspace_id: WorkspaceId, values: dict[str, Any]) -> bool:
    """False when there is a live one about the same call: somebody else was faster."""
    questions = msgspec.to_builtins(values["questions"])
    row = {**values, "workspace_id": workspace_id, "state": State.PENDING.value, "questions": questions, "claim_token": 0}
    # No conflict target: a partial index's condition with parameters is not recognised once the plan is generic.
    statement = insert(ApprovalRow).values(**row).on_conflict_do_nothing()
    return await tx.session.scalar(statement.returning(ApprovalRow.id)) is not None


async def move(
    tx: Transaction, workspace_id: WorkspaceId, approval_id: ApprovalId, came_from: Collection[State], values: dict[str, Any]
) -> bool:
    """Change it if it is in one of those states. False: it is not."""
    mine = (ApprovalRow.workspace_id == workspace_id, ApprovalRow.id == approval_id, ApprovalRow.state.in_(came_from))
    return await tx.session.scalar(update(ApprovalRow).where(*mine).values(**values).returning(ApprovalRow.id)) is not None


async def votes(
    tx: Transaction, workspace_id: WorkspaceId, approvals: Collection[ApprovalId]
) -> dict[ApprovalId, tuple[Vote, ...]]:
    """By approval, the oldest first."""
    statement = (
        select(ApprovalVoteRow)
        .join(ApprovalRow, ApprovalRow.id == ApprovalVoteRow.approval_id)
        .where(ApprovalRow.workspace_id == workspace_id, ApprovalRow.id.in_(approvals))
        .order_by(ApprovalVoteRow.id)
    )
    found: dict[ApprovalId, tuple[Vote, ...]] = {}
    for row in await tx.session.scalars(statement):
        key = ApprovalId(row.approval_id)
        fields = {name: getattr(row, name) for name in Vote.__struct_fields__}
        found[key] = (*found.get(key, ()), Vote(**fields))
    return found


async def add_vote(tx: Transaction, workspace_id: WorkspaceId, approval_id: ApprovalId, vote: Vote) -> None:
    """The approval is locked, and known to be of the workspace."""
    await tx.session.execute(insert(ApprovalVoteRow).values(id=new_id(), approval_id=approval_id, **msgspec.structs.asdict(vote)))


async def people(tx: Transaction, workspace_id: WorkspaceId, only: Collection[UserId] | None = None) -> dict[UserId, Person]:
    """The members as of now; of those given."""
    statement = (
        select(User.id, User.name, User.email, Member.role, GROUPS_OF_MEMBER)
        .join(Member, Member.user_id == User.id)
        .where(Member.workspace_id == workspace_id)
    )
    if only is not None:
        statement = statement.where(Member.user_id.in_(only))
    return {
        UserId(user_id): Person(user_id=user_id, name=name, email=email, role=Role(role), groups=frozenset(groups or ()))
        for user_id, name, email, role, groups in await tx.session.execute(statement)
    }


async def group_names(tx: Transaction, workspace_id: WorkspaceId, groups: Collection[GroupId]) -> dict[GroupId, str]:
    statement = select(Group.id, Group.name).where(Group.workspace_id == workspace_id, Group.id.in_(groups))
    return {GroupId(id_): name for id_, name in await tx.session.execute(statement)}


async def allows_self_approval(tx: Transaction, workspace_id: WorkspaceId) -> bool:
    return bool(await tx.session.scalar(select(Workspace.allows_self_approval).where(Workspace.id == workspace_id)))


async def slug(tx: Transaction, workspace_id: WorkspaceId) -> str:
    return (await tx.session.execute(select(Workspace.slug).where(Workspace.id == workspace_id))).scalar_one()


async def page(
    tx: Transaction, workspace_id: WorkspaceId, viewer: Viewer, wanted: Wanted, most: int
) -> list[tuple[Approval, bytes | None]]:
    """The newest first, each with its sealed result where that is the viewer's own and small enough to show."""
    shown = case(
        (
            (ApprovalRow.requester_id == viewer.person.user_id)
            & (func.octet_length(ApprovalRow.result_sealed) <= SHOWN_RESULT_MAX),
            ApprovalRow.result_sealed,
        )
    )
    statement = _approvals(workspace_id).add_columns(shown).where(*_visible(viewer), *_wanted(viewer, wanted))
    rows = (await tx.session.execute(statement.order_by(ApprovalRow.id.desc()).limit(most))).all()
    return [(_approval(row), row[-1]) for row in rows]


async def open_for(tx: Transaction, workspace_id: WorkspaceId, viewer: Viewer, now: datetime) -> list[Approval]:
    """What waits, or has an unknown end, among what the viewer sees."""
    waits = (ApprovalRow.state == State.PENDING) & (ApprovalRow.expires_at > now)
    statement = _approvals(workspace_id).where(or_(waits, ApprovalRow.state == State.UNKNOWN), *_visible(viewer)).limit(1000)
    return [_approval(row) for row in await tx.session.execute(statement)]


async def sealed(tx: Transaction, workspace_id: WorkspaceId, approval_id: ApprovalId) -> tuple[bytes, bytes | None]:
    """The frozen call and the result."""
    columns = select(ApprovalRow.params_sealed, ApprovalRow.result_sealed)
    mine = (ApprovalRow.workspace_id == workspace_id, ApprovalRow.id == approval_id)
    params, result = (await tx.session.execute(columns.where(*mine))).one()
    return params, result


async def earlier(tx: Transaction, workspace_id: WorkspaceId, approval: Approval, most: int) -> list[Approval]:
    """Decided before, about the same tool, the newest first."""
    same = (
        ApprovalRow.connection_id == approval.connection_id,
        ApprovalRow.tool == approval.tool,
        ApprovalRow.decided_at.is_not(None),
        ApprovalRow.id < approval.id,
    )
    rows = await tx.session.execute(_approvals(workspace_id).where(*same).order_by(ApprovalRow.id.desc()).limit(most))
    return [_approval(row) for row in rows]


class ToolSays(msgspec.Struct, frozen=True):
    """Its server's `definition`, None when that is not kept any more, and what an admin says in place of it now."""

    definition: bytes | None = None
    title_here: str | None = None
    description_here: str | None = None


async def tool_says(tx: Transaction, workspace_id: WorkspaceId, approval: Approval) -> ToolSays:
    """The tool's definition with the hash that was pinned when it was asked."""
    tool = _TOOLS.c
    said = (tool.definition_hash, tool.definition, tool.pinned_hash, tool.pinned)
    statement = select(*said, tool.title_here, tool.description_here).where(
        tool.workspace_id == workspace_id, tool.connection_id == approval.connection_id, tool.name == approval.tool
    )
    row = (await tx.session.execute(statement)).one_or_none()
    if row is None:
        return ToolSays()
    kept = {row.definition_hash: row.definition, row.pinned_hash: row.pinned}
    return ToolSays(kept.get(approval.definition_hash), row.title_here, row.description_here)


def _approvals(workspace_id: WorkspaceId) -> Select[Any]:
    return _every().where(ApprovalRow.workspace_id == workspace_id)


def _every() -> Select[Any]:
    columns = [getattr(ApprovalRow, name) for name in Approval.__struct_fields__ if name != "workspace_slug"]
    return select(Workspace.slug.label("workspace_slug"), *columns).join(Workspace, Workspace.id == ApprovalRow.workspace_id)


async def _one(tx: Transaction, statement: Select[Any]) -> Approval | None:
    row = (await tx.session.execute(statement)).one_or_none()
    return _approval(row) if row else None


def _approval(row: Any) -> Approval:
    fields = {name: getattr(row, name) for name in Approval.__struct_fields__}
    questions = msgspec.convert(row.questions, tuple[AskedQuestion, ...])
    return Approval(**{**fields, "state": State(row.state), "questions": questions})


def _visible(viewer: Viewer) -> tuple[Any, ...]:
    if viewer.sees_all:
        return ()
    mine = ApprovalRow.requester_id == viewer.person.user_id
    return (or_(mine, *_names(viewer.person)),) if viewer.is_asked else (mine,)


def _names(person: Person) -> Sequence[Any]:
    """The questions that name this person. Those that name nobody are for people who see everything anyway."""
    ways = [("people", str(person.user_id)), ("roles", person.role.value), *(("groups", str(g)) for g in person.groups)]
    return [ApprovalRow.questions.contains([{"question": {"approvers": {field: [value]}}}]) for field, value in ways]


def _wanted(viewer: Viewer, wanted: Wanted) -> list[Any]:
    conditions: list[Any] = []
    if wanted.states:
        conditions.append(ApprovalRow.state.in_(wanted.states))
    if wanted.only_mine:
        conditions.append(ApprovalRow.requester_id == viewer.person.user_id)
    if wanted.before:
        conditions.append(ApprovalRow.id < wanted.before)
    return conditions
