"""JSON-RPC on its way to an upstream: what the caller gave goes out byte for byte."""

import base64
import re
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import msgspec

from conducktor.connections.mcp_reply import Notification
from conducktor.core.errors import Invalid

OnNotification = Callable[[Notification], None]
"""Called on the event loop while a request runs; must not block (put it on a queue)."""


class Inquiry(msgspec.Struct, frozen=True):
    """A question of an upstream while it works. `key` is unique within its call."""

    key: str
    method: str
    params: msgspec.Raw


class Unanswered(Exception):
    """The question can not be answered: a JSON-RPC error for whoever asked."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


OnInquiry = Callable[[Inquiry], Coroutine[Any, Any, msgspec.Raw]]
"""Finds the answer, a JSON object, within a time of its own. Raises Unanswered."""


class Deadline:
    """A moment, shared by all steps of one request."""

    __slots__ = ("_ends", "total_s")

    def __init__(self, total_s: float) -> None:
        self.total_s = total_s
        self._ends = time.monotonic() + total_s

    def left_s(self) -> float:
        """Seconds left to a tenth (so that equal deadlines share their prepared timeout), never none."""
        return max(0.1, round(self._ends - time.monotonic(), 1))


class Behalf(msgspec.Struct, frozen=True):
    """The client for whom we ask; what it did not declare, no upstream may ask of it.

    `abilities` are its capabilities as a JSON object, as far as we carry them (None: we ask for ourselves). `log_level` is
    a JSON string; without it a modern upstream sends no log messages. Each `person` that can be asked has sessions of their own.
    """

    abilities: msgspec.Raw | None = None
    log_level: msgspec.Raw | None = None
    person: str = ""


NOBODY = Behalf()


class Ask(msgspec.Struct, frozen=True):
    """One request as the gateway gives it; see `McpClient.request`."""

    method: str
    params: bytes | msgspec.Raw
    deadline: Deadline
    name: str | None = None
    mirrored: tuple[tuple[str, str], ...] = ()
    repeatable: bool = False
    on_notification: OnNotification | None = None
    behalf: Behalf = NOBODY
    on_inquiry: OnInquiry | None = None


def encode_request(request_id: int, method: str, params: bytes | msgspec.Raw) -> bytes:
    return _encoder.encode(_Request(request_id, method, msgspec.Raw(params)))


def encode_notification(method: str, params: bytes) -> bytes:
    return _encoder.encode(_Notification(method, msgspec.Raw(params)))


def encode_cancellation(request_id: int, reason: str) -> bytes:
    return encode_notification("notifications/cancelled", _encoder.encode({"requestId": request_id, "reason": reason}))


def encode_refusal(request_id: object, method: str) -> bytes:
    """Our answer to a request of the upstream: `ping` is answered, all else is a method we do not have."""
    if method == "ping":
        return _encoder.encode({"jsonrpc": "2.0", "id": request_id, "result": {}})
    return encode_failure(request_id, METHOD_NOT_FOUND, f"Conducktor does not offer {method[:100]}")


def encode_reply(request_id: object, result: msgspec.Raw) -> bytes:
    return _encoder.encode({"jsonrpc": "2.0", "id": request_id, "result": result})


def encode_failure(request_id: object, code: int, message: str) -> bytes:
    return _encoder.encode({"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": message}})


def merge_meta(params: bytes | msgspec.Raw, meta: Mapping[str, msgspec.Raw]) -> bytes:
    """`params` with `meta` merged into its `_meta`, ours winning; the bytes of all other values stay. Raises Invalid."""
    try:
        fields = _object.decode(params)
        theirs = _object.decode(fields["_meta"]) if "_meta" in fields else {}
    except (msgspec.MsgspecError, RecursionError):
        raise Invalid("The parameters of an MCP request must be a JSON object, and so must its _meta.") from None
    return _encoder.encode({**fields, "_meta": {**theirs, **meta}})


def header_value(text: str) -> str:
    """`text` as `Mcp-Name` and `Mcp-Param-*` carry it: plain when it is plain ASCII, else in base64. MCP 2026-07-28."""
    if _PLAIN.fullmatch(text) and text == text.strip() and not _LOOKS_ENCODED.fullmatch(text):
        return text
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="


METHOD_NOT_FOUND = -32601
INTERNAL_ERROR = -32603

_PLAIN = re.compile(r"[\x20-\x7e]*")
_LOOKS_ENCODED = re.compile(r"=\?base64\?.*\?=")


class _Request(msgspec.Struct):
    id: int
    method: str
    params: msgspec.Raw
    jsonrpc: str = "2.0"


class _Notification(msgspec.Struct):
    method: str
    params: msgspec.Raw
    jsonrpc: str = "2.0"


_encoder = msgspec.json.Encoder()
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
