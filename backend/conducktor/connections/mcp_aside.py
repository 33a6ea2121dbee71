"""What a server of the handshake era asks beside its answers: on the session's own stream, a GET that is open while calls run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import UNSET

from conducktor.connections.mcp_door import Door
from conducktor.connections.mcp_handshake import Session
from conducktor.connections.mcp_inquiries import Inquiries
from conducktor.connections.mcp_outbox import Outbox
from conducktor.connections.mcp_reply import BrokenMessage, Message
from conducktor.connections.mcp_request import encode_refusal
from conducktor.core.errors import ConducktorError
from conducktor.infra.http_client import MAX_BODY_BYTES
from conducktor.infra.server_sent_events import EventParser

OPENS_WITHIN_S = 1.0
"""Some servers send nothing, not even headers, before there is something to tell."""


class Aside:
    """Of a session that belongs to one person. A question there names no call: it is put to that person's only one, if it is."""

    def __init__(self, outbox: Outbox, door: Door, session: Session) -> None:
        self._outbox = outbox
        self._door = door
        self._session = session
        self._calls: list[Inquiries] = []
        self._reader: asyncio.Task[None] | None = None
        self._answered = asyncio.Event()
        self._is_offered = True

    @asynccontextmanager
    async def heard_by(self, inquiries: Inquiries) -> AsyncIterator[None]:
        """The stream is open, or will not be, when the block begins."""
        self._calls.append(inquiries)
        try:
            await self._opened()
            yield
        finally:
            self._calls.remove(inquiries)
            if not self._calls and self._reader:
                self._reader.cancel()
                self._reader = None

    async def _opened(self) -> None:
        if self._reader is None and self._is_offered:
            self._answered.clear()
            self._reader = asyncio.create_task(self._read(), name="session-stream")
        if self._reader and not self._answered.is_set():
            try:
                async with asyncio.timeout(OPENS_WITHIN_S):
                    await self._answered.wait()
            except TimeoutError:
                self._answered.set()  # whoever comes next does not wait for it again

    async def _read(self) -> None:
        headers = {name: value for name, value in self._session.headers.items() if name != "Content-Type"}
        headers["Accept"] = "text/event-stream"
        try:
            async with self._outbox.http.get(self._door.url, headers=headers, deadline_s=None, max_bytes=None) as response:
                kind = response.headers.get("Content-Type", "").lower()
                self._is_offered = response.status == 200 and "event-stream" in kind
                self._answered.set()
                parser = EventParser(max_event_bytes=MAX_BODY_BYTES)
                while self._is_offered and (chunk := await response.next_chunk()):
                    for event in parser.feed(chunk):
                        if event.name == "message":
                            self._take(self._door.read(event.data))
        except (ConducktorError, BrokenMessage):
            self._is_offered = False  # calls have their own streams; this one is a favour to the server
        finally:
            self._answered.set()

    def _take(self, messages: list[Message]) -> None:
        for message in messages:
            if not isinstance(message.method, str):
                continue
            if message.id is UNSET:
                for call in self._calls:
                    if notification := message.notification():
                        call.hear(notification)
            elif len(self._calls) != 1 or not self._calls[0].take(message):
                refusal = encode_refusal(message.id, message.method)
                self._outbox.send_letter(self._door.url, self._session.headers, refusal)
