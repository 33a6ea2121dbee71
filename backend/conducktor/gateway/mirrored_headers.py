"""Arguments that a tool's schema mirrors into `Mcp-Param-*` headers (MCP 2026-07-28, `x-mcp-header`)."""

import base64
import binascii
import re
from decimal import Decimal

import msgspec

from conducktor.core.tool_call import CallRequest

HeaderParams = tuple[tuple[tuple[str, ...], str], ...]

_SENTINEL = re.compile(r"=\?base64\?(?P<payload>.*)\?=")
_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?")
_SAFE = re.compile(r"[\x20-\x7E]*")


def mirrored_headers(header_params: HeaderParams, arguments: msgspec.Raw) -> tuple[tuple[str, str], ...]:
    """(header, value) for each mirrored argument that is present; only strings, integers and booleans are."""
    given = msgspec.json.decode(arguments)
    values = ((name, _scalar(_at(given, path))) for path, name in header_params)
    return tuple((name, encode_header_value(value)) for name, value in values if value is not None)


def contradicts(header_params: HeaderParams, request: CallRequest) -> str | None:
    """The first mirrored header that is missing or differs from the body, which is what counts; None when all agree."""
    if not header_params:
        return None
    given = msgspec.json.decode(request.arguments)
    headers = dict(request.mirrored_headers or ())
    for path, name in header_params:
        sent = headers.get(name.lower())
        told = decode_header_value(sent)
        if not _agree(_at(given, path), told) or (sent is not None and told is None):
            return name
    return None


def encode_header_value(value: str) -> str:
    """Printable ASCII as it is, everything else as `=?base64?…?=`."""
    if _SAFE.fullmatch(value) and value == value.strip() and not _SENTINEL.fullmatch(value):
        return value
    return f"=?base64?{base64.b64encode(value.encode()).decode()}?="


def decode_header_value(value: str | None) -> str | None:
    """Inverse of `encode_header_value`; None for a missing or malformed value, so that it never matches a body."""
    if value is None or not value.isascii():  # Latin-1 that happens to be the body's text is malformed all the same
        return None
    if not (wrapped := _SENTINEL.fullmatch(value)):
        return value
    try:
        return base64.b64decode(wrapped["payload"], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _at(value: object, path: tuple[str, ...]) -> object:
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _agree(value: object, told: str | None) -> bool:
    """Numbers as numbers: 42.0 is 42."""
    if told is not None and isinstance(value, int | float) and not isinstance(value, bool) and _NUMBER.fullmatch(told):
        return Decimal(told) == value
    return _scalar(value) == told


def _scalar(value: object) -> str | None:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(value)
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return None
