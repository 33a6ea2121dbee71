"""Streams on which clients hear of changes: `subscriptions/listen` (2026-07-28), and the GET stream of the handshake era.

A stream is worth what its token is worth now: it is looked at with every change and every few seconds, and ends with it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import msgspec
from litestar.types import Receive, Send

from conducktor.core.errors import ConducktorError, Kind
from conducktor.edges import mcp_errors
from conducktor.edges.mcp_http import LongStream
from conducktor.edges.mcp_protocol import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    MODERN,
    REFUSED,
    SERVER_INFO,
    Message,
    ProtocolError,
    encode,
    notification_body,
    result_body,
)
from conducktor.edges.mcp_tasks import require_tasks
from conducktor.gateway.door import Door
from conducktor.gateway.listener import EVERY_LIST, Heard, Listener, Wants
from conducktor.gateway.listeners import Listeners, TooManyStreams
from conducktor.gateway.subscriptions import Subscriptions
from conducktor.oauth.caller import Caller

LISTEN = "subscriptions/listen"
SUBSCRIPTION_ID = "io.modelcontextprotocol/subscriptionId"
RECHECK_S = 4.0  # a stream whose person lost access must close within 5 s
GATHER_S = 0.02  # changes of one moment make one look
MOST_URIS = 100
AT_ONCE = 8

Again = Callable[[], Awaitable[Caller]]
"""The caller, as the token says now. Raises ConducktorError when it says nothing any more."""


class Filter(msgspec.Struct, frozen=True, rename="camel"):
    """What a client opts in to."""

    tools_list_changed: bool = False
    prompts_list_changed: bool = False
    resources_list_changed: bool = False
    resource_subscriptions: tuple[str, ...] = ()
    task_ids: tuple[str, ...] = ()
    """Of the tasks extension. Tasks are polled, so none of them is acknowledged."""


class McpSubscriptions:
    """One per process."""

    def __init__(self, listeners: Listeners, subscriptions: Subscriptions, ping_s: float) -> None:
        """`ping_s`: no stream is silent for longer."""
        self._ping_s = ping_s
        self._listeners = listeners
        self._subscriptions = subscriptions

    async def listen(
        self, again: Again, message: Message, door: Door, headers: dict[str, str], receive: Receive, send: Send
    ) -> None:
        """Serve one `subscriptions/listen`. Raises ProtocolError and ConducktorError before the stream begins."""
        if "text/event-stream" not in headers.get("accept", ""):
            raise _at(message, INVALID_REQUEST, f"{LISTEN} is answered as text/event-stream only.", 406)
        asked, caller = _filter(message), await again()
        wants = Wants(tools=asked.tools_list_changed, prompts=asked.prompts_list_changed, resources=asked.resources_list_changed)
        with self._open(caller, door, wants, message) as listener:
            await listener.look_again(caller)
            honoured = await self._follow_all(listener, caller, dict.fromkeys(asked.resource_subscriptions))
            stream = LongStream(receive, send, self._ping_s)
            meta = {SUBSCRIPTION_ID: msgspec.Raw(message.id)}
            acknowledged = {"_meta": meta, "notifications": _acknowledged(asked, honoured)}
            await stream.say(notification_body("notifications/subscriptions/acknowledged", encode(acknowledged)))
            await self._serve(listener, stream, again, meta, listener.look_again)
            last = {"resultType": "complete", "_meta": {**meta, "io.modelcontextprotocol/serverInfo": SERVER_INFO}}
            await stream.end(result_body(message.id, encode(last)))

    async def stream(self, again: Again, door: Door, receive: Receive, send: Send) -> None:
        """Serve one GET stream: every changed list, and the resources that the app subscribed to at this endpoint."""
        caller = await again()

        async def look(caller: Caller) -> None:
            await listener.look_again(caller)
            if listener.subscriptions_changed:
                await self._follow_remembered(listener, caller)

        with self._open(caller, door, EVERY_LIST) as listener:
            await look(caller)
            stream = LongStream(receive, send, self._ping_s)
            await stream.still_here()
            await self._serve(listener, stream, again, {}, look)
            await stream.end()

    async def remember(self, caller: Caller, door: Door, uri: str) -> None:
        """A `resources/subscribe` went well. Raises TooManySubscriptions."""
        await self._subscriptions.remember(caller, door, uri)

    async def unsubscribe(self, caller: Caller, message: Message, door: Door) -> bytes:
        if not isinstance(uri := message.params.uri, str):
            raise ProtocolError(INVALID_PARAMS, "resources/unsubscribe needs params.uri")
        await self._subscriptions.forget(caller, door, uri)
        return b"{}"

    async def can_subscribe(self, caller: Caller, door: Door) -> bool:
        return await self._listeners.can_subscribe(caller, door)

    def close(self) -> None:
        """End every stream of this process."""
        self._listeners.close()

    def _open(self, caller: Caller, door: Door, wants: Wants, message: Message | None = None) -> Listener:
        try:
            return self._listeners.open(caller, door, wants)
        except TooManyStreams as error:
            raise _at(message, REFUSED, f"{error.detail} {error.next_step}", 429) from None

    async def _serve(
        self,
        listener: Listener,
        stream: LongStream,
        again: Again,
        meta: dict[str, msgspec.Raw],
        look: Callable[[Caller], Awaitable[None]],
    ) -> None:
        """Until the client goes, the token ends, or the server stops."""
        with stream.watched(listener.end):
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(RECHECK_S, stream.may_be_silent_s)):
                        await listener.woken.wait()
                        await asyncio.sleep(GATHER_S)
                listener.woken.clear()
                if listener.is_ended or stream.is_gone:
                    return
                try:
                    caller = await again()
                    await look(caller)
                    said = [frame for heard in listener.take() if (frame := await self._frame(listener, caller, heard, meta))]
                except ConducktorError:
                    return
                except Exception as error:  # noqa: BLE001 - logged; the client opens another stream
                    mcp_errors.defect(error)
                    return
                for frame in said:
                    await stream.say(frame)
                await stream.keep_alive()

    async def _frame(self, listener: Listener, caller: Caller, heard: Heard, meta: dict[str, msgspec.Raw]) -> bytes | None:
        """None for a resource of which the person may not hear any more."""
        params: dict[str, object] = {"_meta": meta} if meta else {}
        if heard.uri is not None and heard.of is not None:
            for uri in (heard.uri, heard.of):
                if await self._subscriptions.may_hear(caller, listener.door, uri):
                    params["uri"] = uri
                    break
            else:
                return None
        return notification_body(heard.method, encode(params))

    async def _follow_all(self, listener: Listener, caller: Caller, uris: dict[str, None]) -> list[str]:
        """Each as a call of its own: what is refused is left out of what is acknowledged. Raises Unavailable."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def follow(uri: str) -> str | None:
            async with slots:
                return uri if await self._begin(listener, caller, uri) else None

        return [uri for uri in await asyncio.gather(*map(follow, uris)) if uri is not None]

    async def _begin(self, listener: Listener, caller: Caller, uri: str) -> bool:
        try:
            result = await self._subscriptions.begin(caller, listener.door, uri)
        except ConducktorError as error:
            if error.kind is Kind.UNAVAILABLE:
                raise
            return False
        followed = await self._subscriptions.may_hear(caller, listener.door, uri)
        if result.error is not None or followed is None:
            return False
        listener.follow(uri, followed)
        return True

    async def _follow_remembered(self, listener: Listener, caller: Caller) -> None:
        listener.subscriptions_changed = False
        remembered = await self._subscriptions.remembered(caller, listener.door)
        for uri in listener.following - remembered:
            listener.unfollow(uri)
        for uri in remembered - listener.following:
            if followed := await self._subscriptions.may_hear(caller, listener.door, uri):
                listener.follow(uri, followed)


