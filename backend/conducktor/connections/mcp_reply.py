"""What an upstream answered: bytes we do not touch, or its JSON-RPC error."""

import re

import msgspec
from msgspec import UNSET, UnsetType


class RpcError(msgspec.Struct, frozen=True):
    """The upstream's own JSON-RPC error, relayed as it is. Not an empty Raw for absent `data`: that encodes to broken JSON."""

    code: int
    message: str = ""
    data: msgspec.Raw | UnsetType = UNSET


class Reply(msgspec.Struct, frozen=True):
    """Exactly one of both. `result` is the raw JSON object of the answer, byte for byte as it came.

    `result` looks into the response buffer: `Raw.copy()` what is kept for long. `waited_s` is how long the upstream waited
    for answers to questions of its own.
    """

    result: msgspec.Raw | None = None
    error: RpcError | None = None
    waited_s: float = 0.0


class Notification(msgspec.Struct, frozen=True):
    """What an upstream said while it worked, e.g. `notifications/progress`; `params` is a raw JSON object."""

    method: str
    params: msgspec.Raw


class Message(msgspec.Struct, frozen=True):
    """Any JSON-RPC message of an upstream."""

    id: int | str | float | UnsetType | None = UNSET
    method: str | UnsetType = UNSET
    params: msgspec.Raw = msgspec.Raw(b"{}")
    result: msgspec.Raw | UnsetType = UNSET
    error: msgspec.Raw | UnsetType = UNSET

    def notification(self) -> Notification | None:
        """This message as a notification; None when it is none, or malformed: nobody waits for it."""
        if isinstance(self.method, str) and self.id is UNSET and is_object(self.params):
            return Notification(self.method, self.params)
        return None

    def reply(self) -> Reply:
        """This message as the answer that it is. Raises BrokenMessage."""
        if isinstance(self.result, msgspec.Raw) and self.error is UNSET:
            if not is_object(self.result):
                raise BrokenMessage("a result that is not an object")
            return Reply(result=self.result)
        if isinstance(self.error, msgspec.Raw) and self.result is UNSET:
            try:
                return Reply(error=_error.decode(self.error))
            except msgspec.MsgspecError:
                raise BrokenMessage("an error that is not a JSON-RPC error") from None
        raise BrokenMessage("neither a result nor an error")


def is_object(raw: msgspec.Raw) -> bool:
    return memoryview(raw)[0] == ord("{")


class BrokenMessage(Exception):
    """What came is not a usable JSON-RPC message; says in a few words what it is instead."""


def read_messages(body: bytes) -> list[Message]:
    """The messages of a JSON body: one, or the batch that revision 2025-03-26 allows. Raises BrokenMessage."""
    try:
        if not body.isascii():
            body.decode()  # msgspec does not look into the strings that it skips
        return _decode(body)
    except UnicodeDecodeError:
        raise BrokenMessage("text that is not UTF-8") from None
    except RecursionError:
        raise BrokenMessage("JSON nested too deeply") from None
    except msgspec.DecodeError:
        raise BrokenMessage(_what_is(body)) from None


def _decode(body: bytes) -> list[Message]:
    try:
        return _batch.decode(body) if body[:1] == b"[" else [_message.decode(body)]
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        # JavaScript servers that cut a text inside an emoji send half a surrogate pair, which no parser here takes.
        mended = _ESCAPE.sub(_without_lone_surrogate, body)
        if mended == body:
            raise
        return _batch.decode(mended) if mended[:1] == b"[" else [_message.decode(mended)]


def has_lone_surrogate(body: bytes) -> bool:
    """Whether an escape in this JSON stands for half a surrogate pair, which is no character."""
    return any(escape["lone"] for escape in _ESCAPE.finditer(body))


def _without_lone_surrogate(escape: re.Match[bytes]) -> bytes:
    return b"\\ufffd" if escape["lone"] else escape[0]


def _what_is(body: bytes) -> str:
    start = body[:200].lstrip().lower()
    if not start:
        return "nothing"
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        return "a web page"
    return "JSON that is no JSON-RPC message" if start[:1] in b'{["' and _is_json(body) else "broken JSON"


def _is_json(body: bytes) -> bool:
    try:
        _raw.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"|\\.",
)
_message = msgspec.json.Decoder(Message)
_batch = msgspec.json.Decoder(list[Message])
_error = msgspec.json.Decoder(RpcError)
_raw = msgspec.json.Decoder(msgspec.Raw)
