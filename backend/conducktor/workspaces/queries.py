"""All SQL of the workspaces slice."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import column, delete, func, or_, select, table, update
from sqlalchemy.dialects.postgresql import insert

from conducktor.core.ids import OrganizationId, UserId, WorkspaceId, new_id
from conducktor.infra.database import Transaction
from conducktor.workspaces.membership import InvitationView, Membership, MemberView, Offering, OpenInvitation, WorkspaceSettings
from conducktor.workspaces.models import GroupMember, Invitation, Member, Organization, Workspace
from conducktor.workspaces.roles import OWNING_ROLES, Role

# The identity slice owns this table and lives one floor above; a member list needs only these columns of it.
_USERS = table("users", column("id"), column("name"), column("email"))

GROUPS_OF_MEMBER = (
    select(func.array_agg(GroupMember.group_id))
    .where(GroupMember.workspace_id == Member.workspace_id, GroupMember.user_id == Member.user_id)
    .correlate(Member)
    .scalar_subquery()
)
"""The ids of a member's groups, or null, beside any statement on `members`."""

_MEMBERSHIP = select(
    Workspace.id, Workspace.organization_id, Workspace.slug, Workspace.name, Member.role, GROUPS_OF_MEMBER.label("groups")
).join(Member, Member.workspace_id == Workspace.id)


async def list_of_user(tx: Transaction, user_id: UserId) -> tuple[Membership, ...]:
    """The workspaces a person belongs to, by name."""
    rows = await tx.session.execute(
        _MEMBERSHIP.where(Member.user_id == user_id).order_by(func.lower(Workspace.name), Workspace.id)
    )
    return tuple(_membership(row) for row in rows)


async def membership_by_slug(tx: Transaction, slug: str, user_id: UserId) -> Membership | None:
    row = (await tx.session.execute(_MEMBERSHIP.where(Member.user_id == user_id, Workspace.slug == slug))).one_or_none()
    return _membership(row) if row else None


async def membership(tx: Transaction, workspace_id: WorkspaceId, user_id: UserId) -> Membership | None:
    row = (await tx.session.execute(_MEMBERSHIP.where(Member.user_id == user_id, Workspace.id == workspace_id))).one_or_none()
    return _membership(row) if row else None


async def lock_workspace(tx: Transaction, workspace_id: WorkspaceId) -> None:
    """Let changes of who belongs to a workspace happen one after another."""
    await tx.session.execute(select(Workspace.id).where(Workspace.id == workspace_id).with_for_update())


async def add_organization(tx: Transaction, name: str, now: datetime) -> OrganizationId:
    organization_id = OrganizationId(new_id())
    await tx.session.execute(insert(Organization).values(id=organization_id, name=name, created_at=now))
    return organization_id


async def add_workspace(
    tx: Transaction, organization_id: OrganizationId, name: str, slug: str, now: datetime
) -> WorkspaceId | None:
    """None when the slug is taken."""
    workspace_id = WorkspaceId(new_id())
    statement = insert(Workspace).values(id=workspace_id, organization_id=organization_id, slug=slug, name=name, created_at=now)
    added = await tx.session.scalar(statement.on_conflict_do_nothing(index_elements=["slug"]).returning(Workspace.id))
    return workspace_id if added else None


async def settings(tx: Transaction, workspace_id: WorkspaceId) -> WorkspaceSettings:
    columns = [getattr(Workspace, field) for field in WorkspaceSettings.__struct_fields__]
    row = (await tx.session.execute(select(*columns).where(Workspace.id == workspace_id))).mappings().one()
    return WorkspaceSettings(**{**row, "offering": Offering(row["offering"])})


async def change_settings(tx: Transaction, workspace_id: WorkspaceId, wish: dict[str, object]) -> None:
    await tx.session.execute(update(Workspace).where(Workspace.id == workspace_id).values(**wish))


async def add_member(tx: Transaction, workspace_id: WorkspaceId, user_id: UserId, role: Role, now: datetime) -> bool:
    """False when the person belongs to the workspace already; the role then stays as it is."""
    statement = insert(Member).values(id=new_id(), workspace_id=workspace_id, user_id=user_id, role=role, joined_at=now)
    statement = statement.on_conflict_do_nothing(index_elements=["workspace_id", "user_id"])
    return await tx.session.scalar(statement.returning(Member.id)) is not None


async def members(tx: Transaction, workspace_id: WorkspaceId) -> tuple[MemberView, ...]:
    rows = await tx.session.execute(_members(workspace_id).order_by(func.lower(_USERS.c.name), _USERS.c.id))
    return tuple(_member(row) for row in rows)


async def member(tx: Transaction, workspace_id: WorkspaceId, user_id: UserId) -> MemberView | None:
    row = (await tx.session.execute(_members(workspace_id).where(Member.user_id == user_id))).one_or_none()
    return _member(row) if row else None


async def has_member_with_email(tx: Transaction, workspace_id: WorkspaceId, email: str) -> bool:
    found = _members(workspace_id).where(func.lower(_USERS.c.email) == email.lower())
    return bool(await tx.session.scalar(select(found.exists())))


async def count_owners(tx: Transaction, workspace_id: WorkspaceId) -> int:
    statement = select(func.count()).select_from(Member).where(Member.workspace_id == workspace_id, Member.role.in_(OWNING_ROLES))
    return await tx.session.scalar(statement) or 0


async def set_role(tx: Transaction, workspace_id: WorkspaceId, user_id: UserId, role: Role) -> None:
    mine = (Member.workspace_id == workspace_id, Member.user_id == user_id)
    await tx.session.execute(update(Member).where(*mine).values(role=role))


