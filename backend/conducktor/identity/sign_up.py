"""Making accounts: the first one of an installation, by sign-up, or by invitation."""

import msgspec
import structlog

from conducktor.core.clock import Clock
from conducktor.core.errors import Conflict, Forbidden
from conducktor.core.ids import UserId, new_id
from conducktor.identity import queries
from conducktor.identity.account import Account, PendingSignUp, Visitor
from conducktor.identity.account_post import AccountPost
from conducktor.identity.invitations import Invitations
from conducktor.identity.passwords import Passwords, check_password
from conducktor.identity.purpose import Purpose
from conducktor.identity.sessions import Sessions
from conducktor.identity.throttle import Action, Throttle
from conducktor.infra.database import Database, Transaction
from conducktor.workspaces.create import create_workspace
from conducktor.workspaces.email_address import clean_email
from conducktor.workspaces.membership import OpenInvitation
from conducktor.workspaces.names import clean_name

log = structlog.get_logger()

FIRST_WORKSPACE = "My workspace"


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    email: str
    password: str
    workspace_name: str | None = None
    invitation: str | None = None


class SignUpClosed(Forbidden):
    """This installation takes new people by invitation only."""


class AddressTaken(Conflict):
    """This e-mail address has an account."""


class SignUp:
    """Who may have an account, and what a new one starts with.

    With a mail server, an open sign-up answers the same whatever the address: its account is made when the link in the letter is
    opened. The first account, invited people, and installations without a mail server are signed in at once.
    """

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        passwords: Passwords,
        throttle: Throttle,
        post: AccountPost,
        invitations: Invitations,
        clock: Clock,
        *,
        is_open: bool,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._passwords = passwords
        self._throttle = throttle
        self._post = post
        self._invitations = invitations
        self._clock = clock
        self._is_open = is_open

    async def __call__(self, given: NewAccount, visitor: Visitor, old_cookie: str | None) -> str | None:
        """The new session's cookie, or None when a letter tells how to go on.

        Raises Invalid (by field), SignUpClosed, AddressTaken, LinkExpired, Throttled.
        """
        name, email = clean_name(given.name, field="name"), clean_email(given.email)
        check_password(given.password, field="password", email=email)
        workspace_name = clean_name(given.workspace_name or FIRST_WORKSPACE, field="workspace_name")
        await self._throttle.admit(Action.SIGN_UP, account=email, network=visitor.network)
        pending = PendingSignUp(
            name=name, password_hash=await self._passwords.hash(given.password), workspace_name=workspace_name
        )
        async with self._database.transaction() as tx:
            is_first = await self._is_first(tx)
            if given.invitation:
                invitation = await self._invitations.require(tx, given.invitation, email)
                user_id = await self._join(tx, email, pending, invitation)
            elif not is_first and not self._is_open:
                raise SignUpClosed("New accounts need an invitation.", next_step="Ask an owner or admin to invite you.")
            elif not is_first and self._post.sends:
                await self._hold(tx, email, pending)
                return None
            else:
                user_id = await self.make(tx, email, pending, is_founder=is_first, email_verified=False)
            cookie = await self._sessions.start(tx, user_id, visitor)
        await self._sessions.end(old_cookie)
        return cookie

    async def make(
        self, tx: Transaction, email: str, pending: PendingSignUp, *, is_founder: bool = False, email_verified: bool
    ) -> UserId:
        """An account with an organization and a workspace of its own. Raises AddressTaken."""
        account = await self._add(tx, email, pending, is_founder=is_founder, email_verified=email_verified)
        await create_workspace(tx, account.id, pending.workspace_name, self._clock(), name_field="workspace_name")
        return account.id

    async def _join(self, tx: Transaction, email: str, pending: PendingSignUp, invitation: OpenInvitation) -> UserId:
        account = await self._add(tx, email, pending, is_founder=False, email_verified=invitation.email_proven)
        await self._invitations.take(tx, account, invitation)
        return account.id

    async def _hold(self, tx: Transaction, email: str, pending: PendingSignUp) -> None:
        """Keep the sign-up in a letter; or, when the address has an account, tell its owner that somebody tried."""
        existing = await queries.account_by_email(tx, email)
        if existing:
            await self._post.post(tx, Purpose.ALREADY_REGISTERED, existing.email, user_id=existing.id)
        else:
            await self._post.post(tx, Purpose.SIGN_UP, email, pending=pending)

    async def _add(
        self, tx: Transaction, email: str, pending: PendingSignUp, *, is_founder: bool, email_verified: bool
    ) -> Account:
        account = Account(
            id=UserId(new_id()), name=pending.name, email=email, email_verified=email_verified, is_founder=is_founder
        )
        if not await queries.add_user(tx, account, pending.password_hash, self._clock()):
            message = "This address has an account already."
            raise AddressTaken(message, next_step="Sign in, or choose a new password.", errors={"email": message})
        if not email_verified:
            await self._post.post(tx, Purpose.VERIFY, email, user_id=account.id)
        log.info("account.created", user=str(account.id), founder=is_founder)
        return account

    async def _is_first(self, tx: Transaction) -> bool:
        if await queries.has_accounts(tx):
            return False
        await queries.lock_founding(tx)
        return not await queries.has_accounts(tx)
