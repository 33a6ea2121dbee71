"""Making groups and saying who is in them."""

import msgspec

from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import Conflict, NotFound
from conducktor.core.ids import GroupId, UserId, WorkspaceId
from conducktor.core.operation import operation
from conducktor.infra.database import Change, Transaction
from conducktor.workspaces.groups import queries
from conducktor.workspaces.groups.queries import GroupView
from conducktor.workspaces.names import clean_name

GROUPS_MAX = 100

_PEOPLE_DECIDE = "who belongs together is decided by people, as policies and approvals rest on it"


class CreateGroup(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    people: tuple[UserId, ...] = ()


class ChangeGroup(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays. `people` are all who shall be in it."""

    group_id: GroupId
    name: str | None = None
    people: tuple[UserId, ...] | None = None


class DeleteGroup(msgspec.Struct, frozen=True, kw_only=True):
    group_id: GroupId


@operation("groups.list", "GET /groups", Permission.MEMBERS_READ, web_only="people's names must not flow into a chat")
async def list_groups(actor: Actor, *, tx: Transaction) -> list[GroupView]:
    """List the groups of this workspace and who is in them."""
    return list(await queries.all_of(tx, actor.workspace_id))


@operation("groups.create", "POST /groups", Permission.MEMBERS_WRITE, web_only=_PEOPLE_DECIDE)
async def create_group(actor: Actor, data: CreateGroup, *, tx: Transaction, clock: Clock) -> GroupView:
    """Make a group. Policies and approvals can speak of it at once."""
    name = clean_name(data.name, field="name")
    await _require_free(tx, actor.workspace_id, name, None)
    if len(await queries.all_of(tx, actor.workspace_id)) >= GROUPS_MAX:
        raise Conflict(f"There are {GROUPS_MAX} groups.", next_step="Delete one that is no longer needed.")
    group_id = await queries.add(tx, actor.workspace_id, name, clock())
    await queries.set_people(tx, actor.workspace_id, group_id, data.people)
    return await _changed(tx, actor.workspace_id, group_id)


@operation("groups.change", "PATCH /groups/{group_id}", Permission.MEMBERS_WRITE, web_only=_PEOPLE_DECIDE)
async def change_group(actor: Actor, data: ChangeGroup, *, tx: Transaction) -> GroupView:
    """Rename a group, or say who is in it. Policies see the change within a second."""
    if await queries.get(tx, actor.workspace_id, data.group_id) is None:
        raise _no_such_group()
    if data.name is not None:
        name = clean_name(data.name, field="name")
        await _require_free(tx, actor.workspace_id, name, data.group_id)
        await queries.rename(tx, actor.workspace_id, data.group_id, name)
    if data.people is not None:
        await queries.set_people(tx, actor.workspace_id, data.group_id, data.people)
    return await _changed(tx, actor.workspace_id, data.group_id)


@operation("groups.delete", "DELETE /groups/{group_id}", Permission.MEMBERS_WRITE, web_only=_PEOPLE_DECIDE)
async def delete_group(actor: Actor, data: DeleteGroup, *, tx: Transaction) -> None:
    """Delete a group. Policies that name it no longer find anybody in it; approvals that wait for it wait in vain."""
    if not await queries.remove(tx, actor.workspace_id, data.group_id):
        raise _no_such_group()
    await _announce(tx, actor.workspace_id)


GROUP_OPERATIONS = (list_groups, create_group, change_group, delete_group)


async def _require_free(tx: Transaction, workspace_id: WorkspaceId, name: str, but: GroupId | None) -> None:
    if await queries.is_name_taken(tx, workspace_id, name, but):
        raise Conflict(f"There is a group called {name} already.", errors={"name": "Taken by another group."})


async def _changed(tx: Transaction, workspace_id: WorkspaceId, group_id: GroupId) -> GroupView:
    await _announce(tx, workspace_id)
    group = await queries.get(tx, workspace_id, group_id)
    assert group is not None, "made or found in this transaction"
    return group


async def _announce(tx: Transaction, workspace_id: WorkspaceId) -> None:
    # Callers carry their groups, and are dropped from every cache by changes of members.
    await tx.announce(Change(topic="members", workspace_id=workspace_id))


def _no_such_group() -> NotFound:
    return NotFound("There is no such group in this workspace.")
