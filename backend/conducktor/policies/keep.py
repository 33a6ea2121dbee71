"""Keeping policies: each change is a new version, told to every process at commit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from conducktor.core.actor import Actor, Permission
from conducktor.core.errors import Conflict, Invalid, NotFound
from conducktor.core.ids import PolicyId, WorkspaceId, new_id
from conducktor.infra.database import Change, Transaction
from conducktor.policies import queries
from conducktor.policies.definition import AppliesTo, Definition
from conducktor.policies.queries import StoredPolicy
from conducktor.policies.views import Names, PolicyHistory, PolicyList, PolicyView, policy_view, version_view
from conducktor.policies.wish import Directory, PolicyChange, PolicyDraft, changed, wished
from conducktor.workspaces import queries as workspaces
from conducktor.workspaces.roles import Role

POLICIES_MAX = 200


class PolicyNotFound(NotFound):
    """There is no such policy."""


async def listed(tx: Transaction, actor: Actor) -> PolicyList:
    names = await _names(tx, actor.workspace_id)
    return PolicyList(policies=[policy_view(actor, p, names) for p in await queries.listed(tx, actor.workspace_id)])


async def get(tx: Transaction, actor: Actor, policy_id: PolicyId) -> PolicyView:
    return policy_view(actor, await _existing(tx, actor, policy_id), await _names(tx, actor.workspace_id))


async def history(tx: Transaction, actor: Actor, policy_id: PolicyId) -> PolicyHistory:
    await _existing(tx, actor, policy_id)
    names = await _names(tx, actor.workspace_id)
    return PolicyHistory(versions=[version_view(v, names) for v in await queries.versions(tx, actor.workspace_id, policy_id)])


async def create(tx: Transaction, actor: Actor, draft: PolicyDraft, scope: AppliesTo, now: datetime) -> PolicyView:
    """Raises Invalid, Forbidden, Conflict."""
    _require_scope(actor, scope)
    definition = wished(draft, await directory(tx, actor.workspace_id))
    _require_words_of_the_scope(definition, scope)
    await queries.lock(tx, actor.workspace_id)
    if await queries.count(tx, actor.workspace_id, scope) >= POLICIES_MAX:
        raise Conflict(f"There are {POLICIES_MAX} policies already.", next_step="Remove some that are no longer needed.")
    policy_id = PolicyId(new_id())
    position = await queries.last_position(tx, actor.workspace_id, scope) + 1
    row = _columns(definition) | {"id": policy_id, "position": position, "version": 1, "created_at": now, "updated_at": now}
    await queries.add(tx, actor.workspace_id, scope, row)
    await _remember(tx, actor, policy_id, 1, definition, now)
    await _announce(tx, actor.workspace_id, scope, policy_id)
    return await get(tx, actor, policy_id)


async def update(
    tx: Transaction, actor: Actor, policy_id: PolicyId, change: PolicyChange, read: int | None, now: datetime
) -> PolicyView:
    """`read` is the version that the change was made from. Raises PolicyNotFound, Invalid, Forbidden, Conflict."""
    await queries.lock(tx, actor.workspace_id)
    old = await _existing(tx, actor, policy_id, lock=True)
    _require_scope(actor, old.scope)
    if read is not None and read != old.version:
        raise Conflict("Somebody else changed this policy meanwhile.", next_step="Look at it again.", version=old.version)
    definition = changed(old.definition(), change, await directory(tx, actor.workspace_id))
    _require_words_of_the_scope(definition, old.scope)
    if _columns(definition) != old.definition():
        version = old.version + 1
        columns = _columns(definition) | {"version": version, "updated_at": now}
        await queries.change(tx, actor.workspace_id, policy_id, columns)
        await _remember(tx, actor, policy_id, version, definition, now)
        await _announce(tx, actor.workspace_id, old.scope, policy_id)
    return await get(tx, actor, policy_id)


async def delete(tx: Transaction, actor: Actor, policy_id: PolicyId) -> None:
    old = await _existing(tx, actor, policy_id, lock=True)
    _require_scope(actor, old.scope)
    await queries.remove(tx, actor.workspace_id, policy_id)
    await _announce(tx, actor.workspace_id, old.scope, policy_id)


async def reorder(tx: Transaction, actor: Actor, scope: AppliesTo, order: list[PolicyId]) -> PolicyList:
    """Raises Invalid unless `order` names each policy of that scope once."""
    _require_scope(actor, scope)
    await queries.lock(tx, actor.workspace_id)
    known = [policy.id for policy in await queries.listed(tx, actor.workspace_id) if policy.scope is scope]
    if sorted(order) != sorted(known):
        raise Invalid("The order must name each policy once.", next_step="Load the list again.")
    for position, policy_id in enumerate(order, start=1):
        await queries.change(tx, actor.workspace_id, policy_id, {"position": position})
    await _announce(tx, actor.workspace_id, scope, None)
    return await listed(tx, actor)


async def directory(tx: Transaction, workspace_id: WorkspaceId) -> Directory:
    members = await workspaces.members(tx, workspace_id)
    groups = await queries.groups(tx, workspace_id)
    return Directory(
        people={key: m.user_id for m in members for key in (m.email.lower(), str(m.user_id))},
        groups={key: i for i, name in groups for key in (name.lower(), str(i))},
        roles=frozenset(role.value for role in Role),
    )


async def _existing(tx: Transaction, actor: Actor, policy_id: PolicyId, *, lock: bool = False) -> StoredPolicy:
    found = await queries.get(tx, actor.workspace_id, policy_id, lock=lock)
    if found is None:
        raise PolicyNotFound("There is no such policy in this workspace.")
    return found


async def _names(tx: Transaction, workspace_id: WorkspaceId) -> Names:
    people = {member.user_id: member.name for member in await workspaces.members(tx, workspace_id)}
    return Names(people=people, groups=dict(await queries.groups(tx, workspace_id)))


def _require_scope(actor: Actor, scope: AppliesTo) -> None:
    """What rules all workspaces of an organization is an owner's to say. Raises Forbidden."""
    if scope is AppliesTo.ORGANIZATION:
        actor.require(Permission.WORKSPACE_OWN)


def _require_words_of_the_scope(definition: Definition, scope: AppliesTo) -> None:
    """Groups belong to one workspace; where a policy speaks to all, they would mean nobody. Raises Invalid."""
    approvers = getattr(definition.rule, "approvers", None)
    if scope is AppliesTo.ORGANIZATION and (definition.who.groups or (approvers and approvers.groups)):
        raise Invalid(
            "A policy for the whole organization cannot name groups: each workspace has its own.",
            errors={"who.groups": "Name roles or people instead."},
        )


def _columns(definition: Definition) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(definition))
    return told


async def _remember(
    tx: Transaction, actor: Actor, policy_id: PolicyId, version: int, definition: Definition, now: datetime
) -> None:
    said: Mapping[str, object] = {
        "id": new_id(),
        "version": version,
        "definition": _columns(definition),
        "changed_by": actor.user_id,
        "changed_by_name": actor.user_name,
        "changed_at": now,
    }
    await queries.add_version(tx, policy_id, dict(said))


async def _announce(tx: Transaction, workspace_id: WorkspaceId, scope: AppliesTo, policy_id: PolicyId | None) -> None:
    """To every workspace that the policy is about."""
    concerned = [workspace_id] if scope is AppliesTo.WORKSPACE else await queries.workspaces_of(tx, workspace_id)
    for concerned_id in concerned:
        await tx.announce(Change(topic="policies", workspace_id=concerned_id, id=str(policy_id or "")))
