"""Making workspaces."""

import secrets
from datetime import datetime

from conducktor.core.actor import Permission
from conducktor.core.errors import Conflict
from conducktor.core.ids import OrganizationId, UserId, WorkspaceId
from conducktor.infra.database import Change, Transaction
from conducktor.workspaces import queries
from conducktor.workspaces.membership import Membership
from conducktor.workspaces.names import clean_name, slug_of
from conducktor.workspaces.roles import Role

SLUG_TRIES = 5


async def create_workspace(tx: Transaction, user_id: UserId, name: str, now: datetime, *, name_field: str = "name") -> Membership:
    """A workspace with the person as its owner, in the organization of the first workspace he owns, else in a new one.

    Raises Invalid on `name_field`.
    """
    name = clean_name(name, field=name_field)
    owned = [m for m in await queries.list_of_user(tx, user_id) if Permission.WORKSPACE_OWN in m.permissions]
    organization_id = owned[0].organization_id if owned else await queries.add_organization(tx, name, now)
    made, slug = await _add(tx, organization_id, name, now)
    await queries.add_member(tx, made, user_id, Role.OWNER, now)
    await tx.announce(Change(topic="members", workspace_id=made, id=str(user_id)))
    return Membership(
        workspace_id=made, organization_id=organization_id, slug=slug, name=name, role=Role.OWNER, groups=frozenset()
    )


async def _add(tx: Transaction, organization_id: OrganizationId, name: str, now: datetime) -> tuple[WorkspaceId, str]:
    plain = slug_of(name)
    candidates = [plain, f"{plain}-2", f"{plain}-3", *(f"{plain}-{secrets.token_hex(4)}" for _ in range(SLUG_TRIES))]
    for slug in candidates:
        if workspace_id := await queries.add_workspace(tx, organization_id, name, slug, now):
            return workspace_id, slug
    raise Conflict("No address is free for a workspace of this name.", next_step="Choose another name.")
