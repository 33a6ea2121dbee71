"""Signing in and out with e-mail address and password."""

import msgspec
import structlog

from conducktor.core.errors import Invalid, Unauthenticated
from conducktor.core.ids import UserId
from conducktor.identity import queries
from conducktor.identity.account import Visitor
from conducktor.identity.passwords import PASSWORD_MAX, Passwords
from conducktor.identity.sessions import Sessions
from conducktor.identity.throttle import Action, Throttle
from conducktor.infra.database import Database
from conducktor.workspaces.email_address import clean_email

log = structlog.get_logger()


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    email: str
    password: str


class WrongCredentials(Unauthenticated):
    """E-mail address or password is wrong."""


class SignIn:
    """Takes the same time and gives the same answer whether the account does not exist or the password is wrong."""

    def __init__(self, database: Database, sessions: Sessions, passwords: Passwords, throttle: Throttle) -> None:
        self._database = database
        self._sessions = sessions
        self._passwords = passwords
        self._throttle = throttle

    async def __call__(self, given: Credentials, visitor: Visitor, old_cookie: str | None) -> str:
        """A fresh session's cookie; the browser's old session ends. Raises WrongCredentials, Throttled."""
        email = _email(given.email)
        attempts = await self._throttle.admit(Action.SIGN_IN, account=email or given.email[:254], network=visitor.network)
        async with self._database.transaction() as tx:
            found = await queries.credentials(tx, email) if email else None
        user_id, stored = found or (None, None)
        matches = await self._passwords.verify(given.password[: PASSWORD_MAX + 1], stored)
        if user_id is None or stored is None or not matches:
            log.info("sign_in.refused", user=str(user_id or ""), network=visitor.network)
            raise WrongCredentials(
                "E-mail address or password is wrong.",
                next_step="If you have just signed up, open the link in our mail first. You can also choose a new password.",
            )
        await self._throttle.forgive(attempts)
        await self._rehash(user_id, given.password, stored)
        await self._sessions.end(old_cookie)
        async with self._database.transaction() as tx:
            return await self._sessions.start(tx, user_id, visitor)

    async def _rehash(self, user_id: UserId, password: str, stored: str) -> None:
        if self._passwords.is_outdated(stored):
            fresh = await self._passwords.hash(password)
            async with self._database.transaction() as tx:
                await queries.rehash_password(tx, user_id, stored, fresh)


def _email(raw: str) -> str | None:
    try:
        return clean_email(raw)
    except Invalid:
        return None
