"""HTTP+SSE of 2024-11-05: everything comes on the one stream that answers come on, too."""

from typing import Protocol

import msgspec

from conducktor.connections.mcp_fault import UpstreamError
from conducktor.connections.mcp_reply import Reply
from conducktor.connections.mcp_request import Ask, Deadline
from conducktor.connections.standing.news import SUBSCRIBE, UNSUBSCRIBE, Hears


class KeptStream(Protocol):
    """What is needed of a channel."""

    async def request(self, ask: Ask) -> Reply: ...
    async def keep(self, hears: Hears, deadline: Deadline) -> None:
        """Open its stream and keep it, also without requests. Raises UpstreamError."""

    async def lost(self) -> None:
        """Wait for the end of the stream."""

    def let_go(self) -> None: ...


class EventStreamStanding:
    """A `Standing`."""

    def __init__(self, channel: KeptStream, hears: Hears) -> None:
        self._channel = channel
        self._hears = hears

    async def open(self, uris: frozenset[str], deadline: Deadline) -> None:
        await self._channel.keep(self._hears, deadline)
        for uri in sorted(uris):
            await self.subscribe(uri, deadline)

    async def subscribe(self, uri: str, deadline: Deadline) -> Reply:
        return await self._channel.request(Ask(SUBSCRIBE, msgspec.json.encode({"uri": uri}), deadline))

    async def unsubscribe(self, uri: str) -> None:
        try:
            await self._channel.request(Ask(UNSUBSCRIBE, msgspec.json.encode({"uri": uri}), Deadline(10.0)))
        except UpstreamError:
            return

    async def ended(self) -> None:
        await self._channel.lost()

    async def close(self) -> None:
        self._channel.let_go()
