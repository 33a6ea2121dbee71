"""What a person does with an account: prove the address, change name and password, forget the password, make workspaces."""

import msgspec
import structlog

from conducktor.core.clock import Clock
from conducktor.core.errors import Invalid
from conducktor.core.ids import UserId
from conducktor.identity import queries
from conducktor.identity.account import SignedIn, Visitor
from conducktor.identity.account_post import AccountPost, LinkExpired
from conducktor.identity.passwords import PASSWORD_MAX, Passwords, check_password
from conducktor.identity.purpose import CONFIRMS_ADDRESS, RESETS_PASSWORD, Purpose
from conducktor.identity.sessions import Sessions
from conducktor.identity.sign_up import SignUp
from conducktor.identity.throttle import Action, Throttle
from conducktor.infra.database import Change, Database, Transaction
from conducktor.workspaces import queries as workspace_queries
from conducktor.workspaces.create import create_workspace
from conducktor.workspaces.email_address import clean_email
from conducktor.workspaces.membership import Membership
from conducktor.workspaces.names import clean_name

log = structlog.get_logger()


class ChangePassword(msgspec.Struct, frozen=True, kw_only=True):
    current: str
    new: str


class Accounts:
    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        passwords: Passwords,
        throttle: Throttle,
        post: AccountPost,
        sign_up: SignUp,
        clock: Clock,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._passwords = passwords
        self._throttle = throttle
        self._post = post
        self._sign_up = sign_up
        self._clock = clock

    async def exist(self) -> bool:
        """Whether this installation has any account."""
        async with self._database.transaction() as tx:
            return await queries.has_accounts(tx)

    async def workspaces(self, user_id: UserId) -> tuple[Membership, ...]:
        async with self._database.transaction() as tx:
            return await workspace_queries.list_of_user(tx, user_id)

    async def create_workspace(self, signed_in: SignedIn, name: str, visitor: Visitor) -> Membership:
        """Raises Invalid on `name`, Throttled."""
        clean_name(name, field="name")
        await self._throttle.admit(Action.CREATE_WORKSPACE, account=str(signed_in.user_id), network=visitor.network)
        async with self._database.transaction() as tx:
            return await create_workspace(tx, signed_in.user_id, name, self._clock())

    async def rename(self, signed_in: SignedIn, name: str) -> str:
        """The name as it is kept. Raises Invalid on `name`."""
        name = clean_name(name, field="name")
        async with self._database.transaction() as tx:
            await queries.rename(tx, signed_in.user_id, name)
            await _announce(tx, signed_in.user_id)
        return name

    async def verify_email(self, token: str) -> str:
        """The address that is proven now; a sign-up that waited for this becomes an account. Raises LinkExpired.

        Nobody is signed in by it: a link that somebody else sent must not put this browser into his account.
        """
        async with self._database.transaction() as tx:
            letter = await self._post.spend(tx, token, *CONFIRMS_ADDRESS)
            if letter.pending:
                if await queries.account_by_email(tx, letter.email):
                    raise LinkExpired("This address has an account by now.", next_step="Sign in, or choose a new password.")
                await self._sign_up.make(tx, letter.email, letter.pending, email_verified=True)
            elif letter.user_id:
                await self._prove_address(tx, letter.user_id)
        return letter.email

    async def resend_verification(self, signed_in: SignedIn, visitor: Visitor) -> None:
        """A new link; earlier ones stop working. Nothing when the address is verified already. Raises Throttled."""
        if signed_in.email_verified:
            return
        await self._throttle.admit(Action.ASK_FOR_MAIL, account=signed_in.email, network=visitor.network)
        async with self._database.transaction() as tx:
            await queries.spend_mail_tokens(tx, signed_in.user_id, CONFIRMS_ADDRESS, self._clock())
            await self._post.post(tx, Purpose.VERIFY, signed_in.email, user_id=signed_in.user_id)

    async def verification_link(self, signed_in: SignedIn) -> str | None:
        """For the founder of an installation without a mail server, until the address is verified."""
        if signed_in.email_verified or not signed_in.is_founder:
            return None
        async with self._database.transaction() as tx:
            return await self._post.link_in_log(tx, signed_in.user_id, Purpose.VERIFY)

    async def admit_forgotten(self, email: str, visitor: Visitor) -> None:
        """First half of "forgot password": the part whose answer may be shown. Raises Invalid on `email`, Throttled."""
        await self._throttle.admit(Action.ASK_FOR_MAIL, account=clean_email(email), network=visitor.network)

    async def send_reset(self, email: str) -> None:
        """Second half, after the answer is out, so that its time tells nothing: a reset link, if there is an account."""
        async with self._database.transaction() as tx:
            account = await queries.account_by_email(tx, clean_email(email))
            if account:
                await self._post.post(tx, Purpose.RESET, account.email, user_id=account.id)

    async def reset_password(self, token: str, password: str) -> None:
        """Set a new password by a mailed link. Raises LinkExpired, Invalid on `password`.

        All web sessions end within a second (`users` is announced). Authorised OAuth clients stay: they are listed, and revoked,
        under authorized apps. The link came to the address, so it is verified now.
        """
        check_password(password, field="password", email="")
        fresh = await self._passwords.hash(password)
        async with self._database.transaction() as tx:
            letter = await self._post.spend(tx, token, *RESETS_PASSWORD)
            if letter.user_id is None:
                raise LinkExpired("This link belongs to no account.")
            await self._replace_password(tx, letter.user_id, letter.email, fresh)
            await self._prove_address(tx, letter.user_id)

    async def change_password(self, signed_in: SignedIn, change: ChangePassword, visitor: Visitor) -> str:
        """All sessions end; returns the cookie of a new one for this browser. Raises Invalid by field, Throttled."""
        check_password(change.new, field="new", email=signed_in.email)
        attempts = await self._throttle.admit(Action.CHANGE_PASSWORD, account=str(signed_in.user_id), network=visitor.network)
        async with self._database.transaction() as tx:
            stored = await queries.password_hash(tx, signed_in.user_id)
        if not await self._passwords.verify(change.current[: PASSWORD_MAX + 1], stored):
            message = "This is not your current password."
            raise Invalid(message, errors={"current": message})
        await self._throttle.forgive(attempts)
        fresh = await self._passwords.hash(change.new)
        async with self._database.transaction() as tx:
            await self._replace_password(tx, signed_in.user_id, signed_in.email, fresh)
            return await self._sessions.start(tx, signed_in.user_id, visitor)

    async def _replace_password(self, tx: Transaction, user_id: UserId, email: str, password_hash: str) -> None:
        await queries.set_password(tx, user_id, password_hash)
        await queries.spend_mail_tokens(tx, user_id, RESETS_PASSWORD, self._clock())
        await self._sessions.end_all(tx, user_id)
        if self._post.sends:
            await self._post.post(tx, Purpose.PASSWORD_CHANGED, email, user_id=user_id)
        log.info("password.replaced", user=str(user_id))

    async def _prove_address(self, tx: Transaction, user_id: UserId) -> None:
        await queries.mark_verified(tx, user_id, self._clock())
        await queries.spend_mail_tokens(tx, user_id, CONFIRMS_ADDRESS, self._clock())
        await _announce(tx, user_id)


async def _announce(tx: Transaction, user_id: UserId) -> None:
    await tx.announce(Change(topic="users", id=str(user_id)))
