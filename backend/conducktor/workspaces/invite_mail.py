"""The letter that carries an invitation."""

from datetime import timedelta
from uuid import UUID

from conducktor.core.clock import Clock
from conducktor.infra.database import Database
from conducktor.infra.mail import Delivery, Letter, Mailer
from conducktor.infra.mail_links import MailLinks
from conducktor.infra.queue import Doorbell
from conducktor.workspaces import queries
from conducktor.workspaces.membership import OpenInvitation

INVITATION = "invitation"
CLAIM_LASTS = timedelta(minutes=2)  # longer than a job may take: two workers do not send one letter. Also the pause between tries


class InvitationPost:
    """Sends invitations: by a job when there is a mail server, else at once into the log."""

    def __init__(self, database: Database, mailer: Mailer, mail_links: MailLinks, doorbell: Doorbell, clock: Clock) -> None:
        self._database = database
        self._mailer = mailer
        self._mail_links = mail_links
        self._doorbell = doorbell
        self._clock = clock

    def link_to_hand_over(self, invitation_id: UUID) -> str | None:
        """The link, when no mail server will carry it."""
        return None if self._mailer.sends else self._link(invitation_id)

    async def send_soon(self, invitation_id: UUID) -> None:
        if self._mailer.sends:
            await self._doorbell.ring("send_invitation", key=f"invitation:{invitation_id}", invitation_id=str(invitation_id))
        else:
            await self.send(invitation_id)

    async def send(self, invitation_id: UUID) -> None:
        """Send it unless it is sent, revoked, or being sent. A delayed one is tried again when its claim has lapsed."""
        now = self._clock()
        async with self._database.transaction() as tx:
            token_hash = await queries.claim_letter(tx, invitation_id, now, now + CLAIM_LASTS)
            invitation = await queries.open_invitation(tx, token_hash, now) if token_hash else None
        if invitation is None:
            return
        delivery = await self._mailer.send(self._letter(invitation))
        if delivery is not Delivery.DELAYED:
            async with self._database.transaction() as tx:
                await queries.close_letter(tx, invitation_id, self._clock(), mailed=delivery is Delivery.SENT)

    async def send_waiting(self) -> None:
        """Ring again for letters whose ring was lost."""
        async with self._database.transaction() as tx:
            waiting = await queries.waiting_letters(tx, self._clock())
        for invitation_id in waiting:
            await self.send_soon(invitation_id)

    def _letter(self, invitation: OpenInvitation) -> Letter:
        who = invitation.invited_by or "Somebody"
        link = self._link(invitation.id)
        return Letter(
            to=invitation.email,
            subject=f"{who} invites you to {invitation.workspace_name} on Conducktor",
            text=f"{who} invites you to the workspace {invitation.workspace_name} on Conducktor.\n\n"
            f"Accept the invitation here, until {invitation.expires_at:%d %B %Y}:\n{link}\n\n"
            "If you did not expect this, ignore it: nothing happens without you.\n",
            link=link,
        )

    def _link(self, invitation_id: UUID) -> str:
        return self._mail_links.url("invitation", INVITATION, invitation_id)
