"""`subscriptions/listen` toward an upstream of 2026-07-28: one stream; a new one replaces it when the resources change."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

import msgspec
from msgspec import UNSET

from conducktor.connections import mcp_fault as fault
from conducktor.connections.mcp_door import Door
from conducktor.connections.mcp_fault import UpstreamError
from conducktor.connections.mcp_outbox import Outbox
from conducktor.connections.mcp_reply import BrokenMessage, Message, Reply, RpcError
from conducktor.connections.mcp_request import Deadline
from conducktor.connections.standing.news import Hears, Standing
from conducktor.connections.standing.reading import messages
from conducktor.core.errors import ConducktorError
from conducktor.infra.http_errors import BrokenResponse, TimedOut

GATHER_S = 0.02
"""Resources that are asked for at one moment share one new stream."""

ACKNOWLEDGED = "notifications/subscriptions/acknowledged"
REFUSED = -32602

_LISTS = {"toolsListChanged": True, "promptsListChanged": True, "resourcesListChanged": True}


class ModernRequests(Protocol):
    """What is needed of a channel."""

    def listen_request(self, params: bytes) -> tuple[int, bytes, Mapping[str, str]]:
        """(id, body, headers) of one `subscriptions/listen`."""

    def closed(self, standing: Standing) -> None:
        """Nobody has this stream any more."""


class ModernStanding:
    """A `Standing`. New streams are open before old ones are let go, so that nothing is missed in between."""

    def __init__(self, outbox: Outbox, door: Door, channel: ModernRequests, hears: Hears) -> None:
        self._outbox = outbox
        self._door = door
        self._channel = channel
        self._hears = hears
        self._lock = asyncio.Lock()
        self._wanted: set[str] = set()
        self._stream: _Stream | None = None
        self._changed = asyncio.Event()

    async def open(self, uris: frozenset[str], deadline: Deadline) -> None:
        self._wanted = set(uris)
        await self._catch_up(deadline)

    async def subscribe(self, uri: str, deadline: Deadline) -> Reply:
        self._wanted.add(uri)
        await self._catch_up(deadline)
        if self._stream and uri in self._stream.honoured:
            return Reply(result=msgspec.Raw(b"{}"))
        self._wanted.discard(uri)
        return Reply(error=RpcError(REFUSED, f"{self._door.name} does not tell about changes of this resource."))

    async def unsubscribe(self, uri: str) -> None:
        self._wanted.discard(uri)
        with suppress(UpstreamError):
            await self._catch_up(Deadline(10.0))

    async def ended(self) -> None:
        while stream := self._stream:
            self._changed.clear()
            changed = asyncio.create_task(self._changed.wait())
            try:
                await asyncio.wait({stream.task, changed}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                changed.cancel()
            if stream is self._stream and stream.task.done():
                stream.raise_failure()
                return

    async def close(self) -> None:
        self._channel.closed(self)
        stream, self._stream = self._stream, None
        if stream:
            await stream.close()

    async def _catch_up(self, deadline: Deadline) -> None:
        async with self._lock:
            if self._stream and self._stream.asked == self._wanted and not self._stream.task.done():
                return
            await asyncio.sleep(GATHER_S)
            stream = _Stream(self._outbox, self._door, self._channel, self._hears, frozenset(self._wanted))
            try:
                await stream.acknowledged(deadline)
            except BaseException:
                await stream.close()
                raise
            before, self._stream = self._stream, stream
            self._changed.set()
        if before:
            await before.close()


class _Stream:
    def __init__(self, outbox: Outbox, door: Door, channel: ModernRequests, hears: Hears, asked: frozenset[str]) -> None:
        self.asked = asked
        self.honoured: frozenset[str] = frozenset()
        self._outbox = outbox
        self._door = door
        self._hears = hears
        self._failure: UpstreamError | None = None
        self._acknowledged = asyncio.Event()
        notifications = _LISTS | ({"resourceSubscriptions": sorted(asked)} if asked else {})
        request = channel.listen_request(msgspec.json.encode({"notifications": notifications}))
        self._id, self._body, self._headers = request
        self.task = asyncio.create_task(self._read(), name="upstream-listen")
        self.task.add_done_callback(lambda _: self._acknowledged.set())

    async def acknowledged(self, deadline: Deadline) -> None:
        """Raises UpstreamError."""
        try:
            async with asyncio.timeout(deadline.left_s()):
                await self._acknowledged.wait()
        except TimeoutError:
            raise self._door.failed(TimedOut(""), deadline.total_s) from None
        if self.task.done():
            self.raise_failure()
            raise fault.rejected(self._door.name, "it ends subscriptions at once")

    def raise_failure(self) -> None:
        if self._failure:
            raise self._failure

    async def close(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def _read(self) -> None:
        http = self._outbox.standing_http
        try:
            async with http.post(
                self._door.url, headers=self._headers, body=self._body, deadline_s=None, max_bytes=None
            ) as answer:
                if answer.status != 200:
                    raise self._door.refused(answer)
                if "event-stream" not in answer.headers.get("Content-Type", "").lower():
                    raise BrokenResponse("It answered a subscription with something else than a stream.")
                async for message in messages(self._door, answer):
                    if self._is_end(message):
                        return
        except UpstreamError as error:
            self._failure = error
        except ConducktorError as error:
            self._failure = self._door.failed(error, 0)
        except BrokenMessage as error:
            self._failure = fault.broken_reply(self._door.name, str(error))

    def _is_end(self, message: Message) -> bool:
        if message.method is UNSET:
            if message.error is not UNSET:
                raise fault.rejected(self._door.name, "it refuses the subscription")
            return True
        if notification := message.notification():
            if notification.method == ACKNOWLEDGED:
                self.honoured = _honoured(notification.params) & self.asked
                self._acknowledged.set()
            elif self._acknowledged.is_set():
                self._hears(notification)
        return False


def _honoured(params: msgspec.Raw) -> frozenset[str]:
    try:
        return frozenset(_decode(params).notifications.resource_subscriptions)
    except (msgspec.MsgspecError, RecursionError):
        return frozenset()


class _Filter(msgspec.Struct, rename="camel", frozen=True):
    resource_subscriptions: tuple[str, ...] = ()


class _Acknowledgement(msgspec.Struct):
    notifications: _Filter = _Filter()


_decode = msgspec.json.Decoder(_Acknowledgement).decode