async def remove_member(tx: Transaction, workspace_id: WorkspaceId, user_id: UserId) -> None:
    await tx.session.execute(delete(Member).where(Member.workspace_id == workspace_id, Member.user_id == user_id))


async def put_invitation(tx: Transaction, workspace_id: WorkspaceId, invitation: dict[str, Any]) -> None:
    """Add an invitation; one for the same address is replaced, and its link stops working."""
    same_address = (Invitation.workspace_id == workspace_id, func.lower(Invitation.email) == invitation["email"].lower())
    await tx.session.execute(delete(Invitation).where(*same_address))
    await tx.session.execute(insert(Invitation).values(workspace_id=workspace_id, **invitation))


async def invited_since(tx: Transaction, workspace_id: WorkspaceId, email: str, since: datetime) -> bool:
    same_address = (Invitation.workspace_id == workspace_id, func.lower(Invitation.email) == email.lower())
    return bool(
        await tx.session.scalar(select(select(Invitation.id).where(*same_address, Invitation.created_at > since).exists()))
    )


async def invitations(tx: Transaction, workspace_id: WorkspaceId, now: datetime) -> tuple[InvitationView, ...]:
    """Open and unexpired ones, the newest first."""
    statement = (
        select(Invitation, _USERS.c.name)
        .outerjoin(_USERS, _USERS.c.id == Invitation.invited_by)
        .where(Invitation.workspace_id == workspace_id, Invitation.expires_at > now)
        .order_by(Invitation.id.desc())
    )
    return tuple(
        InvitationView(
            id=row.id,
            email=row.email,
            role=Role(row.role),
            invited_by=invited_by,
            created_at=row.created_at,
            expires_at=row.expires_at,
            mailed_at=row.mailed_at,
        )
        for row, invited_by in await tx.session.execute(statement)
    )


async def revoke_invitation(tx: Transaction, workspace_id: WorkspaceId, invitation_id: UUID) -> Role | None:
    """Delete it; None when there is no such invitation in this workspace."""
    statement = delete(Invitation).where(Invitation.workspace_id == workspace_id, Invitation.id == invitation_id)
    role = await tx.session.scalar(statement.returning(Invitation.role))
    return Role(role) if role else None


async def open_invitation(tx: Transaction, token_hash: bytes, now: datetime) -> OpenInvitation | None:
    """The unexpired invitation with that token, locked so that it is taken once."""
    statement = (
        select(Invitation, Workspace.name, _USERS.c.name)
        .join(Workspace, Workspace.id == Invitation.workspace_id)
        .outerjoin(_USERS, _USERS.c.id == Invitation.invited_by)
        .where(Invitation.token_hash == token_hash, Invitation.expires_at > now)
        .with_for_update(of=Invitation)
    )
    found = (await tx.session.execute(statement)).one_or_none()
    if found is None:
        return None
    row, workspace_name, invited_by = found
    return OpenInvitation(
        id=row.id,
        workspace_id=WorkspaceId(row.workspace_id),
        workspace_name=workspace_name,
        email=row.email,
        role=Role(row.role),
        invited_by=invited_by,
        expires_at=row.expires_at,
        email_proven=row.mailed_at is not None,
    )


async def claim_letter(tx: Transaction, invitation_id: UUID, now: datetime, until: datetime) -> bytes | None:
    """Take the right to send an invitation's mail; returns its token digest, None when it is sent, taken or gone."""
    statement = update(Invitation).where(Invitation.id == invitation_id, *_letter_waits(now)).values(claimed_until=until)
    return await tx.session.scalar(statement.returning(Invitation.token_hash))


async def close_letter(tx: Transaction, invitation_id: UUID, now: datetime, *, mailed: bool) -> None:
    """No more tries; `mailed` says whether a mail server took it."""
    ended = {"letter_done_at": now} | ({"mailed_at": now} if mailed else {})
    await tx.session.execute(update(Invitation).where(Invitation.id == invitation_id).values(**ended))


async def waiting_letters(tx: Transaction, now: datetime) -> tuple[UUID, ...]:
    statement = select(Invitation.id).where(*_letter_waits(now)).order_by(Invitation.id).limit(100)
    return tuple(await tx.session.scalars(statement))


async def sweep_invitations(tx: Transaction, now: datetime) -> None:
    await tx.session.execute(delete(Invitation).where(Invitation.expires_at < now))


def _letter_waits(now: datetime) -> tuple[Any, ...]:
    unclaimed = or_(Invitation.claimed_until.is_(None), Invitation.claimed_until < now)
    return (Invitation.letter_done_at.is_(None), Invitation.expires_at > now, unclaimed)


def _members(workspace_id: WorkspaceId) -> Any:
    columns = select(Member.user_id, _USERS.c.name, _USERS.c.email, Member.role, Member.joined_at)
    return columns.join(_USERS, _USERS.c.id == Member.user_id).where(Member.workspace_id == workspace_id)


def _member(row: Any) -> MemberView:
    return MemberView(user_id=UserId(row.user_id), name=row.name, email=row.email, role=Role(row.role), joined_at=row.joined_at)


def _membership(row: Any) -> Membership:
    return Membership(
        workspace_id=WorkspaceId(row.id),
        organization_id=OrganizationId(row.organization_id),
        slug=row.slug,
        name=row.name,
        role=Role(row.role),
        groups=frozenset(row.groups or ()),
    )
