"""Our side of MCP toward upstream servers: thin JSON-RPC over the guarded HTTP client, both eras, bytes passed through."""

from collections.abc import Coroutine
from typing import Any

import msgspec
from msgspec.structs import replace

from conducktor.connections.local.channel import LocalChannel
from conducktor.connections.local.servers import LocalServers
from conducktor.connections.mcp_channels import Channel, Channels
from conducktor.connections.mcp_discovery import ServerFacts
from conducktor.connections.mcp_endpoint import Endpoint, Era, Transport
from conducktor.connections.mcp_event_stream import EventStreamChannel
from conducktor.connections.mcp_fault import Fault, UpstreamError
from conducktor.connections.mcp_listing import Listing
from conducktor.connections.mcp_outbox import Outbox
from conducktor.connections.mcp_reply import Notification, Reply, RpcError
from conducktor.connections.mcp_request import NOBODY, Ask, Behalf, Deadline, Inquiry, OnInquiry, OnNotification, Unanswered
from conducktor.connections.mcp_streamable import StreamableChannel
from conducktor.connections.standing.news import Hears, Standing
from conducktor.core.clock import Clock, utc_now
from conducktor.infra.http_client import HttpClient

__all__ = [
    "NOBODY",
    "Behalf",
    "Endpoint",
    "Era",
    "Fault",
    "Inquiry",
    "McpClient",
    "Notification",
    "OnInquiry",
    "OnNotification",
    "Reply",
    "RpcError",
    "ServerFacts",
    "Transport",
    "Unanswered",
    "UpstreamError",
]

_REPEATABLE = frozenset(
    {
        "completion/complete",
        "ping",
        "prompts/get",
        "prompts/list",
        "resources/list",
        "resources/read",
        "resources/templates/list",
        "tools/list",
    }
)

_NONE = LocalServers()


class McpClient:
    """Speaks to every upstream of this process over one HTTP client. `close()` it before that client."""

    def __init__(
        self,
        http: HttpClient,
        *,
        client_version: str,
        clock: Clock = utc_now,
        standing_http: HttpClient | None = None,
        local: LocalServers = _NONE,
    ) -> None:
        """`standing_http`: see `Outbox`. `local` are the servers that this installation runs."""
        self._local = local
        self._outbox = Outbox(http, client_version, clock, standing_http)
        self._channels = Channels(self._open, self._outbox)

    def request(
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
        behalf: Behalf = NOBODY,
        on_inquiry: OnInquiry | None = None,
    ) -> Coroutine[Any, Any, Reply]:
        """Ask one thing and wait for its answer. Raises UpstreamError when there is none within `deadline_s` seconds.

        `params` is a JSON object, sent as it is (modern upstreams: our keys are merged into its `_meta`). `name` is the tool,
        prompt or resource URI for `Mcp-Name`; `mirrored` are the complete, encoded `Mcp-Param-*` headers of `x-mcp-header`.
        `repeatable` allows one resend when a pooled connection turns out dead; lists, reads and prompts always are.
        `on_inquiry` answers what a legacy upstream asks back; it may ask for what `behalf` is able to, and its time stands still.
        Cancelling the awaiting task cancels the request upstream.
        """
        may_repeat = repeatable or method in _REPEATABLE
        ask = Ask(method, params, Deadline(deadline_s), name, mirrored, may_repeat, on_notification, behalf, on_inquiry)
        return self._channel(endpoint).request(ask)

    async def probe(self, endpoint: Endpoint, *, deadline_s: float = 20.0) -> ServerFacts:
        """Find out the era and who answers: `server/discover` first, else `initialize`. Raises UpstreamError.

        Always asks anew, in a session of its own; an endpoint that is known to be legacy is only asked in that way.
        """
        if endpoint.transport is Transport.STDIO:  # nobody would want another process for each look
            return await self._channel(endpoint).probe(Deadline(deadline_s))
        channel = self._open(endpoint)
        try:
            return await channel.probe(Deadline(deadline_s))
        finally:
            await channel.close()

    async def list_all(self, endpoint: Endpoint, method: str, *, deadline_s: float = 30.0) -> tuple[msgspec.Raw, ...]:
        """Every item of `tools/list`, `resources/list`, `resources/templates/list` or `prompts/list`, over all pages, raw.

        Empty when the server does not know the method. Raises UpstreamError, also for endless paging and too many items.
        """
        listing = Listing(endpoint.name, method)
        deadline = Deadline(deadline_s)
        channel = self._channel(endpoint)
        while listing.params is not None:
            listing.add(await channel.request(Ask(method, listing.params, deadline, repeatable=True)))
        return tuple(listing.items)

    def standing(self, endpoint: Endpoint, hears: Hears) -> Standing:
        """A stream on which this upstream tells of changes by itself; it is not open yet."""
        return self._channel(endpoint).standing(hears)

    def local(self, endpoint: Endpoint) -> LocalChannel | None:
        """What this process keeps of a local server; None when it has not run it."""
        channel = self._channels.find(_key(endpoint))
        return channel if isinstance(channel, LocalChannel) else None

    async def forget(self, endpoint: Endpoint) -> None:
        """Drop the session and streams kept for this endpoint: its connection was changed, disabled or deleted."""
        if channel := self._channels.take(_key(endpoint)):
            await channel.close()

    async def close(self) -> None:
        """End sessions and background work, within about 2 s."""
        await self._channels.close()
        await self._outbox.close()

    def _channel(self, endpoint: Endpoint) -> Channel:
        return self._channels.of(_key(endpoint))

    def _open(self, endpoint: Endpoint) -> Channel:
        outbox = self._outbox.pinned(endpoint.pins) if endpoint.pins else self._outbox
        match endpoint.transport:
            case Transport.SSE:
                return EventStreamChannel(outbox, endpoint)
            case Transport.STDIO:
                return LocalChannel(outbox, endpoint, self._local)
            case _:
                return StreamableChannel(outbox, endpoint)


def _key(endpoint: Endpoint) -> Endpoint:
    """A process is the same one before and after it said what it speaks."""
    return replace(endpoint, era=None, protocol_version=None) if endpoint.transport is Transport.STDIO else endpoint