def is_listening(method: str, headers: dict[str, str]) -> bool:
    """Whether this is a request for the GET stream, which 2026-07-28 has no more."""
    accepts = "text/event-stream" in headers.get("accept", "")
    return method == "GET" and accepts and headers.get("mcp-protocol-version") != MODERN


def _filter(message: Message) -> Filter:
    try:
        asked = _decode(message.raw_params).notifications
    except msgspec.MsgspecError as error:
        raise _at(message, INVALID_PARAMS, f"{LISTEN}: {str(error)[:200]}", 400) from None
    if asked.task_ids:
        require_tasks(message)
    if len(set(asked.resource_subscriptions)) > MOST_URIS:
        raise _at(message, INVALID_PARAMS, f"{LISTEN} takes up to {MOST_URIS} resources.", 400)
    return asked


def _acknowledged(asked: Filter, honoured: Sequence[str]) -> dict[str, object]:
    """Only what is honoured, never a false flag."""
    lists = ("toolsListChanged", asked.tools_list_changed), ("promptsListChanged", asked.prompts_list_changed)
    granted: dict[str, object] = {name: True for name, is_asked in lists if is_asked}
    if asked.resources_list_changed:
        granted["resourcesListChanged"] = True
    if honoured:
        granted["resourceSubscriptions"] = list(honoured)
    return granted


def _at(message: Message | None, code: int, text: str, status: int) -> ProtocolError:
    error = ProtocolError(code, text, status=status)
    if message is not None:
        error.id = message.id
    return error


class _Params(msgspec.Struct):
    notifications: Filter


_decode = msgspec.json.Decoder(_Params).decode
