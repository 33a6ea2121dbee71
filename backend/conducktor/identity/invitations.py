"""Accepting an invitation to a workspace."""

from uuid import UUID

import msgspec

from conducktor.audit.writer import AuditWriter
from conducktor.core.actor import Actor, Surface
from conducktor.core.clock import Clock
from conducktor.core.errors import Forbidden, NotFound
from conducktor.identity import queries
from conducktor.identity.account import Account
from conducktor.infra.database import Change, Database, Transaction
from conducktor.infra.mail_links import MailLinks
from conducktor.workspaces import queries as workspace_queries
from conducktor.workspaces.invite_mail import INVITATION
from conducktor.workspaces.membership import Membership, OpenInvitation
from conducktor.workspaces.roles import PERMISSIONS, Role


class InvitationGone(NotFound):
    """This invitation does not work any more."""


class InvitedSomebodyElse(Forbidden):
    """This invitation is for another e-mail address."""


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """What the audit keeps of somebody who accepted."""

    invitation_id: UUID
    role: Role


class Invitations:
    """An invitation is for one address: a link that was passed on does not let somebody else in."""

    def __init__(self, database: Database, mail_links: MailLinks, audit: AuditWriter, clock: Clock) -> None:
        self._database = database
        self._mail_links = mail_links
        self._audit = audit
        self._clock = clock

    async def show(self, token: str) -> OpenInvitation:
        """Raises InvitationGone."""
        async with self._database.transaction() as tx:
            return await self._find(tx, token)

    async def require(self, tx: Transaction, token: str, email: str) -> OpenInvitation:
        """Raises InvitationGone, InvitedSomebodyElse."""
        invitation = await self._find(tx, token)
        if invitation.email.lower() != email.lower():
            message = f"The invitation is for {invitation.email}."
            raise InvitedSomebodyElse(
                message, next_step="Use that address, or ask for another invitation.", errors={"email": message}
            )
        return invitation

    async def accept(self, account: Account, token: str) -> Membership:
        """Join the workspace; who belongs to it already keeps his role. Raises InvitationGone, InvitedSomebodyElse."""
        async with self._database.transaction() as tx:
            invitation = await self.require(tx, token, account.email)
            if invitation.email_proven and not account.email_verified:
                await queries.mark_verified(tx, account.id, self._clock())
                await tx.announce(Change(topic="users", id=str(account.id)))
            await self.take(tx, account, invitation)
            membership = await workspace_queries.membership(tx, invitation.workspace_id, account.id)
            if membership is None:
                raise InvitationGone("This workspace does not exist any more.")
            return membership

    async def take(self, tx: Transaction, account: Account, invitation: OpenInvitation) -> None:
        """Use the invitation up: the account becomes a member, on the record."""
        workspace_id = invitation.workspace_id
        await workspace_queries.revoke_invitation(tx, workspace_id, invitation.id)
        if await workspace_queries.add_member(tx, workspace_id, account.id, invitation.role, self._clock()):
            await self._audit.record_operation(
                tx,
                _newcomer(account, invitation),
                "invitations.accept",
                Joined(invitation_id=invitation.id, role=invitation.role),
            )
        await tx.announce(Change(topic="members", workspace_id=workspace_id, id=str(account.id)))

    async def _find(self, tx: Transaction, token: str) -> OpenInvitation:
        invitation = await workspace_queries.open_invitation(tx, self._mail_links.lookup(INVITATION, token), self._clock())
        if invitation is None:
            raise InvitationGone("It was accepted or revoked, or it has expired.", next_step="Ask for a new one.")
        return invitation


def _newcomer(account: Account, invitation: OpenInvitation) -> Actor:
    return Actor(
        user_id=account.id,
        user_name=account.name,
        user_email=account.email,
        workspace_id=invitation.workspace_id,
        role=invitation.role,
        permissions=PERMISSIONS[invitation.role],
        surface=Surface.WEB,
    )
