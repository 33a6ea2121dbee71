"""The GET stream of the session in which calls are made, and `resources/subscribe` in it (2025-03-26 … 2025-11-25).

Many servers tell of a change only in the session where it happened: so there is no other session for listening.
"""

import asyncio
from contextlib import suppress
from typing import Protocol

import msgspec

from conducktor.connections import mcp_fault as fault
from conducktor.connections.mcp_door import Door
from conducktor.connections.mcp_fault import UpstreamError
from conducktor.connections.mcp_handshake import Session
from conducktor.connections.mcp_outbox import Outbox
from conducktor.connections.mcp_reply import BrokenMessage, Reply
from conducktor.connections.mcp_request import Ask, Deadline
from conducktor.connections.standing.news import SUBSCRIBE, UNSUBSCRIBE, Hears, Standing
from conducktor.connections.standing.reading import answer_request, messages
from conducktor.core.errors import ConducktorError
from conducktor.infra.http_client import Response

SAME_SESSION_EVERY_S = 5.0
HEAD_WITHIN_S = 1.0
"""Servers that send the head of a stream only with its first event are not waited for any longer."""


class LegacyRequests(Protocol):
    """What is needed of a channel."""

    async def request(self, ask: Ask) -> Reply: ...
    async def session(self, deadline: Deadline) -> Session:
        """The session of its requests, opened if need be. Raises UpstreamError."""

    def is_current(self, session: Session) -> bool: ...
    def drop(self, session: Session) -> None:
        """It is gone: the next request opens another."""

    def closed(self, standing: Standing) -> None:
        """Nobody has this stream any more."""


class LegacyStanding:
    """A `Standing`. A server without such a stream is not asked again: it tells on the streams of its answers, if at all."""

    def __init__(self, outbox: Outbox, door: Door, channel: LegacyRequests, hears: Hears) -> None:
        self._outbox = outbox
        self._door = door
        self._channel = channel
        self._hears = hears
        self._failure: UpstreamError | None = None
        self._has_none = False
        self._begun = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._session: Session | None = None

    async def open(self, uris: frozenset[str], deadline: Deadline) -> None:
        self._session = session = await self._channel.session(deadline)
        self._reader = asyncio.create_task(self._read(session), name="upstream-stream")
        self._reader.add_done_callback(lambda _: self._begun.set())
        with suppress(TimeoutError):
            async with asyncio.timeout(HEAD_WITHIN_S):
                await self._begun.wait()
        if self._failure:
            raise self._failure
        for uri in sorted(uris):
            await self.subscribe(uri, deadline)

    async def subscribe(self, uri: str, deadline: Deadline) -> Reply:
        return await self._channel.request(Ask(SUBSCRIBE, msgspec.json.encode({"uri": uri}), deadline, repeatable=True))

    async def unsubscribe(self, uri: str) -> None:
        with suppress(UpstreamError):
            ask = Ask(UNSUBSCRIBE, msgspec.json.encode({"uri": uri}), Deadline(10.0), repeatable=True)
            await self._channel.request(ask)

    async def ended(self) -> None:
        assert self._reader
        assert self._session
        while self._channel.is_current(self._session):
            if self._has_none:
                await asyncio.sleep(SAME_SESSION_EVERY_S)
                continue
            await asyncio.wait({self._reader}, timeout=SAME_SESSION_EVERY_S)
            if self._reader.done() and not self._has_none:
                break
        if self._failure:
            raise self._failure

    async def close(self) -> None:
        self._channel.closed(self)
        if self._reader:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self, session: Session) -> None:
        headers = {**session.headers, "Accept": "text/event-stream"}
        headers.pop("Content-Type", None)
        http = self._outbox.standing_http
        try:
            async with http.get(self._door.url, headers=headers, deadline_s=None, max_bytes=None) as answer:
                if self._is_stream(answer, session):
                    self._begun.set()
                    async for message in messages(self._door, answer):
                        if notification := message.notification():
                            self._hears(notification)
                        else:
                            answer_request(self._outbox, self._door, dict(session.headers), message)
        except UpstreamError as error:
            self._failure = error
        except ConducktorError as error:
            self._failure = self._door.failed(error, 0)
        except BrokenMessage as error:
            self._failure = fault.broken_reply(self._door.name, str(error))

    def _is_stream(self, answer: Response, session: Session) -> bool:
        """Raises UpstreamError. False for servers that offer none (405, and whatever else old ones say)."""
        if answer.status == 404 and session.is_stateful:
            self._channel.drop(session)
            raise fault.rejected(self._door.name, "it forgot its session")
        if answer.status in (401, 403, 429) or answer.status >= 500:
            raise self._door.refused(answer)
        self._has_none = answer.status != 200 or "event-stream" not in answer.headers.get("Content-Type", "").lower()
        return not self._has_none
