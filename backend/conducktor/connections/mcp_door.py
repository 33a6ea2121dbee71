"""One POST to an upstream and the answer within: JSON or a stream of events, checked, bounded, without our credential."""

import asyncio
from collections.abc import Mapping

import msgspec
from msgspec import UNSET

from conducktor.connections import mcp_fault as fault
from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.mcp_fault import UpstreamError
from conducktor.connections.mcp_inquiries import Inquiries
from conducktor.connections.mcp_outbox import Outbox
from conducktor.connections.mcp_redaction import Redaction
from conducktor.connections.mcp_reply import BrokenMessage, Message, Reply, read_messages
from conducktor.connections.mcp_request import Deadline, OnNotification, encode_refusal
from conducktor.connections.mcp_resumption import MOST_RESUMPTIONS, StreamEnded, ended, resuming
from conducktor.core.errors import ConducktorError, Invalid
from conducktor.infra.http_client import MAX_BODY_BYTES, Response
from conducktor.infra.http_errors import BrokenResponse, TimedOut
from conducktor.infra.http_syntax import check_header
from conducktor.infra.server_sent_events import EventParser


class Question(msgspec.Struct, frozen=True):
    """One JSON-RPC request, encoded. `headers` are complete: they carry credential, revision and session.

    With `inquiries` the upstream may ask back, and they keep the time.
    """

    request_id: int
    body: bytes
    headers: Mapping[str, str]
    deadline: Deadline
    repeatable: bool = False
    in_session: bool = False
    on_notification: OnNotification | None = None
    inquiries: Inquiries | None = None

    @property
    def left_s(self) -> float | None:
        return None if self.inquiries else self.deadline.left_s()


class Answer(msgspec.Struct, frozen=True):
    reply: Reply
    session_id: str | None


class SessionGone(Exception):
    """The upstream no longer knows the session that the question named; it did not run the request."""


_OURS = frozenset({"accept", "accept-encoding", "content-type", "cookie", "last-event-id", "user-agent"})


