"""How a document says that people sign in with OAuth: which endpoints, and for which scopes."""

import msgspec

from conducktor.connections.openapi.document import ApiDocument, Node
from conducktor.core.errors import Invalid

SCOPES_LIMIT = 100
OFFLINE = "offline_access"


class NamedEndpoints(msgspec.Struct, frozen=True, kw_only=True, tag="oauth2"):
    """The authorization code flow of an `oauth2` scheme. Addresses as they are written: they may be relative to the service's."""

    authorization_url: str
    token_url: str
    refresh_url: str | None = None
    scopes: tuple[str, ...] = ()


class NamedProvider(msgspec.Struct, frozen=True, kw_only=True, tag="openid_connect"):
    """An `openIdConnect` scheme: where its server describes itself."""

    discovery_url: str
    scopes: tuple[str, ...] = ()


NamedServer = NamedEndpoints | NamedProvider
"""`scopes` are those that the chosen operations need."""


class OAuthScheme(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is what operations refer to it by. `known_scopes`: what the scheme itself lists."""

    name: str
    server: NamedServer
    known_scopes: frozenset[str] = frozenset()

    def of_operation(self, document: ApiDocument, path: str, method: str) -> tuple[str, ...]:
        """The scopes that one operation needs; what it says replaces what the document says for all."""
        item = document.resolved(document.root["paths"].get(path))
        node = item.get(method.lower()) if isinstance(item, dict) else None
        needs = node.get("security") if isinstance(node, dict) else None
        for need in _list(document.root.get("security") if needs is None else needs):
            if isinstance(need, dict) and isinstance(scopes := need.get(self.name), list):
                return tuple(scope for scope in scopes if isinstance(scope, str) and _is_token(scope))[:SCOPES_LIMIT]
        return ()

    def asking(self, scopes: list[str]) -> NamedServer:
        """The server, with what to ask it for; also for the right to renew, where the document knows of it."""
        more = [OFFLINE] if scopes and OFFLINE in self.known_scopes else []
        return msgspec.structs.replace(self.server, scopes=tuple(dict.fromkeys([*scopes, *more]))[:SCOPES_LIMIT])


def oauth_scheme(document: ApiDocument) -> OAuthScheme | None:
    """The first that people can sign in with: those that the document asks for everywhere come first."""
    for name, node in schemes_in_order(document):
        if (scheme := _scheme(document, name, node)) is not None:
            return scheme
    return None


def schemes_in_order(document: ApiDocument) -> list[tuple[str, Node]]:
    components = document.root.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    if not isinstance(schemes, dict):
        return []
    named = [name for need in _list(document.root.get("security")) if isinstance(need, dict) for name in need]
    in_order = dict.fromkeys([*(name for name in named if name in schemes), *schemes])
    return [(name, schemes[name]) for name in in_order]


def _scheme(document: ApiDocument, name: str, node: Node) -> OAuthScheme | None:
    try:
        scheme = document.resolved(node)
    except Invalid:
        return None
    if not isinstance(scheme, dict):
        return None
    if scheme.get("type") == "openIdConnect" and (url := _text(scheme.get("openIdConnectUrl"))):
        return OAuthScheme(name=name, server=NamedProvider(discovery_url=url))
    flows = scheme.get("flows") if scheme.get("type") == "oauth2" else None
    flow = flows.get("authorizationCode") if isinstance(flows, dict) else None
    if not isinstance(flow, dict):
        return None
    authorization, token = _text(flow.get("authorizationUrl")), _text(flow.get("tokenUrl"))
    if not (authorization and token):
        return None
    server = NamedEndpoints(authorization_url=authorization, token_url=token, refresh_url=_text(flow.get("refreshUrl")))
    known = flow.get("scopes")
    return OAuthScheme(name=name, server=server, known_scopes=frozenset(known) if isinstance(known, dict) else frozenset())


def _is_token(scope: str) -> bool:
    """RFC 6749 §3.3."""
    return scope.isascii() and scope.isprintable() and 0 < len(scope) <= 300 and not set(scope) & set(' "\\')


def _text(value: Node) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _list(value: Node) -> list[Node]:
    return value if isinstance(value, list) else []
