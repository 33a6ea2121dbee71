"""The wire format of MCP toward clients: JSON-RPC envelopes and the two eras, checked before anything else looks at them.

Modern = 2026-07-28: stateless, metadata in each request. Legacy = 2025-03-26 … 2025-11-25: begins with `initialize`; we
keep no session for it either, so a restart of ours is never noticed.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from conducktor import __version__
from conducktor.connections.mcp_reply import has_lone_surrogate
from conducktor.gateway.mirrored_headers import decode_header_value

MODERN = "2026-07-28"
LEGACY_VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26")
DEFAULT_LEGACY = "2025-03-26"  # what a legacy client without the version header speaks
SERVER_INFO = {"name": "conducktor", "title": "Conducktor", "version": __version__}

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
REFUSED = -32000  # server-defined range of JSON-RPC 2.0 §5.1; -32020 and below belong to the MCP specification
REQUEST_CANCELLED = -32001
RESOURCE_NOT_FOUND = -32002  # of older revisions; in this one a server must not say it (basic §error codes)
HEADER_MISMATCH = -32020
MISSING_ABILITY = -32021
UNSUPPORTED_VERSION = -32022

HTTP_STATUS = {
    PARSE_ERROR: 400,
    INVALID_REQUEST: 400,
    INVALID_PARAMS: 400,
    HEADER_MISMATCH: 400,
    MISSING_ABILITY: 400,
    UNSUPPORTED_VERSION: 400,
    METHOD_NOT_FOUND: 404,
}
"""HTTP status of a JSON-RPC error in the modern era (transports §errors); legacy clients get 200 for a well-formed request."""

META_VERSION = "io.modelcontextprotocol/protocolVersion"
META_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
META_LOG_LEVEL = "io.modelcontextprotocol/logLevel"
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are no JSON, not valid, not UTF-8, or nested too deeply."""

NAMED_METHODS = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
"""Method → the field of params that the `Mcp-Name` header mirrors."""

TASK_METHODS = frozenset({"tasks/get", "tasks/update", "tasks/cancel"})
"""Of the tasks extension; their `Mcp-Name` mirrors `params.taskId`."""

GOVERNED_METHODS = frozenset({*NAMED_METHODS, "completion/complete", "resources/subscribe"})
"""What reaches an upstream: it goes through `call_tool`."""


class Era(StrEnum):
    MODERN = "modern"
    LEGACY = "legacy"


