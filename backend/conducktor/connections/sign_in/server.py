"""Which authorization server guards an upstream, and what it can do: RFC 9728, then RFC 8414 or OpenID Connect discovery."""

import re
from urllib.parse import urlsplit

import msgspec

from conducktor.connections.sign_in.refusal import impossible
from conducktor.core.errors import ConducktorError
from conducktor.infra.http_client import HttpClient

DOCUMENT_MAX_BYTES = 256 * 1024
FETCH_DEADLINE_S = 8.0

_ANOTHER_NAME = "its authorization server calls itself by another name than it was found by."
_PARAMETER = re.compile(r'(?:^|[\s,])(resource_metadata|scope|error)="([^"\\]*)"', re.IGNORECASE)


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """What RFC 8414 metadata says, as far as we use it; or the endpoints that a document names, which knows no issuer.

    No authentication methods: nobody said which there are.
    """

    issuer: str | None = None
    authorization_endpoint: str
    token_endpoint: str
    refresh_endpoint: str | None = None
    registration_endpoint: str | None = None
    revocation_endpoint: str | None = None
    scopes_supported: tuple[str, ...] = ()
    code_challenge_methods_supported: tuple[str, ...] = ()
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False
    client_id_metadata_document_supported: bool = False

    @property
    def identity(self) -> str:
        """What a client is bound to. Endpoints have a space between them, so that they are never taken for an issuer."""
        endpoints = (self.authorization_endpoint, self.token_endpoint, self.refresh_endpoint or "")
        return self.issuer if self.issuer is not None else " ".join(endpoints).strip()

    @property
    def called(self) -> str:
        """For people and logs."""
        return self.issuer or self.token_endpoint

    @property
    def host(self) -> str:
        return urlsplit(self.issuer or self.authorization_endpoint).hostname or ""


class Protection(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to ask for access to what. `resource` is the audience (RFC 8707), if one was published.

    `scope` None: ask for none by name.
    """

    server: Server
    resource: str | None
    scope: str | None


class _ResourceMetadata(msgspec.Struct, kw_only=True):
    resource: str
    authorization_servers: tuple[str, ...] = ()
    scopes_supported: tuple[str, ...] = ()


def challenge_parameters(challenge: str | None) -> dict[str, str]:
    """Of a `WWW-Authenticate: Bearer …`: `resource_metadata`, `scope` and `error`, as far as it has them."""
    return {found.lower(): value for found, value in _PARAMETER.findall(challenge or "")}


async def protection_of(http: HttpClient, name: str, url: str, challenge: str | None) -> Protection:
    """`challenge` is the upstream's `WWW-Authenticate`. Raises SignInImpossible, with the reason in plain words."""
    told = challenge_parameters(challenge)
    described = await _resource_metadata(http, name, url, told.get("resource_metadata"))
    if described is None:
        # The revision of 2025-03-26 knew no resource metadata: the service's own origin was its authorization server.
        described = _ResourceMetadata(resource=url, authorization_servers=(_origin(url),))
    if not described.authorization_servers:
        raise impossible(name, "it names no authorization server.")
    if not _covers(described.resource, url):
        raise impossible(name, "what it says about itself is about another address.")
    server = await _server_metadata(http, name, described.authorization_servers[0])
    if "S256" not in server.code_challenge_methods_supported:
        raise impossible(name, "its authorization server does not protect codes with PKCE (S256).")
    check_endpoints(http, name, server, is_plain=urlsplit(url).scheme == "http")
    scopes = told.get("scope", "").split() or list(described.scopes_supported)
    return Protection(server=server, resource=described.resource, scope=scope_with_offline(scopes, server))


async def described_at(http: HttpClient, name: str, place: str) -> Server:
    """What a server says of itself at exactly this place, which must be one of those of its issuer. Raises SignInImpossible."""
    body = await _fetch(http, name, place)
    try:
        server = msgspec.json.decode(body or b"", type=Server)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise impossible(name, "its authorization server does not describe itself where its document says.") from None
    if server.issuer is None or place not in _places(server.issuer):
        raise impossible(name, _ANOTHER_NAME)
    return server


def check_endpoints(http: HttpClient, name: str, server: Server, *, is_plain: bool) -> None:
    """Raises SignInImpossible for addresses that are not used; `is_plain`: the service itself is reached without encryption."""
    more = (server.refresh_endpoint, server.registration_endpoint, server.revocation_endpoint)
    for endpoint in filter(None, (server.authorization_endpoint, server.token_endpoint, *more)):
        try:
            http.check_url(endpoint)
        except ConducktorError as error:
            raise impossible(name, f"its authorization server has an address that is not used. {error.detail}") from None
        if urlsplit(endpoint).scheme != "https" and not is_plain:
            raise impossible(name, "its authorization server has an address without encryption.")


def scope_with_offline(scopes: list[str], server: Server) -> str | None:
    """What to ask for: with `offline_access` where the server knows it, to stay alive."""
    more = ["offline_access"] if scopes and "offline_access" in server.scopes_supported else []
    return " ".join(dict.fromkeys([*scopes, *more])) or None


async def _resource_metadata(http: HttpClient, name: str, url: str, told: str | None) -> _ResourceMetadata | None:
    """Where the challenge points, else at the well-known places, the longer path first."""
    parts = urlsplit(url)
    well_known = f"{_origin(url)}/.well-known/oauth-protected-resource"
    places = [told] if told else [well_known + parts.path.rstrip("/"), well_known]
    for place in dict.fromkeys(places):
        if (body := await _fetch(http, name, place)) is None:
            continue
        try:
            return msgspec.json.decode(body, type=_ResourceMetadata)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            continue
    if told:
        raise impossible(name, "what it says about its sign-in cannot be read.")
    return None


async def _server_metadata(http: HttpClient, name: str, issuer: str) -> Server:
    """The three places of MCP's rules, in their order. The first document must be about exactly this issuer (RFC 8414 §3.3)."""
    for place in _places(issuer):
        if (body := await _fetch(http, name, place)) is None:
            continue
        try:
            server = msgspec.json.decode(body, type=Server)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            continue
        if server.issuer != issuer:
            raise impossible(name, _ANOTHER_NAME)
        return server
    raise impossible(name, "its authorization server does not describe itself.")


def _places(issuer: str) -> list[str]:
    origin, path = _origin(issuer), urlsplit(issuer).path.rstrip("/")
    places = [f"{origin}/.well-known/oauth-authorization-server{path}", f"{origin}/.well-known/openid-configuration{path}"]
    return [*places, f"{origin}{path}/.well-known/openid-configuration"] if path else places


async def _fetch(http: HttpClient, name: str, url: str) -> bytes | None:
    """None when there is nothing at that place. Raises SignInImpossible when it cannot be reached, or must not be."""
    headers = {"Accept": "application/json"}
    try:
        async with http.get(url, headers=headers, deadline_s=FETCH_DEADLINE_S, max_bytes=DOCUMENT_MAX_BYTES) as response:
            return await response.read() if response.status == 200 else None
    except ConducktorError as error:
        raise impossible(name, f"what it says about its sign-in cannot be fetched. {error.detail}") from None


def _covers(resource: str, url: str) -> bool:
    """Whether `url` is the resource or lies below it, on the same origin."""
    try:
        if _origin(resource).lower() != _origin(url).lower():
            return False
    except ValueError:
        return False
    above, below = urlsplit(resource).path.rstrip("/"), urlsplit(url).path.rstrip("/")
    return below == above or below.startswith(above + "/")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
