"""The token endpoint: what a client holds becomes a pair of tokens, or a refusal."""

import asyncio
from base64 import b64decode
from functools import partial
from urllib.parse import unquote_plus

import msgspec
import structlog

from conducktor.audit.writer import AuditWriter
from conducktor.core.clock import Clock
from conducktor.infra.database import Change, Database, Transaction
from conducktor.infra.encryption import KeyRing
from conducktor.oauth import queries
from conducktor.oauth.authorization_server import Context, Reply, RequiredPkce, Server, ServerRequest, as_oauth_error
from conducktor.oauth.clients.client import Client
from conducktor.oauth.clients.directory import Clients
from conducktor.oauth.grants.authorization_code import AuthorizationCodeGrant
from conducktor.oauth.grants.queries import Session, in_session
from conducktor.oauth.grants.refresh_token import RefreshTokenGrant
from conducktor.oauth.protocol import GRANT_TYPES, Code, OAuthError, Pairs, UnknownClient, single_values
from conducktor.settings import Settings

log = structlog.get_logger()

PATH = "/oauth/token"
AT_ONCE = 8
"""Exchanges per process: those that wait for one row must not hold all connections of the pool."""


class TokenResponse(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 6749 §5.1."""

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str
    scope: str


class AuthorizationEnded(msgspec.Struct, frozen=True, kw_only=True):
    """For the audit. `reason`: `replay` of a code, `reuse` of a refresh token, or `client`."""

    authorization_id: str
    reason: str


class TokenEndpoint:
    def __init__(
        self, database: Database, key_ring: KeyRing, clock: Clock, settings: Settings, clients: Clients, audit: AuditWriter
    ) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock
        self._settings = settings
        self._clients = clients
        self._audit = audit
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def exchange(self, pairs: Pairs, authorization: str | None) -> TokenResponse:
        """Raises OAuthError. `authorization` is the request's header of that name, if any."""
        # 1. Read: nothing twice, a grant that we know.
        given = single_values(pairs, many=frozenset({"resource"}))
        _check_grant_type(given.get("grant_type"))
        # 2. Which client? Public ones only; what it holds was bound to it.
        client = await find_client(self._clients, given, authorization)
        # 3. Let the grant prove what the client holds, and issue: one transaction, committed also when it refuses.
        async with self._turns, self._database.transaction() as tx:
            context = Context(settings=self._settings, key_ring=self._key_ring, now=self._clock(), client=client)
            reply = await in_session(tx, partial(_run, context, pairs))
            # 4. Record: every process hears of it, the audit knows why.
            await self._record(tx, context)
        # 5. Answer.
        if reply.status != 200:
            error = as_oauth_error(reply)
            log.info("token.refused", client=client.id, grant=given["grant_type"], error=error.code)
            raise error
        return msgspec.convert(reply.body, type=TokenResponse)

    async def _record(self, tx: Transaction, context: Context) -> None:
        for changed in [*context.changed, *(ended for ended, _ in context.revoked)]:
            await tx.announce(Change(topic="authorizations", workspace_id=changed.workspace_id, id=str(changed.authorization_id)))
        for ended, reason in context.revoked:
            log.warning("authorization.revoked", authorization=str(ended.authorization_id), reason=reason)
            if actor := await queries.actor(tx, ended.authorization_id):
                entry = AuthorizationEnded(authorization_id=str(ended.authorization_id), reason=reason)
                await self._audit.record_operation(tx, actor, "authorizations.revoke", entry)


async def find_client(clients: Clients, given: dict[str, str], authorization: str | None) -> Client:
    """The client of a request to the token or revocation endpoint. Raises UnknownClient.

    A secret is ignored: people type one into ChatGPT, but all clients are public, and PKCE and rotation bind what they hold.
    """
    named = {name for name in (given.get("client_id"), _basic_user(authorization)) if name}
    if len(named) != 1:
        raise UnknownClient("Say once which client this is: client_id is missing, or there are two.")
    client = await clients.known(named.pop())
    if client is None:
        raise UnknownClient("This client is not registered here, or no longer.")
    return client


def _check_grant_type(grant_type: str | None) -> None:
    if grant_type is None:
        raise OAuthError(Code.INVALID_REQUEST, "grant_type is missing.")
    if grant_type not in GRANT_TYPES:
        raise OAuthError(Code.UNSUPPORTED_GRANT_TYPE, f"grant_type must be {' or '.join(GRANT_TYPES)}.")


def _run(context: Context, pairs: Pairs, session: Session) -> Reply:
    context.session = session
    server = Server(context)
    server.register_grant(AuthorizationCodeGrant, [RequiredPkce()])
    server.register_grant(RefreshTokenGrant)
    reply = server.create_token_response(ServerRequest(context, "POST", PATH, pairs))
    assert isinstance(reply, Reply)
    return reply


def _basic_user(authorization: str | None) -> str | None:
    """RFC 6749 §2.3.1: the client id in HTTP Basic, form-encoded."""
    scheme, _, credentials = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return unquote_plus(b64decode(credentials, validate=True).decode().partition(":")[0])
    except ValueError:
        return None
