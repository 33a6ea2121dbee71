"""Web sessions: a random cookie value, stored as a keyed digest; looked up in a cache that hears of every change."""

import secrets
from datetime import timedelta

import structlog

from conducktor.core.clock import Clock
from conducktor.core.errors import NotFound, Unauthenticated
from conducktor.core.ids import SessionId, UserId
from conducktor.identity import queries
from conducktor.identity.account import SessionView, SignedIn, Visitor
from conducktor.infra.changes import Cached, ChangeFeed
from conducktor.infra.database import Change, Database, Transaction
from conducktor.infra.encryption import KeyRing

log = structlog.get_logger()

LASTS = timedelta(days=30)
IDLE_LASTS = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=5)  # "last seen" is as exact as this; finer would be a write per request


class Sessions:
    """Starts, finds and ends sessions. Ending one holds in every process within a second."""

    def __init__(self, database: Database, changes: ChangeFeed, key_ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock
        self._found: Cached[bytes, SignedIn] = Cached(changes, stale=_concerns)

    async def start(self, tx: Transaction, user_id: UserId, visitor: Visitor) -> str:
        """A new session for this browser; returns the cookie's value, which exists nowhere else."""
        cookie = secrets.token_urlsafe(32)
        session_id = await queries.add_session(tx, user_id, self._digest(cookie), visitor, self._clock(), LASTS)
        log.info("session.started", session=str(session_id), user=str(user_id), network=visitor.network)
        return cookie

    async def find(self, cookie: str | None) -> SignedIn:
        """Whoever holds this cookie. Raises Unauthenticated when it is absent, unknown, ended or expired."""
        token_hash = self._digest(cookie)
        signed_in = await self._found.get(token_hash, lambda: self._load(token_hash))
        if min(signed_in.expires_at, signed_in.last_seen_at + TOUCH_EVERY) <= self._clock():
            return await self.find_fresh(cookie)  # another process may have seen it since
        return signed_in

    async def find_fresh(self, cookie: str | None) -> SignedIn:
        """The same past the cache: for what a page shows right after it changed something. Raises Unauthenticated."""
        signed_in, now = await self._load(self._digest(cookie)), self._clock()
        if min(signed_in.expires_at, signed_in.last_seen_at + IDLE_LASTS) <= now:
            raise Unauthenticated("Your session has expired.", next_step="Sign in again.")
        if signed_in.last_seen_at + TOUCH_EVERY <= now:
            async with self._database.transaction() as tx:
                await queries.touch_session(tx, signed_in.session_id, now)
                await _announce(tx, signed_in.session_id)
        return signed_in

    async def end(self, cookie: str | None) -> None:
        """End the session of this cookie, if there is one."""
        if not cookie:
            return
        async with self._database.transaction() as tx:
            if session_id := await queries.delete_session_by_token(tx, self._digest(cookie)):
                await _announce(tx, session_id)
                log.info("session.ended", session=str(session_id))

    async def end_one(self, signed_in: SignedIn, session_id: SessionId) -> None:
        """Raises NotFound when it is not a session of that person."""
        async with self._database.transaction() as tx:
            if not await queries.delete_session(tx, signed_in.user_id, session_id):
                raise NotFound("You have no such session.")
            await _announce(tx, session_id)
        log.info("session.ended", session=str(session_id), user=str(signed_in.user_id))

    async def end_all(self, tx: Transaction, user_id: UserId) -> None:
        """Every session of that person; the announcement on `users` makes all processes forget them."""
        await queries.delete_sessions_of(tx, user_id)
        await tx.announce(Change(topic="users", id=str(user_id)))

    async def of_person(self, signed_in: SignedIn) -> list[SessionView]:
        now = self._clock()
        async with self._database.transaction() as tx:
            return await queries.sessions(tx, signed_in.user_id, signed_in.session_id, now - IDLE_LASTS, now)

    async def sweep(self) -> None:
        now = self._clock()
        async with self._database.transaction() as tx:
            await queries.sweep_sessions(tx, now, now - IDLE_LASTS)

    async def _load(self, token_hash: bytes) -> SignedIn:
        async with self._database.transaction() as tx:
            signed_in = await queries.session_by_token(tx, token_hash)
        if signed_in is None:
            raise Unauthenticated("Your session has ended.", next_step="Sign in again.")
        return signed_in

    def _digest(self, cookie: str | None) -> bytes:
        if not cookie:
            raise Unauthenticated("You are not signed in.", next_step="Sign in.")
        return self._key_ring.digest("web-session", cookie.encode("utf-8", "surrogatepass"))


async def _announce(tx: Transaction, session_id: SessionId) -> None:
    await tx.announce(Change(topic="sessions", id=str(session_id)))


def _concerns(change: Change, _token_hash: bytes, signed_in: SignedIn) -> bool:
    match change.topic:
        case "sessions":
            return change.id == str(signed_in.session_id)
        case "users":
            return change.id == str(signed_in.user_id)
    return False
