"""Where an upstream MCP server is, how to speak to it, and with which credential."""

from enum import StrEnum
from urllib.parse import quote, urlencode

import msgspec

from conducktor.core.ids import ConnectionId

MODERN_VERSIONS = ("2026-07-28",)
"""Revisions without a handshake: each request carries its own metadata. Oldest first."""

LEGACY_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
"""Revisions that begin with `initialize`. Oldest first; we offer the newest."""


class Transport(StrEnum):
    STREAMABLE_HTTP = "streamable_http"
    SSE = "sse"
    """HTTP+SSE of 2024-11-05: one long GET stream and POSTs beside it."""
    OPENAPI = "openapi"
    """No MCP: a REST service, called by `openapi/client.py`."""
    STDIO = "stdio"
    """A server that this installation runs, from the operator's file; the address is `stdio:<entry>` (`local/`)."""


class Era(StrEnum):
    LEGACY = "legacy"
    MODERN = "modern"


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """One upstream as one person or workspace uses it. Equal endpoints share a session; another credential never does."""

    connection_id: ConnectionId
    name: str
    """The connection's name, for messages."""
    url: str
    transport: Transport = Transport.STREAMABLE_HTTP
    headers: tuple[tuple[str, str], ...] = ()
    """The credential. Any value the upstream echoes is blacked out (8 characters and longer)."""
    query: tuple[tuple[str, str], ...] = ()
    """A credential that the service takes only in its address; blacked out likewise. Never part of `url`, which is shown."""
    pins: tuple[str, ...] = ()
    """Keys of which the server must show one (`infra/pinning.py`); none: any that is certified."""
    era: Era | None = None
    """None: not probed yet; `McpClient` then probes once per process."""
    protocol_version: str | None = None
    holder: str = ""
    """Whose credential it is: a person's id, or nobody's but the workspace's. A holder's newer credential replaces the older."""

    @property
    def full_url(self) -> str:
        """The address to send to."""
        return with_query(self.url, self.query)


def with_query(url: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """`url` with these pairs at the end of its query; RFC 3986 §2.1 encoding, no `+` for a space."""
    if not pairs:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs, quote_via=quote)}"
