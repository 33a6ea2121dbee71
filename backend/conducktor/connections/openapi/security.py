"""How a document says that callers show themselves, in the ways that a connection knows."""

import msgspec

from conducktor.connections.openapi.document import ApiDocument, Node
from conducktor.connections.openapi.oauth_scheme import oauth_scheme, schemes_in_order
from conducktor.connections.states import Auth
from conducktor.core.errors import Invalid


class SecurityOption(msgspec.Struct, frozen=True, kw_only=True):
    """One way. `key_name` is the header or query parameter of a key; `note` says what is special."""

    auth: Auth
    label: str
    key_name: str | None = None
    note: str | None = None


_SIGN_IN = SecurityOption(
    auth=Auth.OAUTH,
    label="Sign in with OAuth",
    note="The document names OAuth: people sign in at the service, which must know Conducktor as an app.",
)
_NO_SIGN_IN = SecurityOption(auth=Auth.NONE, label="No sign-in")


def security_options(document: ApiDocument) -> list[SecurityOption]:
    """Those that the document names, each once, the ones it asks for everywhere first; none at all when it names none."""
    people = oauth_scheme(document)
    found = [
        option
        for name, node in schemes_in_order(document)
        if (option := _SIGN_IN if people and people.name == name else _option(document, node))
    ]
    distinct = {(option.auth, option.key_name): option for option in reversed([*found, _NO_SIGN_IN])}
    return [*reversed(distinct.values())]


def _option(document: ApiDocument, node: Node) -> SecurityOption | None:
    try:
        scheme = document.resolved(node)
    except Invalid:
        return None
    if not isinstance(scheme, dict):
        return None
    name = scheme.get("name") if isinstance(scheme.get("name"), str) else None
    match scheme.get("type"), scheme.get("in"), str(scheme.get("scheme", "")).lower():
        case "http", _, "basic":
            return SecurityOption(auth=Auth.BASIC, label="User name and password")
        case "http", _, "bearer":
            return SecurityOption(auth=Auth.BEARER, label="Bearer token")
        case "apiKey", "header", _ if name:
            return SecurityOption(auth=Auth.HEADER, label=f"Key in the header {name}", key_name=name)
        case "apiKey", "query", _ if name:
            return SecurityOption(auth=Auth.QUERY, label=f"Key in the address ({name})", key_name=name)
        case (("oauth2" | "openIdConnect"), _, _):
            return SecurityOption(
                auth=Auth.BEARER,
                label="Bearer token",
                note="The document names OAuth, in a form that people cannot sign in with: enter an access token that the "
                "service gave you.",
            )
        case _:
            return None


def servers(document: ApiDocument) -> list[str]:
    """The addresses that the document names, with the defaults in their blanks; relative ones are left out."""
    found = []
    for server in _list(document.root.get("servers")):
        if not isinstance(server, dict) or not isinstance(url := server.get("url"), str):
            continue
        for name, variable in _object(server.get("variables")).items():
            if isinstance(variable, dict) and isinstance(variable.get("default"), str):
                url = url.replace(f"{{{name}}}", variable["default"])
        if url.startswith(("https://", "http://")) and "{" not in url:
            found.append(url.rstrip("/"))
    return list(dict.fromkeys(found))


def _object(value: Node) -> dict[str, Node]:
    return value if isinstance(value, dict) else {}


def _list(value: Node) -> list[Node]:
    return value if isinstance(value, list) else []
