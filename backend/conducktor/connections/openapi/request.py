"""From a tool's arguments to an HTTP request. Pure; what would leave the operation's own path is refused."""

import re
from typing import Any
from urllib.parse import quote

import msgspec

from conducktor.connections.openapi.recipe import Body, BodyKind, Parameter, Place, RestOperation, Style
from conducktor.core.errors import Invalid

_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]{0,4000}")
_SEPARATOR = {Style.SPACE_DELIMITED: "%20", Style.PIPE_DELIMITED: "%7C"}
_SHOWN = 60


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """Complete but for the credential. `target` is path and query, to be put behind the connection's address."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class UnfitArguments(Invalid):
    """The arguments do not fit this tool."""


def prepare(operation: RestOperation, arguments: msgspec.Raw) -> Prepared:
    """Raises UnfitArguments, which says all that is wrong."""
    given = _given(operation, arguments)
    path, query, headers, cookies = operation.path, list[str](), {"Accept": "application/json, */*;q=0.5"}, list[str]()
    for parameter in operation.parameters:
        if parameter.argument not in given or (given[parameter.argument] == b"null" and not parameter.required):
            continue
        value = msgspec.json.decode(given[parameter.argument])
        match parameter.place:
            case Place.PATH:
                path = path.replace(f"{{{parameter.name}}}", _path_value(parameter, value))
            case Place.QUERY:
                query += _query_pairs(parameter, value)
            case Place.HEADER:
                headers[parameter.name] = _header_value(parameter, value)
            case Place.COOKIE:
                cookies += _query_pairs(parameter, value)
    if cookies:
        headers["Cookie"] = "; ".join(cookies)
    body = _body(operation.body, given, headers) if operation.body else b""
    target = f"{path}?{'&'.join(query)}" if query else path
    return Prepared(method=operation.method, target=target, headers=headers, body=body)


def _given(operation: RestOperation, arguments: msgspec.Raw) -> dict[str, msgspec.Raw]:
    try:
        given = _object.decode(arguments)
    except msgspec.MsgspecError:
        raise UnfitArguments("The arguments are not an object.") from None
    known = {p.argument for p in operation.parameters} | ({operation.body.argument} if operation.body else set())
    needed = [p.argument for p in operation.parameters if p.required]
    needed += [operation.body.argument] if operation.body and operation.body.required else []
    missing = [name for name in needed if name not in given]
    unknown = [name for name in given if name not in known]
    if missing or unknown:
        told = [f"{', '.join(missing)} is missing."] if missing else []
        told += [f"There is no argument {', '.join(name[:_SHOWN] for name in unknown[:5])}."] if unknown else []
        raise UnfitArguments(" ".join(told), next_step=f"This tool takes: {', '.join(sorted(known)) or 'nothing'}.")
    return given


def _path_value(parameter: Parameter, value: Any) -> str:
    pairs, values = _pairs(value), _values(value)
    for one in [text for pair in pairs for text in pair] or values or [""]:
        if not one or any(segment in (".", "..") for segment in re.split(r"[/\\]", one)):
            raise UnfitArguments(
                f"{parameter.argument} cannot be part of an address as it is.", next_step="Give its plain value."
            )
    parts = [f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in pairs] if pairs and parameter.explode else None
    flat = [quote(text, safe="") for pair in pairs for text in pair] or [quote(text, safe="") for text in values]
    match parameter.style:
        case Style.LABEL:
            return "." + ("." if parameter.explode else ",").join(parts or flat)
        case Style.MATRIX:
            name = quote(parameter.name, safe="")
            if parameter.explode:
                return "".join(f";{part}" for part in parts or [f"{name}={one}" for one in flat])
            return f";{name}={','.join(flat)}"
        case _:
            return ",".join(parts or flat)


def _query_pairs(parameter: Parameter, value: Any) -> list[str]:
    name = quote(parameter.name, safe="[]$")
    if parameter.style is Style.JSON:
        return [f"{name}={quote(msgspec.json.encode(value).decode(), safe='')}"]
    if isinstance(value, dict):
        pairs = [(quote(k, safe=""), quote(v, safe="")) for k, v in _pairs(value)]
        if parameter.style is Style.DEEP_OBJECT:
            return [f"{name}%5B{k}%5D={v}" for k, v in pairs]
        if parameter.explode:
            return [f"{k}={v}" for k, v in pairs]
        return [f"{name}={','.join(text for pair in pairs for text in pair)}"]
    values = [quote(text, safe="") for text in _values(value)]
    if not isinstance(value, list) or not parameter.explode:
        return [f"{name}={_SEPARATOR.get(parameter.style, ',').join(values)}"] if values else []
    return [f"{name}={one}" for one in values]


def _header_value(parameter: Parameter, value: Any) -> str:
    pairs = _pairs(value)
    if parameter.style is Style.JSON:
        text = msgspec.json.encode(value).decode()
    elif pairs:
        text = ",".join(f"{k}={v}" if parameter.explode else f"{k},{v}" for k, v in pairs)
    else:
        text = ",".join(_values(value))
    if not _HEADER_VALUE.fullmatch(text):
        raise UnfitArguments(f"{parameter.argument} has characters that a header cannot carry, or is too long.")
    return text


def _body(body: Body, given: dict[str, msgspec.Raw], headers: dict[str, str]) -> bytes:
    if body.argument not in given:
        return b""
    raw = given[body.argument]
    headers["Content-Type"] = body.media_type
    match body.kind:
        case BodyKind.JSON:
            return bytes(raw)
        case BodyKind.TEXT:
            text = msgspec.json.decode(raw)
            return (text if isinstance(text, str) else bytes(raw).decode()).encode()
        case BodyKind.FORM:
            fields = msgspec.json.decode(raw)
            if not isinstance(fields, dict):
                raise UnfitArguments(f"{body.argument} must be an object.")
            pairs = [(name, text) for name, value in fields.items() for text in _values(value)]
            return "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in pairs).encode()


def _values(value: Any) -> list[str]:
    if isinstance(value, list):
        return [_text(one) for one in value]
    return [_text(value)]


def _pairs(value: Any) -> list[tuple[str, str]]:
    return [(key, _text(inner)) for key, inner in value.items()] if isinstance(value, dict) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
