"""The step that leaves the house: one request to the connection's server, with its credential, never the caller's."""

from collections.abc import Awaitable
from functools import partial
from typing import Protocol

import msgspec

from conducktor.connections import mcp_fault as fault
from conducktor.connections.credentials import Credentials
from conducktor.connections.mcp_client import OnInquiry, OnNotification
from conducktor.connections.mcp_reply import Notification, Reply
from conducktor.core.tool_call import CallRequest, CallResult, ToolCall
from conducktor.gateway.completion import completion_params
from conducktor.gateway.courier import Courier
from conducktor.gateway.dialogue import ASKS, Dialogues, Params
from conducktor.gateway.errand import Errand, Round, Service
from conducktor.gateway.mirrored_headers import mirrored_headers
from conducktor.gateway.relay import Relay
from conducktor.gateway.subscribing import SUBSCRIBE, Subscribing
from conducktor.gateway.target import Target

PROTOCOL_PREFIX = "io.modelcontextprotocol/"
"""`_meta` keys of the client's own hop (protocol version, client info, capabilities): each hop has its own."""

TRACE_KEYS = frozenset({"io.modelcontextprotocol/related-task"})

TASK = "task"
"""`resultType` of a handle for work that goes on: no upstream is told that we could follow one (decision 13)."""

_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


class LocalCalls(Protocol):
    async def call(self, call: ToolCall) -> CallResult:
        """Run one of the gateway's own tools."""


class _Head(msgspec.Struct):
    is_error: bool = msgspec.field(name="isError", default=False)
    result_type: str | None = msgspec.field(name="resultType", default=None)


class _LogMessage(msgspec.Struct):
    level: str = ""


_decode_message = msgspec.json.Decoder(_LogMessage).decode
_decode_head = msgspec.json.Decoder(_Head).decode


class Upstream:
    """Calls connections' servers and the gateway's own tools alike."""

    def __init__(
        self,
        mcp: Service,
        rest: Service,
        local: LocalCalls,
        dialogues: Dialogues,
        *,
        credentials: Credentials,
        courier: Courier,
        subscribing: Subscribing,
    ) -> None:
        self._mcp = mcp
        self._rest = rest
        self._credentials = credentials
        self._courier = courier
        self._subscribing = subscribing
        self._dialogues = dialogues
        self._local = local

    async def call(self, call: ToolCall, target: Target, request: CallRequest, relay: Relay) -> CallResult:
        """Raises UpstreamError when no usable answer came within the deadline, BadRequestState before anything is sent."""
        connection = target.connection
        if connection is None:
            return await self._local.call(call)
        if call.method == SUBSCRIBE:
            return await self._subscribing.begin(call, connection)
        errand = Errand(
            call,
            connection,
            relay.behalf,
            self._subscribing.hearing(call, connection, _relayed(relay)),
            mirrored_headers(target.header_params, call.arguments) if target.header_params else (),
            target.may_repeat,
        )
        earlier: list[str] = []
        reply = await self._dialogues.carry(
            call, connection, _params(call, request, relay), relay, partial(self._send, errand, earlier)
        )
        result = _result(connection.name, reply)
        return msgspec.structs.replace(result, earlier_attempts=tuple(earlier)) if earlier else result

    async def _send(self, errand: Errand, earlier: list[str], params: Params, on_inquiry: OnInquiry | None) -> Reply:
        """One round, with a credential that is good. Attempts that failed before are added to `earlier`."""
        call, connection, asked = errand.call, errand.connection, Round(errand, params, on_inquiry)
        ask = self._mcp.ask if connection.api is None else self._rest.ask

        def attempt(left_s: float) -> Awaitable[Reply]:
            return self._credentials.asking(call, connection, lambda endpoint: ask(asked, endpoint, left_s))

        delivery = await self._courier.carry(call, connection, attempt, may_repeat=errand.may_repeat)
        earlier += delivery.earlier
        return delivery.reply


def _result(connection: str, reply: Reply) -> CallResult:
    if reply.error is not None:
        return CallResult(error=msgspec.Raw(_encode(reply.error)), is_error=True)
    assert reply.result is not None
    head = _head(reply.result)
    if head.result_type == TASK:
        raise fault.rejected(connection, "it answers with a task, which it was not asked for")
    return CallResult(result=reply.result, is_error=head.is_error, asks=head.result_type == ASKS)


def _params(call: ToolCall, request: CallRequest, relay: Relay) -> dict[str, msgspec.Raw]:
    """The client's params under the upstream's own name; everything unknown stays as it was, byte for byte."""
    params = _decode_object(request.params)
    if call.method == "completion/complete":
        params |= completion_params(call, request)
    else:
        params["uri" if call.method == "resources/read" else "name"] = msgspec.Raw(_encode(call.tool))
    if "arguments" in params:
        params["arguments"] = call.arguments
    params.pop("task", None)  # of 2025-11-25: would turn the answer into a handle that nobody can follow through us
    if "_meta" in params:
        meta = {k: v for k, v in _decode_object(params["_meta"]).items() if not k.startswith(PROTOCOL_PREFIX) or k in TRACE_KEYS}
        meta.pop("progressToken", None)
        if relay.progress_token is not None:
            meta["progressToken"] = msgspec.Raw(_encode(str(call.id)))
        params["_meta"] = msgspec.Raw(_encode(meta))
    return params


def _relayed(relay: Relay) -> OnNotification | None:
    send, token = relay.send, relay.progress_token
    if send is None or (token is None and not relay.log_levels):
        return None

    def forward(notification: Notification) -> None:
        if notification.method == "notifications/progress" and token is not None:
            params = _decode_object(notification.params)
            params["progressToken"] = token
            send(notification.method, msgspec.Raw(_encode(params)))
        elif notification.method == "notifications/message" and _level(notification) in relay.log_levels:
            send(notification.method, notification.params.copy())

    return forward


def _level(notification: Notification) -> str:
    try:
        return _decode_message(notification.params).level
    except msgspec.ValidationError:
        return ""


def _head(result: msgspec.Raw) -> _Head:
    try:
        return _decode_head(result)
    except msgspec.ValidationError:
        return _Head(is_error=True)