class ProtocolError(Exception):
    """What only the client can fix: a JSON-RPC error."""

    def __init__(self, code: int, message: str, *, status: int | None = None, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.data = data
        self.id: bytes = b"null"


class Envelope(msgspec.Struct, frozen=True):
    """A JSON-RPC 2.0 message; what we do not touch stays raw."""

    jsonrpc: str = ""
    method: str | msgspec.UnsetType = msgspec.UNSET
    id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    params: msgspec.Raw = msgspec.Raw(b"{}")


class Params(msgspec.Struct, frozen=True):
    """The fields of params that some method of ours looks at."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    uri: str | msgspec.UnsetType = msgspec.UNSET
    arguments: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    meta: dict[str, msgspec.Raw] = msgspec.field(name="_meta", default_factory=dict)
    protocol_version: str | msgspec.UnsetType = msgspec.field(name="protocolVersion", default=msgspec.UNSET)
    request_id: msgspec.Raw | msgspec.UnsetType = msgspec.field(name="requestId", default=msgspec.UNSET)
    level: str | msgspec.UnsetType = msgspec.UNSET
    capabilities: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    task_id: str | msgspec.UnsetType = msgspec.field(name="taskId", default=msgspec.UNSET)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A checked request or notification (`id` empty)."""

    era: Era
    version: str
    method: str
    id: bytes
    params: Params
    raw_params: msgspec.Raw

    @property
    def is_notification(self) -> bool:
        return not self.id

    @property
    def name(self) -> str:
        """Of the tool, prompt or resource. Raises ProtocolError when it is missing."""
        name = self.params.uri if self.method.startswith("resources/") else self.params.name
        if name is msgspec.UNSET:
            raise ProtocolError(INVALID_PARAMS, f"{self.method} needs params.{NAMED_METHODS.get(self.method, 'uri')}")
        return name


_decode_envelope = msgspec.json.Decoder(Envelope).decode
_decode_params = msgspec.json.Decoder(Params).decode
_decode_string = msgspec.json.Decoder(str).decode
encode = msgspec.json.Encoder().encode


def read_message(body: bytes, headers: Mapping[str, str]) -> Message | None:
    """Decode and check one POST body. None for a response of the client. Raises ProtocolError."""
    envelope = _envelope(body)
    if envelope.method is msgspec.UNSET:
        return None
    id_ = _request_id(envelope)
    try:
        return _message(envelope, envelope.method, id_, headers)
    except ProtocolError as error:
        error.id = id_ or b"null"
        raise


def _envelope(body: bytes) -> Envelope:
    if body[:1] == b"[":
        raise ProtocolError(
            INVALID_REQUEST, "Batches are not part of this protocol revision; send one message per POST.", status=400
        )
    try:
        envelope = _decode_envelope(body)
    except UNREADABLE as error:
        code = INVALID_REQUEST if isinstance(error, msgspec.ValidationError) else PARSE_ERROR
        what = "half a surrogate pair is no character" if has_lone_surrogate(body) else _shortly(error)
        raise ProtocolError(code, f"The body is not a JSON-RPC message: {what}", status=400) from None
    if envelope.jsonrpc != "2.0":
        raise ProtocolError(INVALID_REQUEST, 'The body is not a JSON-RPC message: "jsonrpc" must be "2.0".', status=400)
    return envelope


def _request_id(envelope: Envelope) -> bytes:
    """Strings and integers only; an id that is present but null is not allowed (MCP base protocol §requests)."""
    if envelope.id is msgspec.UNSET:
        return b""
    raw = bytes(envelope.id)
    if raw[:1] == b'"' or (raw.lstrip(b"-").isdigit() and len(raw) <= 40):
        return raw
    raise ProtocolError(INVALID_REQUEST, "The request id must be a string or an integer.", status=400)


def _message(envelope: Envelope, method: str, id_: bytes, headers: Mapping[str, str]) -> Message:
    try:
        params = _decode_params(envelope.params)
    except UNREADABLE as error:
        code = INVALID_PARAMS if isinstance(error, msgspec.ValidationError) else PARSE_ERROR
        raise ProtocolError(code, f"The params are not valid: {_shortly(error)}", status=400) from None
    header_version = headers.get("mcp-protocol-version")
    is_modern = META_VERSION in params.meta or header_version == MODERN or method == "server/discover"
    if not is_modern and (header_version is None or header_version in LEGACY_VERSIONS or method == "initialize"):
        _check_mirrors(method, params, headers, required=False)
        version = header_version or DEFAULT_LEGACY
        return Message(era=Era.LEGACY, version=version, method=method, id=id_, params=params, raw_params=envelope.params)
    _check_modern(method, params, header_version, headers, is_request=bool(id_))
    return Message(era=Era.MODERN, version=MODERN, method=method, id=id_, params=params, raw_params=envelope.params)


def _check_modern(
    method: str, params: Params, header_version: str | None, headers: Mapping[str, str], *, is_request: bool
) -> None:
    said = _said_version(params)
    if said is not None and header_version is not None and said != header_version:
        raise ProtocolError(HEADER_MISMATCH, "MCP-Protocol-Version differs from the body", status=400)
    if (asked := said or header_version) not in (MODERN, None):
        data = {"supported": [MODERN, *LEGACY_VERSIONS], "requested": asked}
        raise ProtocolError(UNSUPPORTED_VERSION, f"Protocol version {asked} is not supported", status=400, data=data)
    if is_request and (said is None or META_CAPABILITIES not in params.meta):
        missing = META_VERSION if said is None else META_CAPABILITIES
        raise ProtocolError(INVALID_PARAMS, f"Requests of {MODERN} need _meta[{missing!r}]", status=400)
    if header_version is None:
        raise ProtocolError(HEADER_MISMATCH, "The MCP-Protocol-Version header is missing", status=400)
    _check_mirrors(method, params, headers, required=is_request)


def _said_version(params: Params) -> str | None:
    raw = params.meta.get(META_VERSION)
    if raw is None:
        return None
    try:
        return _decode_string(raw)
    except UNREADABLE:
        raise ProtocolError(INVALID_PARAMS, f"_meta[{META_VERSION!r}] must be a string", status=400) from None


def _check_mirrors(method: str, params: Params, headers: Mapping[str, str], *, required: bool) -> None:
    """The body is what counts; a header that says otherwise means that somebody in between decided on something else."""
    said = headers.get("mcp-method")
    if (said is None and required) or (said is not None and said != method):
        raise ProtocolError(HEADER_MISMATCH, "Mcp-Method is missing or differs from the body", status=400)
    if method not in NAMED_METHODS and method not in TASK_METHODS:
        return
    named = headers.get("mcp-name")
    if method in TASK_METHODS:
        field, required = params.task_id, False  # the suite of the extension wants servers to do without it
    else:
        field = params.uri if method == "resources/read" else params.name
    if (named is None and required) or (named is not None and decode_header_value(named) != field):
        raise ProtocolError(HEADER_MISMATCH, "Mcp-Name is missing or differs from the body", status=400)


def _shortly(error: BaseException) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]


def result_body(id_: bytes, result: bytes) -> bytes:
    return b'{"jsonrpc":"2.0","id":' + id_ + b',"result":' + result + b"}"


def error_body(id_: bytes, code: int, message: str, data: object = None) -> bytes:
    error: dict[str, object] = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return b'{"jsonrpc":"2.0","id":' + id_ + b',"error":' + encode(error) + b"}"


def request_body(id_: bytes, method: str, params: bytes) -> bytes:
    return b'{"jsonrpc":"2.0","id":' + id_ + b',"method":' + encode(method) + b',"params":' + params + b"}"


def notification_body(method: str, params: bytes) -> bytes:
    return b'{"jsonrpc":"2.0","method":' + encode(method) + b',"params":' + params + b"}"
