"""All SQL of the policies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, column, delete, func, insert, or_, select, table, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from conducktor.core.ids import GroupId, OrganizationId, PolicyId, UserId, WorkspaceId
from conducktor.infra.database import Transaction
from conducktor.policies.definition import AppliesTo
from conducktor.policies.models import PolicyRow, PolicyVersionRow, RateWindow, UntrustedConversation
from conducktor.workspaces.models import Group, Workspace


class StoredPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy's row; whether its parts can be read is another question."""

    id: PolicyId
    scope: AppliesTo
    version: int
    position: int
    updated_at: datetime
    name: str
    who: dict[str, object]
    what: dict[str, object]
    condition: str | None
    rule: dict[str, object]
    mode: str
    is_enabled: bool

    def definition(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in DEFINITION}


class StoredVersion(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    definition: dict[str, object]
    changed_by: UserId
    changed_by_name: str
    changed_at: datetime


_CONNECTIONS = table("connections", column("name"), column("workspace_id"))
"""A sibling's table, of which only the names are read."""

DEFINITION = ("name", "who", "what", "condition", "rule", "mode", "is_enabled")


async def listed(tx: Transaction, workspace_id: WorkspaceId, *, only_enabled: bool = False) -> list[StoredPolicy]:
    """Those of the workspace and its organization, in the order in which they judge: the organization's first."""
    statement = _of(workspace_id).order_by(PolicyRow.organization_id.is_(None), PolicyRow.position, PolicyRow.id)
    if only_enabled:
        statement = statement.where(PolicyRow.is_enabled)
    return [_stored(row) for row in await tx.session.scalars(statement)]


async def get(tx: Transaction, workspace_id: WorkspaceId, policy_id: PolicyId, *, lock: bool = False) -> StoredPolicy | None:
    statement = _of(workspace_id).where(PolicyRow.id == policy_id)
    row = await tx.session.scalar(statement.with_for_update() if lock else statement)
    return _stored(row) if row else None


async def organization(tx: Transaction, workspace_id: WorkspaceId) -> OrganizationId:
    statement = select(Workspace.organization_id).where(Workspace.id == workspace_id)
    return OrganizationId((await tx.session.scalars(statement)).one())


async def workspaces_of(tx: Transaction, workspace_id: WorkspaceId) -> list[WorkspaceId]:
    """All of the same organization."""
    same = select(Workspace.organization_id).where(Workspace.id == workspace_id).scalar_subquery()
    found = await tx.session.scalars(select(Workspace.id).where(Workspace.organization_id == same))
    return [WorkspaceId(i) for i in found]


async def lock(tx: Transaction, workspace_id: WorkspaceId) -> None:
    """Hold back other changes of these policies until commit."""
    await tx.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"policies:{workspace_id}", 0))))


async def last_position(tx: Transaction, workspace_id: WorkspaceId, scope: AppliesTo) -> int:
    owner = _owner(workspace_id, scope)
    return await tx.session.scalar(select(func.coalesce(func.max(PolicyRow.position), 0)).where(owner)) or 0


async def count(tx: Transaction, workspace_id: WorkspaceId, scope: AppliesTo) -> int:
    return await tx.session.scalar(select(func.count()).select_from(PolicyRow).where(_owner(workspace_id, scope))) or 0


async def add(tx: Transaction, workspace_id: WorkspaceId, scope: AppliesTo, values: dict[str, object]) -> None:
    """`values` are the row's columns without its owner."""
    if scope is AppliesTo.WORKSPACE:
        owner: dict[str, object] = {"workspace_id": workspace_id}
    else:
        owner = {"organization_id": await organization(tx, workspace_id)}
    await tx.session.execute(insert(PolicyRow).values(values | owner))


async def change(tx: Transaction, workspace_id: WorkspaceId, policy_id: PolicyId, values: dict[str, object]) -> None:
    statement = update(PolicyRow).where(PolicyRow.id == policy_id, _visible(workspace_id)).values(values)
    await tx.session.execute(statement.execution_options(synchronize_session=False))


async def remove(tx: Transaction, workspace_id: WorkspaceId, policy_id: PolicyId) -> None:
    await tx.session.execute(delete(PolicyRow).where(PolicyRow.id == policy_id, _visible(workspace_id)))


async def add_version(tx: Transaction, policy_id: PolicyId, values: dict[str, object]) -> None:
    await tx.session.execute(insert(PolicyVersionRow).values(values | {"policy_id": policy_id}))


async def versions(tx: Transaction, workspace_id: WorkspaceId, policy_id: PolicyId) -> list[StoredVersion]:
    """Newest first; of policies that the workspace has now."""
    known = select(PolicyRow.id).where(PolicyRow.id == policy_id, _visible(workspace_id))
    statement = select(PolicyVersionRow).where(PolicyVersionRow.policy_id.in_(known)).order_by(PolicyVersionRow.version.desc())
    return [
        StoredVersion(
            version=row.version,
            definition=row.definition,
            changed_by=UserId(row.changed_by),
            changed_by_name=row.changed_by_name,
            changed_at=row.changed_at,
        )
        for row in await tx.session.scalars(statement)
    ]


async def groups(tx: Transaction, workspace_id: WorkspaceId) -> list[tuple[GroupId, str]]:
    found = await tx.session.execute(select(Group.id, Group.name).where(Group.workspace_id == workspace_id))
    return [(GroupId(i), name) for i, name in found]


