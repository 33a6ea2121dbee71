"""Letters about accounts: written in a transaction, sent after it."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from conducktor.core.clock import Clock
from conducktor.core.errors import NotFound
from conducktor.core.ids import UserId, new_id
from conducktor.identity import queries
from conducktor.identity.account import AccountLetter, PendingSignUp
from conducktor.identity.letters import page_of, write
from conducktor.identity.purpose import LASTS, Purpose
from conducktor.infra.database import Database, Transaction
from conducktor.infra.mail import Delivery, Mailer
from conducktor.infra.mail_links import MailLinks
from conducktor.infra.queue import Doorbell

ACCOUNT = "account"
CLAIM_LASTS = timedelta(minutes=2)  # longer than a job may take: two workers do not send one letter. Also the pause between tries


class LinkExpired(NotFound):
    """This link does not work any more."""


class AccountPost:
    """Sends letters by a job when there is a mail server, else at once into the log."""

    def __init__(self, database: Database, mailer: Mailer, mail_links: MailLinks, doorbell: Doorbell, clock: Clock) -> None:
        self._database = database
        self._mailer = mailer
        self._mail_links = mail_links
        self._doorbell = doorbell
        self._clock = clock

    @property
    def sends(self) -> bool:
        return self._mailer.sends

    async def post(
        self,
        tx: Transaction,
        purpose: Purpose,
        email: str,
        *,
        user_id: UserId | None = None,
        pending: PendingSignUp | None = None,
    ) -> None:
        """Write a letter that goes out once the transaction is committed."""
        now = self._clock()
        letter = AccountLetter(
            id=new_id(), purpose=purpose, user_id=user_id, email=email, pending=pending, expires_at=now + LASTS[purpose]
        )
        await queries.add_mail_token(tx, letter, self._mail_links.lookup_of(ACCOUNT, letter.id), now)
        tx.after_commit(partial(self._send_soon, letter.id))

    async def spend(self, tx: Transaction, token: str, *purposes: Purpose) -> AccountLetter:
        """The letter that the token came with; the token is used up. Raises LinkExpired."""
        letter = await queries.use_mail_token(tx, self._mail_links.lookup(ACCOUNT, token), purposes, self._clock())
        if letter is None:
            raise LinkExpired("This link was used already, has expired, or is not complete.", next_step="Ask for a new one.")
        return letter

    async def link_in_log(self, tx: Transaction, user_id: UserId, purpose: Purpose) -> str | None:
        """The newest unspent link of that purpose, when no mail server carried it."""
        letter_id = None if self.sends else await queries.open_mail_token(tx, user_id, purpose, self._clock())
        return self._link(letter_id, purpose) if letter_id else None

    async def send(self, letter_id: UUID) -> None:
        """Send it unless it is sent, spent, or being sent. A delayed one is tried again when its claim has lapsed."""
        now = self._clock()
        async with self._database.transaction() as tx:
            letter = await queries.claim_letter(tx, letter_id, now, now + CLAIM_LASTS)
        if letter is None:
            return
        delivery = await self._mailer.send(write(letter, self._link(letter.id, letter.purpose)))
        if delivery is not Delivery.DELAYED:
            async with self._database.transaction() as tx:
                await queries.close_letter(tx, letter_id, self._clock())

    async def send_waiting(self) -> None:
        """Ring again for letters whose ring was lost."""
        async with self._database.transaction() as tx:
            waiting = await queries.waiting_letters(tx, self._clock())
        for letter_id in waiting:
            await self._send_soon(letter_id)

    async def _send_soon(self, letter_id: UUID) -> None:
        if self.sends:
            await self._doorbell.ring("send_account_letter", key=f"account-letter:{letter_id}", letter_id=str(letter_id))
        else:
            await self.send(letter_id)

    def _link(self, letter_id: UUID, purpose: Purpose) -> str:
        return self._mail_links.url(page_of(purpose), ACCOUNT, letter_id)
