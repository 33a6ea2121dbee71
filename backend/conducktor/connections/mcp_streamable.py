"""One upstream over streamable HTTP, in both eras.

Modern (2026-07-28): no handshake, each request carries its own metadata. Legacy: one handshake per process, and one more for
each set of abilities that is promised; servers that hand out no session id cost nothing more, a lost session is opened
again once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import TypeVar

import msgspec

from conducktor.connections import mcp_fault as fault
from conducktor.connections.mcp_abilities import NOTHING, askable
from conducktor.connections.mcp_aside import Aside
from conducktor.connections.mcp_discovery import (
    UNSUPPORTED_PROTOCOL_VERSION,
    ServerFacts,
    newest_common,
    read_discovery,
    versions_named,
)
from conducktor.connections.mcp_door import Answer, Door, Question, SessionGone
from conducktor.connections.mcp_endpoint import LEGACY_VERSIONS, MODERN_VERSIONS, Endpoint, Era
from conducktor.connections.mcp_fault import Fault, UpstreamError
from conducktor.connections.mcp_handshake import Session, leave_session, open_session
from conducktor.connections.mcp_inquiries import Inquiries
from conducktor.connections.mcp_outbox import Outbox
from conducktor.connections.mcp_reply import Reply
from conducktor.connections.mcp_request import (
    NOBODY,
    Ask,
    Behalf,
    Deadline,
    OnInquiry,
    encode_cancellation,
    encode_request,
    header_value,
    merge_meta,
)
from conducktor.connections.standing.legacy import LegacyStanding
from conducktor.connections.standing.modern import ModernStanding
from conducktor.connections.standing.news import LISTEN, Hears, Standing
from conducktor.infra.http_errors import TimedOut

_T = TypeVar("_T")

_ABILITIES = "io.modelcontextprotocol/clientCapabilities"
_LOG_LEVEL = "io.modelcontextprotocol/logLevel"

_SAYS_NOTHING_OF_THE_ERA = (
    Fault.UNREACHABLE,
    Fault.TLS,
    Fault.ADDRESS_REFUSED,
    Fault.SIGN_IN_AGAIN,
    Fault.NOT_ALLOWED,
    Fault.MOVED,
    Fault.RATE_LIMITED,
)
MISSING_ABILITY = -32021

_ABOUT_OUR_HOP = {
    -32020: "headers and body do not match its tools",
    MISSING_ABILITY: "it needs an ability that this client does not have",
    UNSUPPORTED_PROTOCOL_VERSION: "it no longer speaks this revision of MCP",
}
"""Errors of 2026-07-28 between us and the upstream: relayed, they would tell our client about itself."""


MOST_PEOPLE = 256
"""With a session of their own at one upstream, in one process; the server itself ends those that nobody uses."""

_Key = tuple[bytes, str]
"""Whose session: the abilities that were promised in it, and the person who has them. Nobody is asked for another."""
_UNASKED: _Key = (NOTHING, "")


class StreamableChannel:
    """Keeps what this process knows of one endpoint: era, session, prepared headers."""

    def __init__(self, outbox: Outbox, endpoint: Endpoint) -> None:
        self._outbox = outbox
        self._door = Door(outbox, endpoint)
        self._era = endpoint.era
        self._sessions: dict[_Key, Session] = {}
        self._asides: dict[_Key, Aside] = {}
        self._lock = asyncio.Lock()
        self._under_way = 0
        self._standings: set[Standing] = set()
        version = endpoint.protocol_version if endpoint.protocol_version in MODERN_VERSIONS else MODERN_VERSIONS[-1]
        self._modern_headers = {**self._door.headers, "MCP-Protocol-Version": version}
        self._modern_meta = {
            "io.modelcontextprotocol/protocolVersion": msgspec.Raw(msgspec.json.encode(version)),
            "io.modelcontextprotocol/clientInfo": outbox.client_info,
            _ABILITIES: msgspec.Raw(b"{}"),
        }

    @property
    def is_idle(self) -> bool:
        """No request is under way, and nobody has a stream of it."""
        return not self._under_way and not self._standings

    async def request(self, ask: Ask) -> Reply:
        """Raises UpstreamError."""
        self._under_way += 1
        try:
            if self._era is None:
                await self._locked(self._settle, ask.deadline)
            return await (self._ask_modern(ask) if self._era is Era.MODERN else self._ask_legacy(ask))
        finally:
            self._under_way -= 1

    async def probe(self, deadline: Deadline) -> ServerFacts:
        """Ask as a modern client first; whatever is not a modern server's answer means legacy. Raises UpstreamError."""
        modern = None if self._era is Era.LEGACY else await self._discover(deadline)
        facts = modern or await self._open(deadline, _UNASKED)
        self._era = facts.era
        return facts

    async def close(self) -> None:
        """Leave the upstream's sessions, without waiting for it."""
        while self._sessions:
            _, session = self._sessions.popitem()
            if session.is_stateful:
                self._outbox.in_background(leave_session(self._outbox, self._door, session))

    def standing(self, hears: Hears) -> Standing:
        kind = ModernStanding if self._era is Era.MODERN else LegacyStanding
        standing = kind(self._outbox, self._door, self, hears)
        self._standings.add(standing)
        return standing

    def closed(self, standing: Standing) -> None:
        self._standings.discard(standing)

    def listen_request(self, params: bytes) -> tuple[int, bytes, Mapping[str, str]]:
        """(id, body, headers) of one `subscriptions/listen`."""
        request_id = self._outbox.new_id()
        body = encode_request(request_id, LISTEN, merge_meta(params, self._modern_meta))
        return request_id, body, {**self._modern_headers, "Mcp-Method": LISTEN}

    async def session(self, deadline: Deadline) -> Session:
        """The session of requests that promise nothing, opened if need be. Raises UpstreamError."""
        session = self._sessions.get(_UNASKED)
        return session if session is not None else await self._locked(partial(self._opened, _UNASKED), deadline)

    def is_current(self, session: Session) -> bool:
        return self._sessions.get(_UNASKED) is session

    def drop(self, session: Session) -> None:
        """It is gone: the next request opens another."""
        if self.is_current(session):
            del self._sessions[_UNASKED]

    async def _ask_modern(self, ask: Ask) -> Reply:
        reply = (await self._asked_as_modern(ask)).reply
        if reply.error and reply.error.code in _ABOUT_OUR_HOP and not _is_about_the_client(reply.error.code, ask):
            raise fault.rejected(self._door.name, f"{_ABOUT_OUR_HOP[reply.error.code]} ({reply.error.code})")
        return reply

    async def _asked_as_modern(self, ask: Ask) -> Answer:
        headers = {**self._modern_headers, "Mcp-Method": ask.method}
        if ask.name is not None:
            headers["Mcp-Name"] = header_value(ask.name)
        headers.update(ask.mirrored)
        request_id = self._outbox.new_id()
        body = encode_request(request_id, ask.method, merge_meta(ask.params, self._meta_for(ask.behalf)))
        return await self._door.ask(
            Question(request_id, body, headers, ask.deadline, ask.repeatable, on_notification=ask.on_notification)
        )

    def _meta_for(self, behalf: Behalf) -> dict[str, msgspec.Raw]:
        if behalf is NOBODY:
            return self._modern_meta
        meta = {**self._modern_meta, _ABILITIES: behalf.abilities or self._modern_meta[_ABILITIES]}
        return {**meta, _LOG_LEVEL: behalf.log_level} if behalf.log_level else meta

    async def _ask_legacy(self, ask: Ask) -> Reply:
        key = _UNASKED
        if ask.on_inquiry and ask.behalf.abilities and (promised := askable(bytes(ask.behalf.abilities))) != NOTHING:
            key = promised, ask.behalf.person
        opened = partial(self._opened, key)
        session = self._sessions.get(key)
        if session is None:
            session = await self._locked(opened, ask.deadline)
        try:
            return await self._ask_in(session, ask, self._asides.get(key))
        except SessionGone:
            if self._sessions.get(key) is session:
                del self._sessions[key]
        session = await self._locked(opened, ask.deadline)
        try:
            return await self._ask_in(session, ask, self._asides.get(key))
        except SessionGone:
            raise fault.rejected(self._door.name, "it forgets the sessions that it opens") from None

    async def _ask_in(self, session: Session, ask: Ask, aside: Aside | None) -> Reply:
        request_id = self._outbox.new_id()
        body = encode_request(request_id, ask.method, ask.params)
        question = Question(
            request_id, body, session.headers, ask.deadline, ask.repeatable, session.is_stateful, ask.on_notification
        )
        try:
            if ask.on_inquiry is None:
                return (await self._door.ask(question)).reply
            return await self._ask_answering(ask.on_inquiry, question, aside)
        except asyncio.CancelledError:
            self._tell_cancelled(session, request_id, "the client cancelled")
            raise
        except UpstreamError as error:
            if error.fault is Fault.TIMED_OUT:
                self._tell_cancelled(session, request_id, "the time is up")
            raise

    async def _ask_answering(self, on_inquiry: OnInquiry, question: Question, aside: Aside | None) -> Reply:
        post = partial(self._outbox.post, self._door.url, question.headers)
        try:
            async with Inquiries(on_inquiry, post, question.deadline) as inquiries, _heard(aside, inquiries):
                reply = (await self._door.ask(msgspec.structs.replace(question, inquiries=inquiries))).reply
                return msgspec.structs.replace(reply, waited_s=inquiries.waited_s)
        except TimeoutError:
            raise self._door.failed(TimedOut(""), question.deadline.total_s) from None

    async def _discover(self, deadline: Deadline) -> ServerFacts | None:
        half = Deadline(deadline.left_s() / 2)  # an old server may let an unknown method hang
        reply = await self._asked_to_discover(half)
        if reply and (named := _versions_instead(reply)):
            if newest_common(named, MODERN_VERSIONS):
                reply = await self._asked_to_discover(half)  # it does speak ours, and says that we may try again
            elif not newest_common(named, LEGACY_VERSIONS):
                raise fault.unsupported_version(self._door.name, ", ".join(named))
        return read_discovery(reply.result) if reply and reply.result is not None else None

    async def _asked_to_discover(self, deadline: Deadline) -> Reply | None:
        """None for what no modern server answers."""
        try:
            return (await self._asked_as_modern(Ask("server/discover", b"{}", deadline, repeatable=True))).reply
        except UpstreamError as error:
            if error.fault in _SAYS_NOTHING_OF_THE_ERA:
                raise
            return None

    async def _settle(self, deadline: Deadline) -> None:
        if self._era is None:
            await self.probe(deadline)

    async def _opened(self, key: _Key, deadline: Deadline) -> Session:
        if key not in self._sessions:
            await self._open(deadline, key)
        return self._sessions[key]

    async def _open(self, deadline: Deadline, key: _Key) -> ServerFacts:
        facts, session = await open_session(self._outbox, self._door, deadline, key[0])
        self._sessions[key] = session
        if key != _UNASKED and session.is_stateful:
            self._asides[key] = Aside(self._outbox, self._door, session)
            if len(self._asides) > MOST_PEOPLE:
                oldest = next(iter(self._asides))
                del self._asides[oldest]
                self._sessions.pop(oldest, None)
        return facts

    async def _locked(self, step: Callable[[Deadline], Awaitable[_T]], deadline: Deadline) -> _T:
        """One handshake at a time; whoever waits for another's does so within its own deadline."""
        try:
            async with asyncio.timeout(deadline.left_s()), self._lock:
                return await step(deadline)
        except TimeoutError:
            raise self._door.failed(TimedOut(""), deadline.total_s) from None

    def _tell_cancelled(self, session: Session, request_id: int, why: str) -> None:
        self._outbox.send_letter(self._door.url, session.headers, encode_cancellation(request_id, why))


def _heard(aside: Aside | None, inquiries: Inquiries) -> AbstractAsyncContextManager[None]:
    return aside.heard_by(inquiries) if aside else nullcontext()


def _versions_instead(reply: Reply) -> tuple[str, ...]:
    """What an upstream that refused our revision would speak."""
    if reply.error is None or reply.error.code != UNSUPPORTED_PROTOCOL_VERSION:
        return ()
    return versions_named(reply.error.data)


def _is_about_the_client(code: int, ask: Ask) -> bool:
    """Only a client that declares abilities with each request can do something about one that it lacks."""
    return code == MISSING_ABILITY and ask.behalf.abilities is not None
