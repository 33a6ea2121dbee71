"""What this process keeps of upstreams, and for how long."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from conducktor.connections.local.channel import LocalChannel
from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.mcp_event_stream import EventStreamChannel
from conducktor.connections.mcp_outbox import Outbox
from conducktor.connections.mcp_streamable import StreamableChannel
from conducktor.core.ids import ConnectionId

MOST = 4096
IDLE_S = 600.0
"""Then its session is left. The servers that we know end theirs after half an hour or later, or never."""
REPLACED_IDLE_S = 20.0
"""After the last call with a credential of which its holder has a newer one."""
SWEEP_EVERY_S = 10.0
MOST_AT_ONCE = 64
"""In one sweep, so that goodbyes do not crowd out other letters."""

Channel = StreamableChannel | EventStreamChannel | LocalChannel
_Holder = tuple[ConnectionId, str]


class _Kept(msgspec.Struct):
    channel: Channel
    used_at: float = 0.0


class Channels:
    """By endpoint. One that is in use stays; local servers see to their own end."""

    def __init__(self, opened: Callable[[Endpoint], Channel], outbox: Outbox) -> None:
        """`opened` raises UpstreamError."""
        self._opened = opened
        self._outbox = outbox
        self._kept: OrderedDict[Endpoint, _Kept] = OrderedDict()
        self._newest: dict[_Holder, Endpoint] = {}
        self._sweep: asyncio.TimerHandle | None = None

    def of(self, endpoint: Endpoint) -> Channel:
        """Raises UpstreamError."""
        kept = self._kept.get(endpoint)
        if kept is None:
            kept = self._added(endpoint)
        else:
            self._kept.move_to_end(endpoint)
        kept.used_at = time.monotonic()
        return kept.channel

    def find(self, endpoint: Endpoint) -> Channel | None:
        """Without using it."""
        kept = self._kept.get(endpoint)
        return kept.channel if kept else None

    def take(self, endpoint: Endpoint) -> Channel | None:
        """It is kept no longer; whoever takes it closes it."""
        if (kept := self._kept.pop(endpoint, None)) is None:
            return None
        if self._newest.get(_holder(endpoint)) is endpoint:
            del self._newest[_holder(endpoint)]
        return kept.channel

    async def close(self) -> None:
        if self._sweep:
            self._sweep.cancel()
        for endpoint in list(self._kept):
            if channel := self.take(endpoint):
                await channel.close()

    def _added(self, endpoint: Endpoint) -> _Kept:
        kept = self._kept[endpoint] = _Kept(self._opened(endpoint))
        self._newest[_holder(endpoint)] = endpoint
        if len(self._kept) > MOST:
            others = ((other, kept) for other, kept in self._kept.items() if other is not endpoint)
            self._close(next((other for other, kept in others if kept.channel.is_idle), None))
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(SWEEP_EVERY_S, self._close_idle)
        return kept

    def _close_idle(self) -> None:
        now = time.monotonic()
        idle = [endpoint for endpoint, kept in self._kept.items() if self._has_been_idle(endpoint, kept, now)]
        for endpoint in idle[:MOST_AT_ONCE]:
            self._close(endpoint)
        self._sweep = asyncio.get_running_loop().call_later(SWEEP_EVERY_S, self._close_idle) if self._kept else None

    def _has_been_idle(self, endpoint: Endpoint, kept: _Kept, now: float) -> bool:
        if isinstance(kept.channel, LocalChannel) or not kept.channel.is_idle:
            return False
        is_newest = self._newest.get(_holder(endpoint)) is endpoint
        return now - kept.used_at >= (IDLE_S if is_newest else REPLACED_IDLE_S)

    def _close(self, endpoint: Endpoint | None) -> None:
        if endpoint and (channel := self.take(endpoint)):
            self._outbox.in_background(channel.close())


def _holder(endpoint: Endpoint) -> _Holder:
    return endpoint.connection_id, endpoint.holder
