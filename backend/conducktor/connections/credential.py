"""The secret of a connection: checked when it comes in, sealed to its row, opened only to be sent to its upstream."""

import re
from base64 import b64encode

import msgspec

from conducktor.connections.connection import Connection
from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.states import Auth
from conducktor.core.errors import Invalid
from conducktor.core.ids import ConnectionId
from conducktor.infra.encryption import KeyRing

SECRET_LIMIT = 8_192
_FIELD_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}")
_PARAMETER_NAME = re.compile(r"[A-Za-z0-9_.~-]{1,100}")
_FIELD_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A credential as it goes out: in headers, or in the address."""

    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()


NOTHING = Shown()

OURS = frozenset(
    {
        "accept", "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "cookie", "expect",
        "host", "keep-alive", "last-event-id", "origin", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "user-agent",
    }
)  # fmt: skip
"""Headers that the transport sets; so are all that begin with `Mcp-`."""


def check_header_name(name: str | None) -> str:
    """Raises Invalid, with the reason under the field `header_name`."""
    if not name or not _FIELD_NAME.fullmatch(name):
        reason = "Name the header that carries the key, for example X-Api-Key."
    elif name.lower() in OURS or name.lower().startswith("mcp-"):
        reason = f"{name} is set by Conducktor itself and cannot carry a key."
    else:
        return name
    raise Invalid("The header cannot be used.", errors={"header_name": reason})


def check_key_name(name: str | None, auth: Auth) -> str:
    """The header or query parameter that carries the key. Raises Invalid, with the reason under the field `header_name`."""
    if auth is Auth.HEADER:
        return check_header_name(name)
    if not name or not _PARAMETER_NAME.fullmatch(name):
        reason = "Name the parameter of the address that carries the key, for example api_key."
        raise Invalid("The parameter cannot be used.", errors={"header_name": reason})
    return name


def check_secret(secret: str) -> str:
    """Without surrounding white space, as it is pasted. Raises Invalid, with the reason under the field `secret`."""
    secret = secret.strip()
    if not _FIELD_VALUE.fullmatch(secret) or len(secret) > SECRET_LIMIT:
        reason = f"A key has up to {SECRET_LIMIT:,} printable ASCII characters, on one line."
        raise Invalid("The secret cannot be used.", errors={"secret": reason})
    return secret


def seal(key_ring: KeyRing, connection_id: ConnectionId, secret: str) -> bytes:
    return key_ring.seal(secret.encode(), bound_to=_bound_to(connection_id))


def endpoint_of(connection: Connection, key_ring: KeyRing) -> Endpoint:
    """Raises Invalid when the stored secret cannot be opened: wrong key ring, changed, or of another row."""
    credential = shown(connection, _secret_of(connection, key_ring))
    return Endpoint(
        connection_id=connection.id,
        name=connection.name,
        url=connection.url,
        transport=connection.transport,
        headers=credential.headers,
        query=credential.query,
        pins=connection.pins,
        era=connection.era,
        protocol_version=connection.protocol_version,
    )


def shown(connection: Connection, secret: str | None) -> Shown:
    """How this secret is shown to the connection's server."""
    if secret is None:
        return NOTHING
    match connection.auth:
        case Auth.BEARER | Auth.OAUTH:
            return Shown(headers=(("Authorization", f"Bearer {secret}"),))
        case Auth.BASIC:
            return Shown(headers=(("Authorization", f"Basic {b64encode(secret.encode()).decode()}"),))
        case Auth.HEADER:
            return Shown(headers=((connection.header_name or "Authorization", secret),))
        case Auth.QUERY:
            return Shown(query=((connection.header_name or "key", secret),))
        case Auth.NONE:
            return NOTHING


def _secret_of(connection: Connection, key_ring: KeyRing) -> str | None:
    if connection.credential_sealed is None:
        return None
    return key_ring.open(connection.credential_sealed, bound_to=_bound_to(connection.id)).decode()


def _bound_to(connection_id: ConnectionId) -> bytes:
    return b"connections.credential:" + connection_id.bytes
