"""authlib's authorization server, fed with our requests: what it checks and what we add or forbid.

authlib 1.9 is synchronous; its hooks run on the transaction's own connection (`grants/queries.in_session`), so that codes
and tokens are locked, and the transaction is committed on refusals too: revoking a family happens on a 400.
A server is built for each request, which is cheap, and lets its hooks see that request's session and client.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidRequestError, OAuth2Error, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter

from conducktor.core.ids import UserId, WorkspaceId
from conducktor.infra.encryption import KeyRing
from conducktor.oauth.clients.client import Client
from conducktor.oauth.grants.queries import Ended, Session
from conducktor.oauth.protocol import AUTH_METHODS, GRANT_TYPES, OAuthError, Pairs
from conducktor.settings import Settings

_PKCE_VALUE = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636 §4.1 and §4.2; matched in full, unlike authlib's `$`


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """A person's yes: authlib's "user"."""

    user_id: UserId
    workspace_id: WorkspaceId
    scopes: tuple[str, ...]


class Reply(msgspec.Struct):
    """What authlib wants to answer. `location` is what RFC 9207 support adds `iss` to."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def location(self) -> str | None:
        return self.headers.get("Location")

    @location.setter
    def location(self, value: str) -> None:
        self.headers["Location"] = value


class Context(msgspec.Struct, kw_only=True):
    """What the hooks of one request need. `session` is there when they may touch the database."""

    settings: Settings
    key_ring: KeyRing
    now: datetime
    client: Client
    session: Session | None = None
    changed: list[Ended] = msgspec.field(default_factory=list)
    revoked: list[tuple[Ended, str]] = msgspec.field(default_factory=list)

    @property
    def db(self) -> Session:
        assert self.session is not None, "this request was built without a session"
        return self.session


class ServerRequest(OAuth2Request):  # type: ignore[misc]
    """Parameters of the configured public address, never of whatever address the request came to (TLS proxies)."""

    def __init__(self, context: Context, method: str, path: str, pairs: Pairs) -> None:
        super().__init__(method, context.settings.origin + path)
        self.payload = _Payload(pairs)
        self.context = context

    @property
    def args(self) -> dict[str, str]:
        data: dict[str, str] = self.payload.data
        return data

    @property
    def form(self) -> dict[str, str]:
        return self.args


class Server(AuthorizationServer):  # type: ignore[misc]
    """Knows one client: the one that this request is from."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        IssuerParameterOf(context.settings.origin)(self)

    def query_client(self, client_id: str) -> "KnownClient | None":
        return KnownClient(self._context.client) if client_id == self._context.client.id else None

    def authenticate_client(self, request: ServerRequest, methods: Sequence[str], endpoint: str = "token") -> "KnownClient":
        request.auth_method = AUTH_METHODS[0]
        return KnownClient(self._context.client)  # found by whoever made the context

    def create_oauth2_request(self, request: ServerRequest) -> ServerRequest:
        return request

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def handle_response(self, status: int, body: Any, headers: Sequence[tuple[str, str]]) -> Reply:
        return Reply(status, body or {}, dict(headers))


class KnownClient:
    """A `Client` as authlib wants to be asked about it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.client_id = client.id

    def get_default_redirect_uri(self) -> None:
        """There is none: `redirect_uri` is required (OAuth 2.1 §4.1.1)."""

    def get_allowed_scope(self, scope: str | None) -> str:
        return scope or ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return self._client.allows(redirect_uri)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in GRANT_TYPES


class RequiredPkce(CodeChallenge):  # type: ignore[misc]
    """S256 and nothing else, always. RFC 7636, OAuth 2.1 §4.1.1."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        given = grant.request.payload.data
        if not _PKCE_VALUE.fullmatch(given.get("code_challenge", "")):
            raise InvalidRequestError("PKCE is required: code_challenge must have 43 to 128 characters (RFC 7636).")
        if given.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method must be S256.")
        super().validate_code_challenge(grant, redirect_uri)

    def validate_code_verifier(self, grant: Any, result: Any) -> None:
        if not _PKCE_VALUE.fullmatch(grant.request.form.get("code_verifier", "")):
            raise InvalidRequestError("code_verifier must have 43 to 128 characters (RFC 7636).")
        super().validate_code_verifier(grant, result)

    def get_authorization_code_challenge_method(self, authorization_code: object) -> str:
        return "S256"


class IssuerParameterOf(IssuerParameter):  # type: ignore[misc]
    """RFC 9207: `iss` on every authorization response."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def get_issuer(self) -> str:
        return self._issuer


class SecretPair(dict[str, Any]):
    """A token response that does not show itself: authlib logs it on its debug level."""

    def __repr__(self) -> str:
        return "<a pair of tokens>"


def as_oauth_error(reply: Reply) -> OAuthError:
    """A refusal of authlib's in our own form."""
    return OAuthError(reply.body["error"], reply.body.get("error_description") or "The request was refused.", status=reply.status)


def from_authlib(error: OAuth2Error) -> OAuthError:
    return OAuthError(error.error, error.get_error_description() or "The request was refused.")


class _Payload(OAuth2Payload):  # type: ignore[misc]
    """Keeps duplicates visible: authlib's own payload is made from a dictionary."""

    def __init__(self, pairs: Pairs) -> None:
        self._lists: dict[str, list[str]] = defaultdict(list)
        for name, value in pairs:
            self._lists[name].append(value)
        self._first = {name: values[0] for name, values in self._lists.items()}

    @property
    def data(self) -> dict[str, str]:
        return self._first

    @property
    def datalist(self) -> dict[str, list[str]]:
        return self._lists