class Door:
    """The upstream's address and our credential for it."""

    __slots__ = ("_outbox", "headers", "name", "redaction", "url")

    def __init__(self, outbox: Outbox, endpoint: Endpoint) -> None:
        """Raises UpstreamError when a credential can not be sent as a header."""
        self._outbox = outbox
        self.name = endpoint.name
        self.url = endpoint.full_url
        self.redaction = Redaction((*endpoint.headers, *endpoint.query))
        self.headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
        for name, value in endpoint.headers:
            try:
                check_header(name, value)
            except Invalid as error:
                raise fault.unusable_credential(self.name, error.detail) from None
            if name.lower() in _OURS or name.lower().startswith("mcp-"):
                raise fault.unusable_credential(self.name, f"The header {name} belongs to MCP itself.")
            self.headers[name] = value

    async def ask(self, question: Question) -> Answer:
        """Raises UpstreamError and SessionGone. Sent again once when it is repeatable and a pooled connection was dead."""
        try:
            try:
                return await self._ask_once(question)
            except BrokenResponse as error:
                if not (error.before_answer and question.repeatable):
                    raise
            return await self._ask_once(question)
        except UpstreamError:
            raise
        except ConducktorError as error:
            raise self.failed(error, question.deadline.total_s) from None
        except BrokenMessage as error:
            raise fault.broken_reply(self.name, str(error)) from None

    def failed(self, error: ConducktorError, deadline_s: float) -> UpstreamError:
        return fault.unreachable(self.name, error, deadline_s)

    def refused(self, response: Response) -> UpstreamError:
        return fault.refused(self.name, response.status, response.headers, self.redaction, self._outbox.clock)

    def read(self, body: bytes) -> list[Message]:
        """The messages in `body`, without our credential. Raises BrokenMessage."""
        return read_messages(self.redaction.clean(body))

    async def _ask_once(self, question: Question) -> Answer:
        try:
            return await self._post(question)
        except StreamEnded as stream:
            if stream.last_event_id is None or not question.in_session:
                raise
            try:
                async with asyncio.timeout(question.left_s):
                    return Answer(await self._taken_up(question, stream), None)
            except TimeoutError:
                raise TimedOut("") from None

    async def _taken_up(self, question: Question, stream: StreamEnded) -> Reply:
        """The answer that comes on streams after the one that ended. Raises as `_ask_once`."""
        for _ in range(MOST_RESUMPTIONS):
            await asyncio.sleep(stream.pause_s)
            headers = resuming(question.headers, stream.last_event_id or "")
            async with self._outbox.http.get(self.url, headers=headers, deadline_s=question.left_s) as response:
                if response.status != 200 or "event-stream" not in response.headers.get("Content-Type", "").lower():
                    raise stream
                try:
                    return await self._read_stream(response, question, stream)
                except StreamEnded as again:
                    stream = again
        raise stream

    async def _post(self, question: Question) -> Answer:
        left_s = question.left_s
        async with self._outbox.http.post(self.url, headers=question.headers, body=question.body, deadline_s=left_s) as response:
            if response.status != 200:
                reply = await self._read_refusal(response, question)
            elif "event-stream" in (kind := response.headers.get("Content-Type", "").lower()):
                reply = await self._read_stream(response, question)
            elif "html" in kind:
                raise BrokenMessage("a web page")
            else:
                reply = self._only_reply(self.read(await response.read()), question)
            return Answer(reply, response.headers.get("Mcp-Session-Id"))

    async def _read_stream(self, response: Response, question: Question, before: StreamEnded | None = None) -> Reply:
        parser = EventParser(max_event_bytes=MAX_BODY_BYTES)
        while chunk := await self._next_chunk(response, parser, before):
            for event in parser.feed(chunk):
                if event.name != "message":
                    continue
                for message in self.read(event.data):
                    if reply := self._consider(message, question):
                        response.linger()
                        return reply
        raise ended(parser, before)

    async def _next_chunk(self, response: Response, parser: EventParser, before: StreamEnded | None) -> bytes:
        try:
            return await response.next_chunk()
        except BrokenResponse:
            raise ended(parser, before) from None

    def _only_reply(self, messages: list[Message], question: Question) -> Reply:
        replies = [reply for message in messages if (reply := self._consider(message, question))]
        if len(replies) != 1:
            raise BrokenMessage(f"{len(replies) or 'no'} answers to one request")
        return replies[0]

    def _consider(self, message: Message, question: Question) -> Reply | None:
        """The answer, or None for what else an upstream may say meanwhile. Raises BrokenMessage."""
        if isinstance(message.method, str):
            if message.id is UNSET:
                self._pass_on(message, question)
            elif not (question.inquiries and question.inquiries.take(message)):
                self._outbox.send_letter(self.url, question.headers, encode_refusal(message.id, message.method))
            return None
        unaddressed_error = message.id in (None, UNSET) and message.error is not UNSET
        if message.id != question.request_id and not unaddressed_error:
            raise BrokenMessage("the answer to another request")
        return message.reply()

    def _pass_on(self, message: Message, question: Question) -> None:
        if (question.on_notification or question.inquiries) and (notification := message.notification()):
            if question.inquiries:
                question.inquiries.hear(notification)
            if question.on_notification:
                question.on_notification(notification)

    async def _read_refusal(self, response: Response, question: Question) -> Reply:
        """Any status but 200. A JSON-RPC error in the body counts as an answer, unless the status says what to do."""
        status = response.status
        if status in (401, 403, 429) or 300 <= status < 400:
            raise self.refused(response)
        if status == 404 and question.in_session:
            raise SessionGone
        if "json" in response.headers.get("Content-Type", "").lower() and (reply := await self._error_in(response, question)):
            # Servers made from the TypeScript SDK's example refuse an unknown session with 400 instead of 404.
            if status == 400 and question.in_session and reply.error and "session" in reply.error.message.lower():
                raise SessionGone
            return reply
        if status < 300:
            raise BrokenMessage(f"an acknowledgement ({status}) instead of an answer")
        raise self.refused(response)

    async def _error_in(self, response: Response, question: Question) -> Reply | None:
        try:
            reply = self._only_reply(self.read(await response.read()), question)
        except BrokenMessage:
            return None
        return reply if reply.error or response.status < 300 else None
