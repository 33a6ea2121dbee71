"""The secret of a connection: checked when it comes in, sealed to its row, opened only to be sent to its upstream."""

import re

from conducktor.connections.connection import Connection
from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.states import Auth
from conducktor.core.errors import Invalid
from conducktor.core.ids import ConnectionId
from conducktor.infra.encryption import KeyRing

SECRET_LIMIT = 8_192
_FIELD_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}")
_FIELD_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")

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
    return Endpoint(
        connection_id=connection.id,
        name=connection.name,
        url=connection.url,
        transport=connection.transport,
        headers=_headers(connection, key_ring),
        era=connection.era,
        protocol_version=connection.protocol_version,
    )


def _headers(connection: Connection, key_ring: KeyRing) -> tuple[tuple[str, str], ...]:
    if connection.auth is Auth.NONE or connection.credential_sealed is None:
        return ()
    secret = key_ring.open(connection.credential_sealed, bound_to=_bound_to(connection.id)).decode()
    if connection.auth in (Auth.BEARER, Auth.OAUTH):
        return (("Authorization", f"Bearer {secret}"),)
    return ((connection.header_name or "Authorization", secret),)


def _bound_to(connection_id: ConnectionId) -> bytes:
    return b"connections.credential:" + connection_id.bytes
