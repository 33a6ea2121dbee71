"""From an HTTP answer to the result of a tool: text first, JSON as structured content too, files as resources."""

from base64 import b64encode
from http import HTTPStatus

import msgspec

TEXT_LIMIT = 2 * 1024 * 1024
"""Bytes of an answer that goes to a model as text."""
BLOB_LIMIT = 4 * 1024 * 1024
ERROR_LIMIT = 4_000


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """`body` is without our credential. `retry_after` is the header as it came."""

    key: str
    url: str
    status: int
    media_type: str
    body: bytes
    retry_after: str | None = None


class _Text(msgspec.Struct):
    text: str
    type: str = "text"


class _Media(msgspec.Struct, rename="camel"):
    type: str
    data: str
    mime_type: str


class _Blob(msgspec.Struct, rename="camel"):
    uri: str
    mime_type: str
    blob: str


class _Resource(msgspec.Struct):
    resource: _Blob
    type: str = "resource"


class _Result(msgspec.Struct, rename="camel", omit_defaults=True):
    content: list[_Text | _Media | _Resource]  # type: ignore[misc, unused-ignore]
    structured_content: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    is_error: bool = False


def result_of(answer: Answer) -> msgspec.Raw:
    """A `CallToolResult`, encoded."""
    if answer.status >= 400:
        return _encoded(_failed(answer))
    if not answer.body:
        return _encoded(_said(f"Done: {answer.key} answered {_status(answer.status)}, without content."))
    if _is_json(answer.media_type) and (parsed := _parsed(answer.body)) is not None:
        return _encoded(_structured(answer, parsed))
    if answer.media_type.startswith("text/") or answer.media_type in _TEXTUAL or not answer.media_type:
        return _encoded(_said(_cut(answer.body.decode("utf-8", "replace"), TEXT_LIMIT)))
    return _encoded(_file(answer))


def refusal(sentence: str) -> msgspec.Raw:
    """A result that says why nothing was sent."""
    return _encoded(_Result(content=[_Text(sentence)], is_error=True))


_TEXTUAL = frozenset(
    {"application/xml", "application/yaml", "application/x-yaml", "application/javascript", "application/x-ndjson"}
)


def _structured(answer: Answer, parsed: msgspec.Raw) -> _Result:
    if len(answer.body) > TEXT_LIMIT:
        return _too_large(answer, TEXT_LIMIT)
    is_object = answer.body.lstrip()[:1] == b"{"
    structured = parsed if is_object else msgspec.Raw(b'{"result":' + bytes(parsed) + b"}")
    return _Result(content=[_Text(answer.body.decode())], structured_content=structured)


def _failed(answer: Answer) -> _Result:
    sentence = f"{answer.key} failed: {_status(answer.status)}."
    if answer.status == 429 and (answer.retry_after or "").isdigit():
        sentence += f" Try again in {answer.retry_after} s."
    said = (
        answer.body.decode("utf-8", "replace").strip() if _is_json(answer.media_type) or "text/plain" in answer.media_type else ""
    )
    content = [_Text(f"{sentence}\n\n{_cut(said, ERROR_LIMIT)}" if said else sentence)]
    return _Result(content=list(content), is_error=True)


def _file(answer: Answer) -> _Result:
    if len(answer.body) > BLOB_LIMIT:
        return _too_large(answer, BLOB_LIMIT)
    data, kind = b64encode(answer.body).decode(), answer.media_type.partition("/")[0]
    if kind in ("image", "audio"):
        return _Result(content=[_Media(kind, data, answer.media_type)])
    return _Result(content=[_Resource(_Blob(answer.url, answer.media_type, data))])


def _too_large(answer: Answer, limit: int) -> _Result:
    sentence = (
        f"{answer.key} answered with {len(answer.body):,} bytes, more than the {limit // 1024 // 1024} MB that go into a chat. "
        "Ask for less at once, for example with a filter or a smaller page."
    )
    return _Result(content=[_Text(sentence)], is_error=True)


def _said(text: str) -> _Result:
    return _Result(content=[_Text(text)])


def _is_json(media_type: str) -> bool:
    return media_type == "application/json" or media_type.endswith("+json")


def _parsed(body: bytes) -> msgspec.Raw | None:
    """None for what is called JSON and is none."""
    try:
        body.decode()
        return msgspec.json.decode(body, type=msgspec.Raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… (cut: {len(text):,} characters)"


def _encoded(result: _Result) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(result))
