"""The HTTP half of the MCP endpoint: reading one bounded body, answering JSON or server-sent events."""

import asyncio

from litestar.types import Receive, Scope, Send

MAX_BODY_BYTES = 4 * 1024 * 1024
BODY_TIMEOUT_S = 20.0
KEEPALIVE_S = 15.0
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
    """Cancels `task` when the client hangs up during a long call: closing the stream is cancellation."""

    def __init__(self, receive: Receive, task: "asyncio.Task[object]") -> None:
        self._receive = receive
        self._task = task
        self._watcher: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.gone = False

    def __enter__(self) -> None:
        self._timer = self._task.get_loop().call_later(WATCH_AFTER_S, self._start)

    def __exit__(self, *_: object) -> None:
        if self._timer:
            self._timer.cancel()
        if self._watcher:
            self._watcher.cancel()

    def _start(self) -> None:
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        self._task.cancel()


class EventStream:
    """One POST's answer as server-sent events: notifications while it runs, then the response."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._events: asyncio.Queue[bytes] = asyncio.Queue(maxsize=1000)
        self._writer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._send({"type": "http.response.start", "status": 200, "headers": SSE_HEADERS})
        self._writer = asyncio.create_task(self._write())

    def push(self, message: bytes) -> None:
        """Queue a message; when the client reads too slowly, progress is dropped rather than memory filled."""
        if not self._events.full():
            self._events.put_nowait(message)

    async def finish(self, message: bytes) -> None:
        if self._writer:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
        while not self._events.empty():
            await self._event(self._events.get_nowait(), more=True)
        await self._event(message, more=False)

    async def abandon(self) -> None:
        if self._writer:
            self._writer.cancel()

    async def _write(self) -> None:
        while True:
            try:
                async with asyncio.timeout(KEEPALIVE_S):
                    message = await self._events.get()
            except TimeoutError:
                await self._send({"type": "http.response.body", "body": b": still working\n\n", "more_body": True})
            else:
                await self._event(message, more=True)

    async def _event(self, message: bytes, *, more: bool) -> None:
        # Our JSON has no raw line breaks; an upstream's may, and each line needs its own `data:` then.
        data = message if b"\n" not in message and b"\r" not in message else b"\ndata: ".join(message.splitlines())
        await self._send({"type": "http.response.body", "body": b"event: message\ndata: " + data + b"\n\n", "more_body": more})
