"""One person's way to a service's sign-in page and back, and what is kept of it."""

import hmac
import secrets
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

import msgspec
import structlog
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from conducktor.connections.connection import Connection
from conducktor.connections.lookup import connection_named
from conducktor.connections.mcp_client import Endpoint, Fault, McpClient, Transport, UpstreamError
from conducktor.connections.openapi import queries as descriptions
from conducktor.connections.openapi.queries import Description
from conducktor.connections.own_accounts import queries as own_queries
from conducktor.connections.own_accounts.account import OwnAccount
from conducktor.connections.sign_in import queries as sign_ins
from conducktor.connections.sign_in.arrivals import Arrivals, has_own_sign_ins
from conducktor.connections.sign_in.client import client_for, redirect_uri, shown_otherwise
from conducktor.connections.sign_in.grant import (
    Attempt,
    Grant,
    Journey,
    SignInRecord,
    client_seal,
    journey_seal,
    opened_journey,
    readable,
    sealed,
)
from conducktor.connections.sign_in.keeping import Keeping
from conducktor.connections.sign_in.named_server import named_protection
from conducktor.connections.sign_in.refusal import Result
from conducktor.connections.sign_in.server import Protection, protection_of
from conducktor.connections.sign_in.step_up import scope_union
from conducktor.connections.sign_in.tokens import ClientRefused, GrantRefused, ServerAway, Tokens, exchange, revoke
from conducktor.connections.states import Auth, ConnectionState
from conducktor.core.actor import Actor, Permission
from conducktor.core.errors import Conflict, Forbidden
from conducktor.core.ids import ConnectionId, UserId, WorkspaceId, new_id
from conducktor.infra.database import Transaction
from conducktor.infra.http_client import HttpClient

log = structlog.get_logger()

ATTEMPT_LASTS = timedelta(minutes=10)
PROBE_DEADLINE_S = 10.0


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """The query with which a browser came back. RFC 6749 §4.1.2, RFC 9207."""

    state: str
    code: str | None
    error: str | None
    issuer: str | None


