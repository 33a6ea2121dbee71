"""How a document says that callers show themselves, in the ways that a connection knows."""

import msgspec

from conducktor.connections.openapi.document import ApiDocument, Node
from conducktor.connections.states import Auth
from conducktor.core.errors import Invalid


class SecurityOption(msgspec.Struct, frozen=True, kw_only=True):
    """One way. `key_name` is the header or query parameter of a key; `note` says what is special."""

    auth: Auth
    label: str
    key_name: str | None = None
    note: str | None = None


def security_options(document: ApiDocument) -> list[SecurityOption]:
    """Those that the document names, each once, the ones it asks for everywhere first; none at all when it names none."""
    components = document.root.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    if not isinstance(schemes, dict):
        return [SecurityOption(auth=Auth.NONE, label="No sign-in")]
    named = [name for need in _list(document.root.get("security")) if isinstance(need, dict) for name in need]
    in_order = [*(name for name in named if name in schemes), *(name for name in schemes if name not in named)]
    found = [option for name in in_order if (option := _option(document, schemes[name]))]
    distinct = {(option.auth, option.key_name): option for option in reversed(found)}
    return [*reversed(distinct.values()), SecurityOption(auth=Auth.NONE, label="No sign-in")]


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
                note="The document names OAuth: enter an access token that the service gave you.",
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
