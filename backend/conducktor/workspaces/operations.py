"""What people do to a workspace's members and invitations, and every operation of the slice."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import msgspec

from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import Conflict, Forbidden, NotFound, Throttled
from conducktor.core.ids import UserId, WorkspaceId, new_id
from conducktor.core.operation import operation
from conducktor.infra.database import Change, Transaction
from conducktor.infra.mail_links import MailLinks
from conducktor.workspaces import queries
from conducktor.workspaces.email_address import clean_email
from conducktor.workspaces.groups.operations import GROUP_OPERATIONS
from conducktor.workspaces.invite_mail import INVITATION, InvitationPost
from conducktor.workspaces.membership import InvitationView, MemberView
from conducktor.workspaces.roles import OWNING_ROLES, Role, is_within
from conducktor.workspaces.workspace_settings import SETTINGS_OPERATIONS

INVITATION_LASTS = timedelta(days=7)
INVITE_AGAIN_AFTER = timedelta(minutes=1)
OPEN_INVITATIONS_MAX = 200

_PEOPLE_DECIDE = "Who belongs to a workspace is decided by people, never by a model that may have read a hostile text."


class ChangeRole(msgspec.Struct, frozen=True, kw_only=True):
    user_id: UserId
    role: Role


class RemoveMember(msgspec.Struct, frozen=True, kw_only=True):
    user_id: UserId


class InvitePerson(msgspec.Struct, frozen=True, kw_only=True):
    email: str
    role: Role


class RevokeInvitation(msgspec.Struct, frozen=True, kw_only=True):
    invitation_id: UUID


class SentInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """`link` is there only when this installation has no mail server: then the inviter hands it over."""

    invitation: InvitationView
    link: str | None


class LastOwner(Conflict):
    """A workspace needs an owner."""


@operation("members.list", "GET /members", Permission.MEMBERS_READ, web_only="people's addresses must not flow into a chat")
async def list_members(actor: Actor, *, tx: Transaction) -> list[MemberView]:
    """List the people of this workspace with their roles."""
    return list(await queries.members(tx, actor.workspace_id))


@operation("members.change_role", "PATCH /members/{user_id}", Permission.MEMBERS_WRITE, web_only=_PEOPLE_DECIDE)
async def change_role(actor: Actor, data: ChangeRole, *, tx: Transaction) -> MemberView:
    """Give a member another role. What the old role allowed and the new one does not ends within a second."""
    member = await _changeable(actor, data.user_id, tx)
    _require_within(actor, data.role)
    if member.role in OWNING_ROLES and data.role not in OWNING_ROLES:
        await _require_other_owner(tx, actor.workspace_id)
    await queries.set_role(tx, actor.workspace_id, data.user_id, data.role)
    await _announce(tx, actor.workspace_id, data.user_id)
    return msgspec.structs.replace(member, role=data.role)


@operation("members.remove", "DELETE /members/{user_id}", Permission.MEMBERS_WRITE, web_only=_PEOPLE_DECIDE)
async def remove_member(actor: Actor, data: RemoveMember, *, tx: Transaction) -> None:
    """Remove a person from this workspace. Everything he could do here ends within a second."""
    member = await _changeable(actor, data.user_id, tx)
    if member.role in OWNING_ROLES:
        await _require_other_owner(tx, actor.workspace_id)
    await queries.remove_member(tx, actor.workspace_id, data.user_id)
    await _announce(tx, actor.workspace_id, data.user_id)


@operation("invitations.list", "GET /invitations", Permission.MEMBERS_WRITE, web_only=_PEOPLE_DECIDE)
async def list_invitations(actor: Actor, *, tx: Transaction, clock: Clock) -> list[InvitationView]:
    """List the invitations that nobody has accepted yet."""
    return list(await queries.invitations(tx, actor.workspace_id, clock()))


@operation("invitations.create", "POST /invitations", Permission.MEMBERS_WRITE, web_only=_PEOPLE_DECIDE)
async def invite(
    actor: Actor, data: InvitePerson, *, tx: Transaction, clock: Clock, mail_links: MailLinks, invitation_post: InvitationPost
) -> SentInvitation:
    """Invite a person by e-mail. The link works once, for seven days; inviting the same address again replaces it."""
    _require_within(actor, data.role)
    email, now = clean_email(data.email), clock()
    await queries.lock_workspace(tx, actor.workspace_id)
    await _require_invitable(tx, actor.workspace_id, email, clock)
    view = InvitationView(
        id=new_id(),
        email=email,
        role=data.role,
        invited_by=actor.user_name,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
        mailed_at=None,
    )
    row = msgspec.structs.asdict(view) | {"invited_by": actor.user_id, "token_hash": mail_links.lookup_of(INVITATION, view.id)}
    await queries.put_invitation(tx, actor.workspace_id, row)
    await _announce(tx, actor.workspace_id)
    tx.after_commit(partial(invitation_post.send_soon, view.id))
    return SentInvitation(invitation=view, link=invitation_post.link_to_hand_over(view.id))


@operation("invitations.revoke", "DELETE /invitations/{invitation_id}", Permission.MEMBERS_WRITE, web_only=_PEOPLE_DECIDE)
async def revoke_invitation(actor: Actor, data: RevokeInvitation, *, tx: Transaction) -> None:
    """Take an invitation back; its link stops working at once."""
    if await queries.revoke_invitation(tx, actor.workspace_id, data.invitation_id) is None:
        raise NotFound("There is no such open invitation in this workspace.")
    await _announce(tx, actor.workspace_id)


async def _changeable(actor: Actor, user_id: UserId, tx: Transaction) -> MemberView:
    """The member, with changes of membership held back until commit. Raises NotFound, Forbidden."""
    await queries.lock_workspace(tx, actor.workspace_id)
    member = await queries.member(tx, actor.workspace_id, user_id)
    if member is None:
        raise NotFound("This person does not belong to the workspace.")
    _require_within(actor, member.role)
    return member


def _require_within(actor: Actor, role: Role) -> None:
    if not is_within(role, actor.permissions):
        raise Forbidden(
            f"The role {role} has permissions that yours ({actor.role}) does not, so you cannot give or change it.",
            next_step="Ask an owner of this workspace.",
        )


async def _require_other_owner(tx: Transaction, workspace_id: WorkspaceId) -> None:
    if await queries.count_owners(tx, workspace_id) < 2:
        raise LastOwner("This is the workspace's only owner.", next_step="Make somebody else an owner first.")


async def _require_invitable(tx: Transaction, workspace_id: WorkspaceId, email: str, clock: Clock) -> None:
    now = clock()
    if await queries.has_member_with_email(tx, workspace_id, email):
        raise Conflict("This person belongs to the workspace already.", errors={"email": "Belongs to this workspace already."})
    if await queries.invited_since(tx, workspace_id, email, now - INVITE_AGAIN_AFTER):
        wait_s = int(INVITE_AGAIN_AFTER.total_seconds())
        raise Throttled("This address was invited a moment ago.", next_step="Wait a minute.", retry_after_s=wait_s)
    if len(await queries.invitations(tx, workspace_id, now)) >= OPEN_INVITATIONS_MAX:
        raise Conflict(f"There are {OPEN_INVITATIONS_MAX} open invitations.", next_step="Revoke some that are no longer needed.")


async def _announce(tx: Transaction, workspace_id: WorkspaceId, user_id: UserId | None = None) -> None:
    await tx.announce(Change(topic="members", workspace_id=workspace_id, id=str(user_id or "")))


OPERATIONS = (
    list_members,
    change_role,
    remove_member,
    list_invitations,
    invite,
    revoke_invitation,
    *GROUP_OPERATIONS,
    *SETTINGS_OPERATIONS,
)
