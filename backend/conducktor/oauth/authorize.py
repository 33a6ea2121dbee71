"""The authorization endpoint: a dispatcher over persisted consent requests.

It checks what a client asks and writes it down; the browser goes on to the consent page with the request's id. Signing in,
choosing a workspace and deciding (`consent.py`) only ever come back to that row.
"""

import asyncio
from datetime import timedelta

import msgspec
import structlog
from authlib.oauth2.rfc6749 import OAuth2Error

from conducktor.core.clock import Clock
from conducktor.infra.database import Database
from conducktor.infra.encryption import KeyRing
from conducktor.oauth import queries, resources
from conducktor.oauth.authorization_server import Context, RequiredPkce, Server, ServerRequest, from_authlib
from conducktor.oauth.clients.client import Client
from conducktor.oauth.clients.directory import Clients, ClientUnknown
from conducktor.oauth.grants.authorization_code import AuthorizationCodeGrant
from conducktor.oauth.protocol import (
    CONSENT_LASTS,
    Code,
    OAuthError,
    Pairs,
    TooManyRequests,
    UnusableRequest,
    single_values,
    with_query,
)
from conducktor.oauth.scopes import requested_scopes
from conducktor.oauth.secrets import BROWSER
from conducktor.settings import Settings

log = structlog.get_logger()

PATH = "/oauth/authorize"
CONSENT_PAGE = "/oauth/consent"
STATE_MAX = 4_000
PER_NETWORK_AND_MINUTE = 300
AT_ONCE = 4  # per process: a flood by anybody must not hold the connections that others need

_START_AGAIN = "Go back to the app and start again. If it happens again, tell whoever runs the app."


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An authorization request that holds. `scopes` is None when the client named none."""

    redirect_uri: str
    state: str | None
    scopes: tuple[str, ...] | None
    resource: str
    code_challenge: str


class Authorize:
    def __init__(self, database: Database, key_ring: KeyRing, clock: Clock, settings: Settings, clients: Clients) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock
        self._settings = settings
        self._clients = clients
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def begin(self, pairs: Pairs, browser: str, network: str) -> str:
        """Where the person's browser goes: to the consent page, or back to the client with an error.

        `browser` is the secret in this browser's cookie. Raises UnusableRequest when it is not certain where "back" is.
        """
        client = await self._client(pairs)
        redirect_uri = _redirect_uri(client, pairs)
        try:
            asked = self._check(client, pairs)
            request_id = await self._remember(client, asked, browser, network)
        except OAuthError as error:
            log.info("authorization_request.refused", client=client.id, error=error.code)
            return with_query(
                redirect_uri,
                error=error.code,
                error_description=error.description,
                state=_only(pairs, "state"),
                iss=self._settings.origin,
            )
        return with_query(CONSENT_PAGE, request=request_id)

    async def _client(self, pairs: Pairs) -> Client:
        client_id = _only(pairs, "client_id")
        if not client_id:
            raise UnusableRequest("The app did not say which one it is (client_id).", _START_AGAIN)
        try:
            return await self._clients.asking(client_id)
        except ClientUnknown as error:
            raise UnusableRequest(str(error), "Check the client id in the app's settings, then connect again.") from None

    def _check(self, client: Client, pairs: Pairs) -> Asked:
        given = single_values(pairs, many=frozenset({"resource"}))
        _refuse_other_flows(given)
        context = Context(settings=self._settings, key_ring=self._key_ring, now=self._clock(), client=client)
        server = Server(context)
        server.register_grant(AuthorizationCodeGrant, [RequiredPkce()])
        try:
            server.get_consent_grant(ServerRequest(context, "GET", PATH, pairs))
        except OAuth2Error as error:
            raise from_authlib(error) from None
        return Asked(
            redirect_uri=given["redirect_uri"],
            state=given.get("state"),
            scopes=requested_scopes(given.get("scope")),
            resource=self._resource([value for name, value in pairs if name == "resource" and value]),
            code_challenge=given["code_challenge"],
        )

    def _resource(self, asked: list[str]) -> str:
        """RFC 8707 §2: what was asked for, if it is ours; an absent one is the MCP endpoint."""
        found = {resources.canonical(self._settings, resource) for resource in asked} or {self._settings.resource}
        resource = found.pop()
        if found or resource is None:
            raise OAuthError(Code.INVALID_TARGET, "The resource must be an MCP endpoint of this server, and only one.")
        return resource

    async def _remember(self, client: Client, asked: Asked, browser: str, network: str) -> str:
        now = self._clock()
        network_digest = self._key_ring.digest("oauth.network", network.encode())
        async with self._turns, self._database.transaction() as tx:
            recent = await queries.consent_requests_since(tx, network_digest, now - timedelta(minutes=1))
            if recent >= PER_NETWORK_AND_MINUTE:
                raise TooManyRequests("Too many authorization requests from this network.", retry_after_s=60)
            request_id = await queries.add_consent_request(
                tx,
                browser_digest=BROWSER.digest(self._key_ring, browser),
                network_digest=network_digest,
                client_id=client.id,
                redirect_uri=asked.redirect_uri,
                state=asked.state,
                scopes=None if asked.scopes is None else list(asked.scopes),
                resource=asked.resource,
                code_challenge=asked.code_challenge,
                created_at=now,
                expires_at=now + CONSENT_LASTS,
            )
        return str(request_id)


def as_pairs(request: queries.ConsentRequest) -> Pairs:
    """A stored request as it came, for checking it once more when the person has decided."""
    return [
        ("response_type", "code"),
        ("client_id", request.client_id),
        ("redirect_uri", request.redirect_uri),
        ("resource", request.resource),
        ("code_challenge", request.code_challenge),
        ("code_challenge_method", "S256"),
        *([("state", request.state)] if request.state else []),
    ]


def _redirect_uri(client: Client, pairs: Pairs) -> str:
    redirect_uri = _only(pairs, "redirect_uri")
    if not redirect_uri:
        raise UnusableRequest("The app did not say where to send you back to (redirect_uri).", _START_AGAIN)
    if not client.allows(redirect_uri):
        raise UnusableRequest(
            f"{client.name} asked to send you back to an address that is not registered for it, so you were not sent there.",
            _START_AGAIN,
        )
    return redirect_uri


def _only(pairs: Pairs, name: str) -> str | None:
    """The parameter's value if it is there exactly once."""
    values = [value for given, value in pairs if given == name]
    return values[0] if len(values) == 1 else None


def _refuse_other_flows(given: dict[str, str]) -> None:
    if "response_type" not in given:
        raise OAuthError(Code.INVALID_REQUEST, "response_type is missing.")
    if given["response_type"] != "code":
        raise OAuthError(Code.UNSUPPORTED_RESPONSE_TYPE, "response_type must be code.")
    if given.get("response_mode", "query") != "query":
        raise OAuthError(Code.INVALID_REQUEST, "response_mode must be query.")
    if "request" in given:
        raise OAuthError(Code.REQUEST_NOT_SUPPORTED, "Request objects are not supported.")
    if "request_uri" in given:
        raise OAuthError(Code.REQUEST_URI_NOT_SUPPORTED, "Request objects are not supported.")
    if len(given.get("state", "")) > STATE_MAX:
        raise OAuthError(Code.INVALID_REQUEST, f"state is longer than {STATE_MAX} characters.")
    if "none" in given.get("prompt", "").split():
        # A person is asked each time: a client that got a yes before never gets another one silently.
        raise OAuthError(Code.INTERACTION_REQUIRED, "The person has to be asked.")
