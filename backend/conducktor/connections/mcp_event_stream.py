"""One upstream over HTTP+SSE of 2024-11-05: answers come on one long GET stream, requests go out as POSTs beside it."""

import asyncio
from urllib.parse import urljoin, urlsplit

import msgspec
from msgspec import UNSET

from conducktor.connections import mcp_fault as fault
from conducktor.connections.mcp_discovery import ServerFacts, read_initialization
from conducktor.connections.mcp_door import Door, SessionGone
from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.mcp_fault import UpstreamError
from conducktor.connections.mcp_handshake import INITIALIZED, initialize_params
from conducktor.connections.mcp_outbox import Outbox
from conducktor.connections.mcp_reply import BrokenMessage, Message, Reply
from conducktor.connections.mcp_request import Ask, Deadline, encode_cancellation, encode_refusal, encode_request
from conducktor.connections.standing.event_stream import EventStreamStanding
from conducktor.connections.standing.news import Hears, Standing
from conducktor.core.errors import ConducktorError
from conducktor.infra.http_client import MAX_BODY_BYTES
from conducktor.infra.http_errors import BrokenResponse, TimedOut
from conducktor.infra.server_sent_events import Event, EventParser

IDLE_S = 60.0


class EventStreamChannel:
    """Opens the stream when it is needed and lets it go after a minute without requests."""

    def __init__(self, outbox: Outbox, endpoint: Endpoint) -> None:
        self._outbox = outbox
        self._door = Door(outbox, endpoint)
        self._lock = asyncio.Lock()
        self._stream: _Stream | None = None
        self._kept: _Stream | None = None

    @property
    def is_idle(self) -> bool:
        return not self._lock.locked() and (self._stream is None or self._stream.is_idle)

    async def request(self, ask: Ask) -> Reply:
        """Raises UpstreamError."""
        try:
            async with asyncio.timeout(ask.deadline.left_s()):
                try:
                    return await (await self._opened(ask.deadline)).ask(ask)
                except SessionGone:
                    await self.close()
                return await (await self._opened(ask.deadline)).ask(ask)
        except SessionGone:
            raise fault.rejected(self._door.name, "it forgets the sessions that it opens") from None
        except TimeoutError:
            raise self._door.failed(TimedOut(""), ask.deadline.total_s) from None

    async def probe(self, deadline: Deadline) -> ServerFacts:
        """The facts of a new stream's handshake. Raises UpstreamError."""
        try:
            async with asyncio.timeout(deadline.left_s()):
                await self.close()
                return (await self._opened(deadline)).facts
        except TimeoutError:
            raise self._door.failed(TimedOut(""), deadline.total_s) from None

    def standing(self, hears: Hears) -> Standing:
        return EventStreamStanding(self, hears)

    async def keep(self, hears: Hears, deadline: Deadline) -> None:
        """Open its stream and keep it, also without requests. Raises UpstreamError."""
        try:
            async with asyncio.timeout(deadline.left_s()):
                stream = await self._opened(deadline)
        except TimeoutError:
            raise self._door.failed(TimedOut(""), deadline.total_s) from None
        self._kept = stream
        stream.keep(hears)

    async def lost(self) -> None:
        """Wait for the end of the stream."""
        if self._kept:
            await self._kept.lost()

    def let_go(self) -> None:
        if self._kept:
            self._kept.keep(None)

    async def close(self) -> None:
        stream, self._stream = self._stream, None
        if stream:
            await stream.close()

    async def _opened(self, deadline: Deadline) -> "_Stream":
        async with self._lock:
            if self._stream is None or not self._stream.is_open:
                stream = _Stream(self._outbox, self._door)
                try:
                    await stream.shake_hands(deadline)
                except BaseException:
                    await stream.close()
                    raise
                self._stream = stream
            return self._stream


class _Waiter(msgspec.Struct):
    outcome: asyncio.Future[Reply | UpstreamError]
    ask: Ask
    progress_token: bytes | None


