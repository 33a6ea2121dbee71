"""The hot path's first step: a bearer token becomes a `Caller`, or nothing happens.

A known token costs one keyed digest and one dictionary look-up; revocations, role changes and removed members drop it
from the cache of every process (`infra/changes.py`), and a process that cannot hear of them asks the database each time.
"""

import asyncio
import time
from collections.abc import Sequence
from functools import partial

import structlog

from conducktor.core.clock import Clock
from conducktor.core.errors import Unauthenticated, Unavailable
from conducktor.core.ids import AuthorizationId, WorkspaceId
from conducktor.infra.changes import Cached, ChangeFeed
from conducktor.infra.database import Change, Database
from conducktor.infra.encryption import KeyRing
from conducktor.oauth import queries
from conducktor.oauth.caller import Caller
from conducktor.oauth.resources import covers, metadata_url
from conducktor.oauth.scopes import DEFAULT_SCOPES, MEANINGS, Scope, in_order
from conducktor.oauth.secrets import ACCESS_TOKEN
from conducktor.settings import Settings

log = structlog.get_logger()

USE_NOTED_EVERY_S = 60.0
REMEMBERED_USES = 10_000


class NoToken(Unauthenticated):
    """An access token is needed."""


class InvalidToken(Unauthenticated):
    """The access token is not valid."""


class Authenticator:
    """One per process."""

    def __init__(self, database: Database, changes: ChangeFeed, key_ring: KeyRing, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock
        self._settings = settings
        self._callers: Cached[bytes, Caller] = Cached(changes, stale=_concerns)
        self._uses = _Uses(database, clock)

    async def start(self) -> None:
        self._uses.start()

    async def stop(self) -> None:
        await self._uses.stop()

    async def authenticate(self, authorization_values: Sequence[bytes], resource: str) -> Caller:
        """Who sends these `Authorization` headers to `resource` (the URL of an endpoint of ours, RFC 8707 audience).

        Raises NoToken, InvalidToken, and Unavailable when only the database could tell and is away: nobody is anonymous.
        """
        digest = self._key_ring.digest(ACCESS_TOKEN.purpose, _bearer_token(authorization_values))
        caller = self._callers.peek(digest)
        if caller is None:
            caller = await self._callers.get(digest, partial(self._load, digest))
        if caller.expires_at <= self._clock():
            raise InvalidToken("The access token has expired.", next_step="Refresh it.")
        if not covers(caller.audience, resource):
            raise InvalidToken("The access token was issued for another resource.")
        self._uses.note(caller.authorization_id)
        return caller

    async def caller_of(self, workspace_id: WorkspaceId, authorization_id: AuthorizationId | None) -> Caller | None:
        """The person and app of a live authorization, with what both may do now; None when it ended. For the worker.

        Raises Unavailable.
        """
        if authorization_id is None:
            return None
        async with self._database.transaction() as tx:
            return await queries.caller_of(tx, workspace_id, authorization_id, self._clock())

    def challenge(self, error: Unauthenticated, resource: str) -> str:
        """The `WWW-Authenticate` value of the 401 that `error` becomes."""
        return challenge(self._settings, resource=resource, error="invalid_token" if isinstance(error, InvalidToken) else None)

    def step_up(self, resource: str, scope: Scope) -> str:
        """The `WWW-Authenticate` value that asks for one scope more (RFC 6750 §3.1 insufficient_scope)."""
        scopes, missing = in_order([*DEFAULT_SCOPES, scope]), MEANINGS[scope].title
        return challenge(
            self._settings,
            resource=resource,
            error="insufficient_scope",
            description=f"This needs the permission: {missing}",
            scopes=scopes,
        )

    def sign_in_there(self, caller: Caller, description: str) -> str:
        """The `WWW-Authenticate` value with which ChatGPT offers to connect again: the consent page then names the services that
        the person has to sign in to. It asks for nothing more than the app has."""
        return challenge(
            self._settings,
            resource=caller.audience,
            error="insufficient_scope",
            description=description,
            scopes=in_order([scope for scope in Scope if scope in caller.scopes]),
        )

    async def _load(self, digest: bytes) -> Caller:
        async with self._database.transaction() as tx:
            caller = await queries.caller(tx, digest)
        if caller is None:
            raise InvalidToken("The access token is not known here, or was revoked.", next_step="Connect again.")
        return caller


def challenge(
    settings: Settings,
    *,
    resource: str | None = None,
    error: str | None = None,
    description: str | None = None,
    scopes: Sequence[str] = DEFAULT_SCOPES,
) -> str:
    """A `WWW-Authenticate` value that leads a client to our metadata. RFC 6750 §3, RFC 9728 §5.1.

    `description` is plain ASCII without quotes.
    """
    fields = {"resource_metadata": metadata_url(settings, resource or settings.resource), "scope": " ".join(scopes)}
    if error:
        fields["error"] = error
    if description:
        fields["error_description"] = description
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in fields.items())


def _bearer_token(values: Sequence[bytes]) -> bytes:
    """RFC 6750 §2.1; the only place where a token is accepted."""
    if not values:
        raise NoToken("Connect first: this endpoint needs an access token.")
    if len(values) > 1:
        raise InvalidToken("There are two Authorization headers.")
    scheme, _, token = values[0].strip(b" \t").partition(b" ")
    token = token.lstrip(b" ")
    if scheme.lower() != b"bearer":
        raise NoToken("Connect first: this endpoint needs a bearer token.")
    if not ACCESS_TOKEN.looks_like(token):
        raise InvalidToken("This is not an access token of Conducktor.")
    return token


def _concerns(change: Change, _digest: bytes, caller: Caller) -> bool:
    match change.topic:
        case "authorizations":
            return change.id in ("", str(caller.authorization_id))
        case "members":
            return change.workspace_id in (None, caller.actor.workspace_id)
        case "users":
            return change.id in ("", str(caller.actor.user_id))
        case _:
            return False


class _Uses:
    """Writes down, off the hot path, that authorizations were used: the first use at once, later ones once a minute."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._noted_at: dict[AuthorizationId, float] = {}
        self._waiting: set[AuthorizationId] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="authorization-uses")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._write()

    def note(self, authorization_id: AuthorizationId) -> None:
        now = time.monotonic()
        if now - self._noted_at.get(authorization_id, -USE_NOTED_EVERY_S) < USE_NOTED_EVERY_S:
            return
        if len(self._noted_at) >= REMEMBERED_USES:
            self._noted_at.clear()
        self._noted_at[authorization_id] = now
        self._waiting.add(authorization_id)
        self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._write()

    async def _write(self) -> None:
        used, self._waiting = self._waiting, set()
        if not used:
            return
        try:
            async with self._database.transaction() as tx:
                for workspace_id, authorization_id in await queries.note_uses(tx, used, self._clock(), USE_NOTED_EVERY_S):
                    await tx.announce(Change(topic="authorizations", workspace_id=workspace_id, id=str(authorization_id)))
        except Unavailable:
            log.warning("authorization.use_not_noted", authorizations=len(used))