class Purpose(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody signs in for: the workspace's credential, or the own account. `return_to` is our page for the way back."""

    return_to: str
    is_own: bool


class SignIns:
    """One per process."""

    def __init__(self, keeping: Keeping, http: HttpClient, mcp: McpClient, origin: str) -> None:
        self._database = keeping.database
        self._key_ring = keeping.key_ring
        self._clock = keeping.clock
        self._http = http
        self._mcp = mcp
        self._arrivals = Arrivals(keeping)
        self._origin = origin

    async def begin(self, actor: Actor, name: str, browser: str, purpose: Purpose) -> str:
        """The address at which the person signs in; it comes back to `redirect_uri` within 10 min, in this browser only.

        Raises NoSuchConnection, Conflict, UpstreamError, SignInImpossible, NeedsClient.
        """
        async with self._database.transaction() as tx:
            connection = await connection_named(tx, actor.workspace_id, name)
            record = await sign_ins.get(tx, actor.workspace_id, connection.id)
            account = await own_queries.get(tx, actor.workspace_id, connection.id, actor.user_id) if purpose.is_own else None
            description = await descriptions.get(tx, actor.workspace_id, connection.id)
        _check_signs_in(connection, purpose)
        known = readable(record.client, self._key_ring) if record else None
        protection = await self._protection(connection, description)
        lacking, holder = (account, account) if purpose.is_own else (connection, record)
        protection = self._wider(protection, lacking.wanted_scope if lacking else None, holder)
        client = await client_for(self._http, name, protection.server, known, origin=self._origin, scope=protection.scope)
        journey = Journey(
            server=protection.server,
            client=client,
            scope=protection.scope,
            resource=protection.resource,
            verifier=secrets.token_urlsafe(48),
            url=connection.url,
            return_to=purpose.return_to,
            is_own=purpose.is_own,
        )
        state = secrets.token_urlsafe(32)
        async with self._database.transaction() as tx:
            if client != known:
                client_sealed = sealed(self._key_ring, client, client_seal(connection.id))
                await sign_ins.put_client(tx, actor.workspace_id, connection.id, client_sealed)
            await sign_ins.add_attempt(tx, self._attempt(actor, connection.id, (state, browser), journey), self._clock())
        return _authorization_url(protection, journey, state, redirect_uri(self._origin))

    async def take(self, returned: Return, browser: str | None, user_id: UserId) -> Attempt | None:
        """The attempt that this browser came back from; None for any other state. A state counts once, whoever brings it."""
        async with self._database.transaction() as tx:
            attempt = await sign_ins.take_attempt(tx, self._state_digest(returned.state))
        if attempt is None or attempt.expires_at <= self._clock() or attempt.user_id != user_id:
            return None
        return attempt if hmac.compare_digest(attempt.browser_digest, self._browser_digest(browser or "")) else None

    def journey(self, attempt: Attempt) -> Journey:
        return opened_journey(self._key_ring, attempt)

    async def finish(self, actor: Actor, attempt: Attempt, returned: Return) -> Result:
        """Exchange the code and keep what comes of it."""
        journey = self.journey(attempt)
        if (result := _judged(journey, returned)) is not None:
            return result
        try:
            actor.require(Permission.TOOLS_CALL if journey.is_own else Permission.CONNECTIONS_WRITE)
        except Forbidden:
            return Result.FORBIDDEN
        try:
            journey, tokens = await self._exchanged(journey, returned.code or "")
        except GrantRefused:
            return Result.REFUSED
        except ServerAway:
            return Result.UNREACHABLE
        return await (self._arrivals.keep_own if journey.is_own else self._arrivals.keep)(actor, attempt, journey, tokens)

    async def revoke(self, grant: Grant | None) -> None:
        """Tell the service that nobody needs it any more, where the service wants to know."""
        if grant and grant.refresh_token:
            await revoke(self._http, grant.server, grant.client, grant.refresh_token, "refresh_token")

    async def forget(self, tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId) -> Grant | None:
        """Drop client and grant of a connection; `revoke` what is returned after the commit."""
        record = await sign_ins.get(tx, workspace_id, connection_id)
        await sign_ins.remove(tx, workspace_id, connection_id)
        return readable(record.grant, self._key_ring) if record else None

    async def _exchanged(self, journey: Journey, code: str) -> tuple[Journey, Tokens]:
        """The journey with the client as the server took it. Raises GrantRefused, ServerAway."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri(self._origin),
            "code_verifier": journey.verifier,
            "resource": journey.resource,
        }
        try:
            return journey, await exchange(self._http, journey.server, journey.client, form)
        except ClientRefused:
            other = shown_otherwise(journey.server, journey.client)
            if other is None:
                raise
        return msgspec.structs.replace(journey, client=other), await exchange(self._http, journey.server, other, form)

    def _wider(self, protection: Protection, wanted: str | None, holder: OwnAccount | SignInRecord | None) -> Protection:
        """Asking also for what the service wants besides, and what was given already."""
        if not wanted:
            return protection
        grant = readable(holder.grant, self._key_ring) if holder else None
        scope = scope_union(grant.scope if grant else None, protection.scope, wanted)
        return msgspec.structs.replace(protection, scope=scope)

    async def _protection(self, connection: Connection, description: Description | None) -> Protection:
        """From the document of a REST service; else discovered from the service. Raises SignInImpossible, UpstreamError."""
        if connection.transport is Transport.OPENAPI:
            named = description.sign_in if description else None
            return await named_protection(self._http, connection.name, connection.url, named)
        return await protection_of(self._http, connection.name, connection.url, await self._challenge(connection))

    async def _challenge(self, connection: Connection) -> str | None:
        """What the upstream says to somebody who shows nothing. Raises UpstreamError when it does not answer at all."""
        stranger = Endpoint(connection_id=connection.id, name=connection.name, url=connection.url, transport=connection.transport)
        try:
            await self._mcp.probe(stranger, deadline_s=PROBE_DEADLINE_S)
        except UpstreamError as error:
            if error.fault in (Fault.SIGN_IN_AGAIN, Fault.NOT_ALLOWED):
                return error.challenge
            raise
        return None

    def _attempt(self, actor: Actor, connection_id: ConnectionId, bound: tuple[str, str], journey: Journey) -> Attempt:
        attempt_id: UUID = new_id()
        state, browser = bound
        return Attempt(
            id=attempt_id,
            workspace_id=actor.workspace_id,
            connection_id=connection_id,
            user_id=actor.user_id,
            state_digest=self._state_digest(state),
            browser_digest=self._browser_digest(browser),
            journey_sealed=sealed(self._key_ring, journey, journey_seal(attempt_id)),
            expires_at=self._clock() + ATTEMPT_LASTS,
        )

    def _state_digest(self, state: str) -> bytes:
        return self._key_ring.digest("connections.sign_in.state", state.encode("utf-8", "surrogatepass"))

    def _browser_digest(self, browser: str) -> bytes:
        return self._key_ring.digest("connections.sign_in.browser", browser.encode("utf-8", "surrogatepass"))


def _check_signs_in(connection: Connection, purpose: Purpose) -> None:
    if connection.state is ConnectionState.DISABLED:
        raise Conflict(f"{connection.name} is disabled.", next_step="Enable the connection before signing in.")
    if purpose.is_own and not has_own_sign_ins(connection):
        raise Conflict(
            f"{connection.name} is not used with people's own sign-ins.",
            next_step="Somebody who manages connections chooses that in the connection's settings.",
        )
    if connection.auth not in (Auth.NONE, Auth.OAUTH):
        raise Conflict(
            f"{connection.name} uses a key.", next_step="Choose signing in instead of the key in the connection's settings first."
        )


def _judged(journey: Journey, returned: Return) -> Result | None:
    """What the answer means before its code is used; None: use it. On a mix-up nothing of it is believed (RFC 9207).

    A document that names endpoints knows no issuer: then it is the state alone that binds.
    """
    server = journey.server
    if returned.issuer is None and server.authorization_response_iss_parameter_supported:
        return Result.WRONG_ISSUER
    if returned.issuer is not None and server.issuer is not None and returned.issuer != server.issuer:
        return Result.WRONG_ISSUER
    if returned.error is not None or not returned.code:
        return Result.DENIED if returned.error == "access_denied" else Result.REFUSED
    return None


def _authorization_url(protection: Protection, journey: Journey, state: str, redirect: str) -> str:
    """Parameters that the endpoint has of its own stay (RFC 6749 §3.1)."""
    parts = urlsplit(protection.server.authorization_endpoint)
    asked = {
        "response_type": "code",
        "client_id": journey.client.id,
        "redirect_uri": redirect,
        "state": state,
        "code_challenge": create_s256_code_challenge(journey.verifier),
        "code_challenge_method": "S256",
    }
    if journey.resource is not None:
        asked["resource"] = journey.resource
    if protection.scope:
        asked["scope"] = protection.scope
        if "offline_access" in protection.scope.split():
            asked["prompt"] = "consent"  # OpenID Connect §11: without it offline access is ignored
    own = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in asked]
    return urlunsplit(parts._replace(query=urlencode([*own, *asked.items()]), fragment=""))