class _Stream:
    facts: ServerFacts

    def __init__(self, outbox: Outbox, door: Door) -> None:
        self._outbox = outbox
        self._door = door
        self._post_url = ""
        self._waiting: dict[int, _Waiter] = {}
        self._failure: UpstreamError | None = None
        self._named = asyncio.Event()
        self._is_ready = False
        self._idle: asyncio.TimerHandle | None = None
        self._hears: Hears | None = None
        self._reader = asyncio.create_task(self._read())

    @property
    def is_open(self) -> bool:
        return self._failure is None

    @property
    def is_idle(self) -> bool:
        return not self._waiting and self._hears is None

    async def shake_hands(self, deadline: Deadline) -> None:
        await self._named.wait()
        if self._failure:
            raise self._failure
        reply = await self.ask(Ask("initialize", initialize_params(self._outbox), deadline))
        if reply.result is None:
            raise fault.rejected(self._door.name, "initialize")
        self.facts = read_initialization(self._door.name, reply.result)
        await self._post(INITIALIZED, deadline)
        self._is_ready = True
        self._rest()

    async def ask(self, ask: Ask) -> Reply:
        """Raises UpstreamError and SessionGone."""
        if not self.is_open:
            raise SessionGone
        if self._idle:
            self._idle.cancel()
        request_id = self._outbox.new_id()
        waiter = _Waiter(asyncio.get_running_loop().create_future(), ask, _progress_token(ask.params))
        self._waiting[request_id] = waiter
        try:
            await self._post(encode_request(request_id, ask.method, ask.params), ask.deadline)
            outcome = await waiter.outcome
        except asyncio.CancelledError:
            if ask.method != "initialize":
                self._outbox.send_letter(self._post_url, self._door.headers, encode_cancellation(request_id, "given up"))
            raise
        finally:
            del self._waiting[request_id]
            self._rest()
        if isinstance(outcome, UpstreamError):
            raise outcome
        return outcome

    def keep(self, hears: Hears | None) -> None:
        """Whoever hears what the upstream tells by itself keeps the stream open."""
        self._hears = hears
        if self._idle:
            self._idle.cancel()
        self._rest()

    async def lost(self) -> None:
        await asyncio.wait({self._reader})

    async def close(self) -> None:
        if self._idle:
            self._idle.cancel()
        self._let_go()
        await asyncio.gather(self._reader, return_exceptions=True)

    def _rest(self) -> None:
        if self._is_ready and self.is_idle:
            self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._let_go)

    def _let_go(self) -> None:
        self._fail(self._door.failed(BrokenResponse("The stream was closed."), 0))
        self._reader.cancel()

    async def _post(self, body: bytes, deadline: Deadline) -> None:
        http = self._outbox.http
        try:
            async with http.post(self._post_url, headers=self._door.headers, body=body, deadline_s=deadline.left_s()) as response:
                if response.status == 404:
                    raise SessionGone
                if response.status >= 300:
                    raise self._door.refused(response)
                await response.read()
        except UpstreamError:
            raise
        except ConducktorError as error:
            raise self._door.failed(error, deadline.total_s) from None

    async def _read(self) -> None:
        headers = {**self._door.headers, "Accept": "text/event-stream"}
        try:
            async with self._outbox.http.get(self._door.url, headers=headers, deadline_s=None, max_bytes=None) as response:
                if response.status != 200:
                    raise self._door.refused(response)
                if "event-stream" not in response.headers.get("Content-Type", "").lower():
                    raise BrokenMessage("something else than a stream of events")
                parser = EventParser(max_event_bytes=MAX_BODY_BYTES)
                while chunk := await response.next_chunk():
                    for event in parser.feed(chunk):
                        self._take(event)
            raise BrokenResponse("The stream ended.")
        except UpstreamError as error:
            self._fail(error)
        except ConducktorError as error:
            self._fail(self._door.failed(error, 0))
        except BrokenMessage as error:
            self._fail(fault.broken_reply(self._door.name, str(error)))

    def _take(self, event: Event) -> None:
        if event.name == "endpoint" and not self._post_url:
            self._post_url = self._same_origin(event.data.decode())
            self._named.set()
        elif event.name == "message":
            for message in self._door.read(event.data):
                self._consider(message)

    def _consider(self, message: Message) -> None:
        if isinstance(message.method, str):
            if message.id is UNSET:
                self._relay(message)
            elif self._post_url:
                self._outbox.send_letter(self._post_url, self._door.headers, encode_refusal(message.id, message.method))
            return
        waiter = self._waiting.get(message.id) if isinstance(message.id, int) else None
        if waiter and not waiter.outcome.done():  # anything else is a late answer to what was given up
            waiter.outcome.set_result(message.reply())

    def _relay(self, message: Message) -> None:
        """The stream is shared: only progress says whose it is."""
        notification = message.notification()
        if notification is None:
            return
        if notification.method != "notifications/progress":
            if self._hears:
                self._hears(notification)
            return
        token = _token_of(notification.params)
        for waiter in self._waiting.values():
            if token is not None and waiter.progress_token == token and waiter.ask.on_notification:
                waiter.ask.on_notification(notification)

    def _same_origin(self, address: str) -> str:
        url = urljoin(self._door.url, address)
        here, there = urlsplit(self._door.url), urlsplit(url)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            raise BrokenMessage("an address on another server")
        return url

    def _fail(self, error: UpstreamError) -> None:
        self._failure = self._failure or error
        self._named.set()
        for waiter in self._waiting.values():
            if not waiter.outcome.done():
                waiter.outcome.set_result(error)


class _Progress(msgspec.Struct, rename="camel"):
    progress_token: msgspec.Raw = msgspec.Raw()


class _Params(msgspec.Struct):
    meta: _Progress | None = msgspec.field(name="_meta", default=None)


_params = msgspec.json.Decoder(_Params)
_progress = msgspec.json.Decoder(_Progress)


def _progress_token(params: bytes | msgspec.Raw) -> bytes | None:
    try:
        meta = _params.decode(params).meta
    except msgspec.MsgspecError:
        return None
    return bytes(meta.progress_token) or None if meta else None


def _token_of(params: msgspec.Raw) -> bytes | None:
    try:
        token = _progress.decode(params).progress_token
    except msgspec.MsgspecError:
        return None
    return bytes(token) or None
