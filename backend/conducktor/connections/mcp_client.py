"""Our side of MCP toward upstream servers: thin JSON-RPC over the guarded HTTP client, both eras, bytes passed through."""

from collections.abc import Callable

import msgspec

from conducktor.connections.mcp_discovery import ServerFacts
from conducktor.connections.mcp_endpoint import Endpoint, Era, Transport
from conducktor.connections.mcp_fault import Fault, UpstreamError
from conducktor.connections.mcp_reply import Notification, Reply, RpcError
from conducktor.core.clock import Clock, utc_now
from conducktor.infra.http_client import HttpClient

__all__ = [
    "Endpoint",
    "Era",
    "Fault",
    "McpClient",
    "Notification",
    "Reply",
    "RpcError",
    "ServerFacts",
    "Transport",
    "UpstreamError",
]

OnNotification = Callable[[Notification], None]
"""Called on the event loop while a request runs; must not block (put it on a queue)."""


class McpClient:
    """Speaks to every upstream of this process. Use it as `async with McpClient(http, client_version="1.0") as mcp`."""

    def __init__(self, http: HttpClient, *, client_version: str, clock: Clock = utc_now) -> None: ...

    async def request(
        self,
        endpoint: Endpoint,
        method: str,
        params: bytes | msgspec.Raw = b"{}",
        *,
        deadline_s: float,
        name: str | None = None,
        mirrored: tuple[tuple[str, str], ...] = (),
        repeatable: bool = False,
        on_notification: OnNotification | None = None,
    ) -> Reply:
        """Ask one thing and wait for its answer. Raises UpstreamError when there is none within `deadline_s` seconds.

        `params` is a JSON object, sent as it is (modern upstreams: our keys are merged into its `_meta`). `name` is the
        tool, prompt or resource URI for `Mcp-Name`; `mirrored` are the (header, value) pairs of `x-mcp-header`.
        `repeatable` allows one resend when a pooled connection turns out dead; lists, reads and prompts always are.
        Cancelling the awaiting task cancels the request upstream.
        """
        raise NotImplementedError

    async def probe(self, endpoint: Endpoint, *, deadline_s: float = 20.0) -> ServerFacts:
        """Find out the era and who answers: `server/discover` first, else `initialize`. Raises UpstreamError."""
        raise NotImplementedError

    async def list_all(self, endpoint: Endpoint, method: str, *, deadline_s: float = 30.0) -> tuple[msgspec.Raw, ...]:
        """Every item of `tools/list`, `resources/list`, `resources/templates/list` or `prompts/list`, over all pages, raw.

        Empty when the server does not know the method. Raises UpstreamError, also for endless paging and too many items.
        """
        raise NotImplementedError

    async def forget(self, endpoint: Endpoint) -> None:
        """Drop the session and streams kept for this endpoint: its connection was changed, disabled or deleted."""
        raise NotImplementedError

    async def close(self) -> None:
        """End sessions and background work, within 2 s."""
        raise NotImplementedError