async def connection_names(tx: Transaction, workspace_id: WorkspaceId) -> list[str]:
    statement = select(_CONNECTIONS.c.name).where(_CONNECTIONS.c.workspace_id == workspace_id).order_by(_CONNECTIONS.c.name)
    return [str(name) for name in await tx.session.scalars(statement)]


class RateWish(msgspec.Struct, frozen=True):
    """One more call toward a limit of `calls` in a window of `seconds`."""

    policy_id: PolicyId
    subject: str
    seconds: int
    calls: int


async def count_calls(tx: Transaction, wishes: Sequence[RateWish]) -> dict[PolicyId, int]:
    """Count one call toward every wish that has room, in one statement; how much is used of those, this call included.

    The rows are taken in the order of their keys, so that calls under the same limits cannot wait for each other in a circle.
    Windows begin at multiples of their length by the database's clock. Crosses workspaces: a policy's id is its own owner.
    """
    given = {
        "ids": [wish.policy_id for wish in wishes],
        "subjects": [wish.subject for wish in wishes],
        "seconds": [wish.seconds for wish in wishes],
        "calls": [wish.calls for wish in wishes],
    }
    return {PolicyId(row[0]): row[1] for row in await tx.session.execute(_COUNT, given)}


async def rates_used(tx: Transaction, wishes: Sequence[RateWish]) -> dict[PolicyId, int]:
    """How much of each limit's present window is used, counting nothing. Crosses workspaces as `count_calls` does."""
    given = {
        "ids": [wish.policy_id for wish in wishes],
        "subjects": [wish.subject for wish in wishes],
        "seconds": [wish.seconds for wish in wishes],
    }
    return {PolicyId(row[0]): row[1] for row in await tx.session.execute(_USED, given)}


async def mark_untrusted(tx: Transaction, workspace_id: WorkspaceId, subject: str, tool: str, now: datetime) -> None:
    """The first tool stays named; the moment is the last one, for the sweep."""
    values = {"workspace_id": workspace_id, "subject": subject, "tool": tool, "since": now}
    statement = upsert(UntrustedConversation).values(values)
    await tx.session.execute(
        statement.on_conflict_do_update(index_elements=["workspace_id", "subject"], set_={"since": statement.excluded.since})
    )


async def untrusted_by(tx: Transaction, workspace_id: WorkspaceId, subject: str) -> str | None:
    """The tool that brought outside content into that conversation."""
    statement = select(UntrustedConversation.tool).where(
        UntrustedConversation.workspace_id == workspace_id, UntrustedConversation.subject == subject
    )
    return await tx.session.scalar(statement)


async def sweep(tx: Transaction, *, windows_before: datetime, conversations_before: datetime) -> None:
    """Forget what is over. Crosses workspaces."""
    await tx.session.execute(delete(RateWindow).where(RateWindow.window_start < windows_before))
    await tx.session.execute(delete(UntrustedConversation).where(UntrustedConversation.since < conversations_before))


_WISHES = """
    SELECT w.policy_id, w.subject, to_timestamp(floor(extract(epoch FROM now()) / w.seconds) * w.seconds) AS window_start
    FROM unnest(CAST(:ids AS uuid[]), CAST(:subjects AS text[]), CAST(:seconds AS int[])) AS w (policy_id, subject, seconds)
"""

_COUNT = text(f"""
    INSERT INTO rate_windows (policy_id, subject, window_start, used)
    SELECT policy_id, subject, window_start, 1 FROM ({_WISHES}) AS wishes ORDER BY policy_id, subject
    ON CONFLICT (policy_id, subject, window_start) DO UPDATE SET used = rate_windows.used + 1
    WHERE rate_windows.used < (
        SELECT l.calls FROM unnest(CAST(:ids AS uuid[]), CAST(:calls AS int[])) AS l (policy_id, calls)
        WHERE l.policy_id = rate_windows.policy_id
    )
    RETURNING policy_id, used
""")  # noqa: S608 - the pieces are ours

_USED = text(f"SELECT policy_id, used FROM rate_windows JOIN ({_WISHES}) AS wishes USING (policy_id, subject, window_start)")  # noqa: S608


def _of(workspace_id: WorkspaceId) -> Select[PolicyRow]:
    return select(PolicyRow).where(_visible(workspace_id)).execution_options(populate_existing=True)


def _visible(workspace_id: WorkspaceId) -> ColumnElement[bool]:
    return or_(_owner(workspace_id, AppliesTo.WORKSPACE), _owner(workspace_id, AppliesTo.ORGANIZATION))


def _owner(workspace_id: WorkspaceId, scope: AppliesTo) -> ColumnElement[bool]:
    if scope is AppliesTo.WORKSPACE:
        return PolicyRow.workspace_id == workspace_id
    same = select(Workspace.organization_id).where(Workspace.id == workspace_id).scalar_subquery()
    return and_(PolicyRow.organization_id.is_not(None), PolicyRow.organization_id == same)


def _stored(row: PolicyRow) -> StoredPolicy:
    return StoredPolicy(
        id=PolicyId(row.id),
        scope=AppliesTo.WORKSPACE if row.workspace_id else AppliesTo.ORGANIZATION,
        version=row.version,
        position=row.position,
        updated_at=row.updated_at,
        **{name: getattr(row, name) for name in DEFINITION},
    )
