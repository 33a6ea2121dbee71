"""The HTTP half of the MCP endpoint: reading one bounded body, answering JSON or server-sent events."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

from litestar.types import Receive, Scope, Send

MAX_BODY_BYTES = 4 * 1024 * 1024
BODY_TIMEOUT_S = 20.0
STREAM_AFTER_S = 5.0
MAX_WAITING_EVENTS = 1000
READ_WITHIN_S = 20.0
WATCH_AFTER_S = 0.05  # most calls are over by then; watching for a disconnect from the start would cost each of them a task

JSON_HEADERS = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
SSE_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class BodyTooLarge(Exception):
    """More than MAX_BODY_BYTES."""


class ClientGone(Exception):
    """The client closed the connection."""


def headers_of(scope: Scope) -> dict[str, str]:
    """Header names are lower-case; a repeated header keeps its last value (Authorization is read apart)."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def read_body(receive: Receive) -> bytes:
    """Raises BodyTooLarge, ClientGone, TimeoutError."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body = message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
        return body
    async with asyncio.timeout(BODY_TIMEOUT_S):
        chunks, size = [], 0
        while True:
            if message["type"] != "http.request":
                raise ClientGone
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise BodyTooLarge
            chunks.append(chunk)
            if not message.get("more_body"):
                return b"".join(chunks)
            message = await receive()


async def send_json(send: Send, status: int, body: bytes, extra: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    headers = [*JSON_HEADERS, (b"content-length", b"%d" % len(body)), *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def send_empty(send: Send, status: int, extra: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0"), *extra]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


class DisconnectWatch:
    """Cancels a task when the client hangs up during a long call: closing the stream is cancellation."""

    def __init__(self, receive: Receive, when_long: Callable[[], None] | None = None) -> None:
        """`when_long` is called once when the call has lasted `WATCH_AFTER_S`: one timer for all that only long calls need."""
        self._receive = receive
        self._when_long = when_long
        self._task: asyncio.Task[object] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.gone = False

    def over(self, task: "asyncio.Task[object]") -> Self:
        """`with` it around what may be cancelled."""
        self._task = task
        self._timer = task.get_loop().call_later(WATCH_AFTER_S, self._start)
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        if self._timer:
            self._timer.cancel()
        if self._watcher:
            self._watcher.cancel()

    def _start(self) -> None:
        self._watcher = asyncio.create_task(self._watch())
        if self._when_long is not None:
            self._when_long()

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        if self._task is not None:
            self._task.cancel()


class EventStream:
    """One POST's answer: JSON when nothing came before it, else server-sent events with the answer last.

    It becomes a stream with the first notification, or when the answer takes long, so that nobody in between hangs up.
    """

    def __init__(self, send: Send, ping_s: float) -> None:
        """`ping_s`: never silent for longer."""
        self._send = send
        self._ping_s = ping_s
        self._events: deque[bytes] = deque()
        self._more: asyncio.Event | None = None
        self._writer: asyncio.Task[None] | None = None
        self._has_begun = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether the answer can no longer be one with a status of its own."""
        return self._writer is not None

    def push(self, message: bytes) -> None:
        """Queue a message; when the client reads too slowly, notifications are dropped rather than memory filled."""
        if len(self._events) < MAX_WAITING_EVENTS:
            self._events.append(message)
            self._start().set()

    def takes_long(self) -> None:
        """Become a stream before somebody in between takes silence for the end."""
        left_s = min(STREAM_AFTER_S, self._ping_s) - WATCH_AFTER_S
        self._timer = asyncio.get_running_loop().call_later(max(0.0, left_s), self._start)

    async def finish(self, status: int, message: bytes) -> None:
        self._stop_timer()
        if self._writer is None:
            await send_json(self._send, status, message)
            return
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)
        await self._begin()
        while self._events:
            await self._event(self._events.popleft(), more=True)
        await self._event(message, more=False)

    def abandon(self) -> None:
        self._stop_timer()
        if self._writer:
            self._writer.cancel()

    def _start(self) -> asyncio.Event:
        if self._more is None:
            self._stop_timer()
            self._more = asyncio.Event()
            self._writer = asyncio.create_task(self._write(self._more))
        return self._more

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()

    async def _begin(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            await self._send({"type": "http.response.start", "status": 200, "headers": SSE_HEADERS})

    async def _write(self, more: asyncio.Event) -> None:
        await self._begin()
        while True:
            while self._events:
                await self._event(self._events.popleft(), more=True)
            more.clear()
            try:
                async with asyncio.timeout(self._ping_s):
                    await more.wait()
            except TimeoutError:
                await self._send({"type": "http.response.body", "body": b": still working\n\n", "more_body": True})

    async def _event(self, message: bytes, *, more: bool) -> None:
        # Our JSON has no raw line breaks; an upstream's may, and each line needs its own `data:` then.
        data = message if b"\n" not in message and b"\r" not in message else b"\ndata: ".join(message.splitlines())
        await self._send({"type": "http.response.body", "body": b"event: message\ndata: " + data + b"\n\n", "more_body": more})


class LongStream:
    """Server-sent events without an end of their own. A client that does not read for `READ_WITHIN_S` counts as gone."""

    def __init__(self, receive: Receive, send: Send, ping_s: float) -> None:
        self._receive = receive
        self._send = send
        self._ping_s = ping_s
        self._has_begun = False
        self._wrote_at = 0.0
        self.is_gone = False

    @contextmanager
    def watched(self, when_gone: Callable[[], None]) -> Iterator[None]:
        """`when_gone` is called when the client hangs up within the block."""
        watcher = asyncio.create_task(self._watch(when_gone), name="stream-watch")
        try:
            yield
        finally:
            watcher.cancel()

    async def say(self, message: bytes) -> None:
        await self._write(b"event: message\ndata: " + message + b"\n\n")

    async def still_here(self) -> None:
        await self._write(b": still here\n\n")

    @property
    def may_be_silent_s(self) -> float:
        """Until something must be said, so that nobody in between hangs up."""
        return max(0.0, self._wrote_at + self._ping_s - asyncio.get_running_loop().time())

    async def keep_alive(self) -> None:
        """Say something if it is time."""
        if not self.may_be_silent_s:
            await self.still_here()

    async def end(self, last: bytes | None = None) -> None:
        await self._write(b"event: message\ndata: " + last + b"\n\n" if last else b"", more=False)

    async def _write(self, data: bytes, *, more: bool = True) -> None:
        if self.is_gone:
            return
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                if not self._has_begun:
                    self._has_begun = True
                    await self._send({"type": "http.response.start", "status": 200, "headers": SSE_HEADERS})
                await self._send({"type": "http.response.body", "body": data, "more_body": more})
                self._wrote_at = asyncio.get_running_loop().time()
        except TimeoutError:
            self.is_gone = True

    async def _watch(self, when_gone: Callable[[], None]) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.is_gone = True
        when_gone()
