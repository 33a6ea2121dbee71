"""Which authorization server guards an upstream, and what it can do: RFC 9728, then RFC 8414 or OpenID Connect discovery."""

import re
from urllib.parse import urlsplit

import msgspec

from conducktor.connections.sign_in.refusal import impossible
from conducktor.core.errors import ConducktorError
from conducktor.infra.http_client import HttpClient

DOCUMENT_MAX_BYTES = 256 * 1024
FETCH_DEADLINE_S = 8.0

_PARAMETER = re.compile(r'(?:^|[\s,])(resource_metadata|scope|error)="([^"\\]*)"', re.IGNORECASE)


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """What RFC 8414 metadata says, as far as we use it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    registration_endpoint: str | None = None
    revocation_endpoint: str | None = None
    scopes_supported: tuple[str, ...] = ()
    code_challenge_methods_supported: tuple[str, ...] = ()
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False
    client_id_metadata_document_supported: bool = False


class Protection(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to ask for access to what. `resource` is the audience (RFC 8707); `scope` None: ask for none by name."""

    server: Server
    resource: str
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
    _check(http, name, server, is_plain=urlsplit(url).scheme == "http")
    return Protection(
        server=server, resource=described.resource, scope=_scope(told.get("scope"), described.scopes_supported, server)
    )


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
    origin, path = _origin(issuer), urlsplit(issuer).path.rstrip("/")
    places = [f"{origin}/.well-known/oauth-authorization-server{path}", f"{origin}/.well-known/openid-configuration{path}"]
    places += [f"{origin}{path}/.well-known/openid-configuration"] if path else []
    for place in places:
        if (body := await _fetch(http, name, place)) is None:
            continue
        try:
            server = msgspec.json.decode(body, type=Server)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            continue
        if server.issuer != issuer:
            raise impossible(name, "its authorization server calls itself by another name than it was found by.")
        return server
    raise impossible(name, "its authorization server does not describe itself.")


def _check(http: HttpClient, name: str, server: Server, *, is_plain: bool) -> None:
    if "S256" not in server.code_challenge_methods_supported:
        raise impossible(name, "its authorization server does not protect codes with PKCE (S256).")
    used = (server.authorization_endpoint, server.token_endpoint, server.registration_endpoint, server.revocation_endpoint)
    for endpoint in filter(None, used):
        try:
            http.check_url(endpoint)
        except ConducktorError as error:
            raise impossible(name, f"its authorization server has an address that is not used. {error.detail}") from None
        if urlsplit(endpoint).scheme != "https" and not is_plain:
            raise impossible(name, "its authorization server has an address without encryption.")


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


def _scope(asked: str | None, of_resource: tuple[str, ...], server: Server) -> str | None:
    """What the challenge asks for, else what the resource knows; `offline_access` where the server knows it, to stay alive."""
    scopes = (asked or "").split() or list(of_resource)
    if scopes and "offline_access" in server.scopes_supported:
        scopes.append("offline_access")
    return " ".join(dict.fromkeys(scopes)) or None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
