"""Questions that a server of the handshake era asks on the stream of a call: put to whoever can answer, and answered."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import msgspec

from conducktor.connections.mcp_reply import Message, Notification
from conducktor.connections.mcp_request import (
    INTERNAL_ERROR,
    Deadline,
    Inquiry,
    OnInquiry,
    Unanswered,
    encode_failure,
    encode_reply,
)
from conducktor.core.errors import ConducktorError

KEY = "dev.conducktor/inputRequest"
"""In the `_meta` of a question: the upstream's own name for it, as `inputRequests` of 2026-07-28 have one."""

ASKABLE = frozenset({"elicitation/create", "sampling/createMessage", "roots/list"})
MOST_AT_ONCE = 16
MOST_IN_ALL = 64
"""Of one call."""


Post = Callable[[bytes], Awaitable[None]]


class Inquiries:
    """Those of one call, for as long as its block runs; leaving it gives up the open ones.

    While one is open, the call's own time stands still: a person may need longer than a service.
    """

    def __init__(self, on_inquiry: OnInquiry, post: Post, deadline: Deadline) -> None:
        self._on_inquiry = on_inquiry
        self._post = post
        self._open: dict[object, asyncio.Task[None]] = {}
        self._keys: set[str] = set()
        self._limit = asyncio.timeout(deadline.left_s())
        self._left_s = 0.0
        self._stopped_at = 0.0
        self.waited_s = 0.0
        """While questions were open."""
        self._is_over = False
        self._defect: BaseException | None = None

    async def __aenter__(self) -> Self:
        await self._limit.__aenter__()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Raises TimeoutError when the call's own time was up."""
        self._is_over = True
        for task in self._open.values():
            task.cancel()
        try:
            await self._limit.__aexit__(kind, error, trace)
        except TimeoutError:
            if self._defect:
                raise self._defect from None
            raise

    def take(self, message: Message) -> bool:
        """Begin to answer; False when nobody here answers such a request."""
        if message.method not in ASKABLE or message.id in self._open:
            return False
        if len(self._open) >= MOST_AT_ONCE or len(self._keys) >= MOST_IN_ALL:
            return False
        if not self._open:
            self._stop_clock()
        inquiry = Inquiry(self._key(message.params), str(message.method), message.params.copy())
        self._open[message.id] = task = asyncio.create_task(self._answer(message.id, inquiry), name="inquiry")
        task.add_done_callback(lambda _: self._closed(message.id))
        return True

    def hear(self, notification: Notification) -> None:
        """The upstream may no longer want to know (`notifications/cancelled`)."""
        if notification.method != "notifications/cancelled":
            return
        try:
            request_id = _decode_cancelled(notification.params).request_id
        except msgspec.MsgspecError:
            return
        if task := self._open.get(request_id):
            task.cancel()

    async def _answer(self, request_id: object, inquiry: Inquiry) -> None:
        try:
            body = encode_reply(request_id, await self._on_inquiry(inquiry))
        except Unanswered as refusal:
            body = encode_failure(request_id, refusal.code, refusal.message)
        except ConducktorError as error:
            body = encode_failure(request_id, INTERNAL_ERROR, error.title())
        await self._post(body)

    def _closed(self, request_id: object) -> None:
        task = self._open.pop(request_id)
        if not task.cancelled() and (defect := task.exception()):
            self._defect = defect
        if self._is_over or (self._open and not self._defect):
            return
        now = asyncio.get_running_loop().time()
        self.waited_s += now - self._stopped_at
        self._limit.reschedule(now if self._defect else now + self._left_s)

    def _stop_clock(self) -> None:
        self._stopped_at = asyncio.get_running_loop().time()
        if (ends := self._limit.when()) is not None:
            self._left_s = max(0.1, ends - self._stopped_at)
        self._limit.reschedule(None)

    def _key(self, params: msgspec.Raw) -> str:
        try:
            meta = _decode_params(params).meta
        except msgspec.MsgspecError:
            meta = None
        named = meta.key if meta and meta.key else ""
        key = named if _NAME.fullmatch(named) and named not in self._keys else f"question-{len(self._keys) + 1}"
        self._keys.add(key)
        return key


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,63}")  # without the hyphen of those that we count


class _Meta(msgspec.Struct):
    key: str | None = msgspec.field(name=KEY, default=None)


class _Params(msgspec.Struct):
    meta: _Meta | None = msgspec.field(name="_meta", default=None)


class _Cancelled(msgspec.Struct, rename="camel"):
    request_id: int | str | None = None


_decode_params = msgspec.json.Decoder(_Params).decode
_decode_cancelled = msgspec.json.Decoder(_Cancelled).decode
