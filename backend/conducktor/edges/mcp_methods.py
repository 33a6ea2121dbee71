"""What each MCP method answers. Results are JSON object bytes; era differences are added in one place, `dress`."""

from collections.abc import Awaitable, Callable

import msgspec

from conducktor.approvals.answers import ApprovalPending
from conducktor.connections.mcp_abilities import NOTHING, askable
from conducktor.connections.mcp_reply import RpcError
from conducktor.connections.own_accounts.refusal import OwnAccountNeeded
from conducktor.core.actor import Permission
from conducktor.core.errors import ConducktorError, Invalid
from conducktor.core.ids import CallId, new_id
from conducktor.core.tool_call import CallRequest, CallResult
from conducktor.edges import mcp_errors, mcp_sign_in
from conducktor.edges.mcp_introduction import instructions, server_info
from conducktor.edges.mcp_links import in_words
from conducktor.edges.mcp_protocol import (
    GOVERNED_METHODS,
    HEADER_MISMATCH,
    INVALID_PARAMS,
    LEGACY_VERSIONS,
    METHOD_NOT_FOUND,
    MISSING_ABILITY,
    MODERN,
    RESOURCE_NOT_FOUND,
    SERVER_INFO,
    TASK_METHODS,
    UNREADABLE,
    Era,
    Message,
    ProtocolError,
    encode,
)
from conducktor.edges.mcp_subscriptions import McpSubscriptions
from conducktor.edges.mcp_tasks import TASKS, McpTasks
from conducktor.gateway.call_tool import Gateway, call_tool
from conducktor.gateway.completion import Completion, read_completion
from conducktor.gateway.door import Door
from conducktor.gateway.links import LINKS_NEEDED
from conducktor.gateway.list_tools import Lists
from conducktor.gateway.relay import LEVELS, Relay
from conducktor.gateway.resolve import HeaderContradicts
from conducktor.gateway.scope import InsufficientScope, require
from conducktor.oauth.authenticate import Authenticator
from conducktor.oauth.caller import Caller
from conducktor.oauth.client_traits import ClientTraits

CAPABILITIES = {
    "tools": {"listChanged": True},
    "resources": {"listChanged": True, "subscribe": False},
    "prompts": {"listChanged": True},
    "completions": {},
    "logging": {},
}
HANDSHAKE_ERA_ONLY = frozenset({"initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"})
UNKNOWN_TO = {Era.MODERN: HANDSHAKE_ERA_ONLY, Era.LEGACY: TASK_METHODS}
LIST_TTL_MS = 30_000
SERVER_INFO_KEY = "io.modelcontextprotocol/serverInfo"
CONVERSATION_KEY = "openai/session"

_EMPTY_OBJECT = msgspec.Raw(b"{}")
_FRESH = encode({SERVER_INFO_KEY: SERVER_INFO})


class _Kind(msgspec.Struct):
    result_type: msgspec.Raw | msgspec.UnsetType = msgspec.field(name="resultType", default=msgspec.UNSET)


class _Freshness(msgspec.Struct):
    ttl_ms: msgspec.Raw | msgspec.UnsetType = msgspec.field(name="ttlMs", default=msgspec.UNSET)
    cache_scope: msgspec.Raw | msgspec.UnsetType = msgspec.field(name="cacheScope", default=msgspec.UNSET)


_decode_kind = msgspec.json.Decoder(_Kind).decode
_decode_freshness = msgspec.json.Decoder(_Freshness).decode


class Methods:
    """Dispatches checked messages of authenticated callers."""

    def __init__(
        self,
        gateway: Gateway,
        lists: Lists,
        authenticator: Authenticator,
        traits: ClientTraits,
        subscriptions: McpSubscriptions,
        tasks: McpTasks,
    ) -> None:
        self._gateway = gateway
        self._subscriptions = subscriptions
        self._tasks = tasks
        self._authenticator = authenticator
        self._traits = traits
        self._answers: dict[str, Callable[[Caller, Message, Door], Awaitable[bytes]]] = {
            "tools/list": lambda caller, _message, door: _listed("tools", lists.tools(caller, door)),
            "resources/list": lambda caller, _message, door: _listed("resources", lists.resources(caller, door)),
            "resources/templates/list": lambda caller, _message, door: _listed(
                "resourceTemplates", lists.templates(caller, door)
            ),
            "prompts/list": lambda caller, _message, door: _listed("prompts", lists.prompts(caller, door)),
            "initialize": self._initialize,
            "server/discover": self._discover,
            "ping": _ping,
            "logging/setLevel": self._set_log_level,
            **dict.fromkeys(TASK_METHODS, lambda caller, message, _door: tasks.answer(caller, message)),
            "resources/unsubscribe": subscriptions.unsubscribe,
        }

    async def check_door(self, caller: Caller, door: Door) -> None:
        """Raises UnknownConnection, UnknownToolset: such an endpoint exists for those who have what it is about."""
        require(caller, Permission.CONNECTIONS_READ)
        await self._gateway.resolver.toolbox_behind(caller.actor, door)

    async def answer(self, caller: Caller, message: Message, door: Door, relay: Relay, headers: dict[str, str]) -> bytes:
        """The result's JSON. Raises ProtocolError, and ConducktorError for what is refused as HTTP."""
        is_unknown = message.method in UNKNOWN_TO[message.era]
        if message.method in GOVERNED_METHODS and not is_unknown:
            return dress(message, await self._governed(caller, message, door, relay, headers))
        answer = self._answers.get(message.method)
        if answer is None or is_unknown:
            raise ProtocolError(METHOD_NOT_FOUND, f"Method not found: {message.method[:100]}")
        return dress(message, await answer(caller, message, door))

    async def _governed(self, caller: Caller, message: Message, door: Door, relay: Relay, headers: dict[str, str]) -> bytes:
        request, is_answered = mcp_sign_in.without_our_answer(_request(message, door, headers))
        try:
            if self._tasks.may_begin(message):
                outcome = await self._tasks.call(caller, request, relay)
            else:
                outcome = await call_tool(self._gateway, caller, request, relay)
            if message.method == "resources/subscribe" and outcome.error is None:
                await self._subscriptions.remember(caller, door, message.name)
        except InsufficientScope as error:
            error.facts["www_authenticate"] = self._authenticator.step_up(caller.audience, error.scope)
            return mcp_errors.refusal_result(error)
        except OwnAccountNeeded as error:
            abilities = mcp_sign_in.abilities_of(caller, message, relay)
            asked = None if is_answered else mcp_sign_in.ask_to_sign_in(error, message, abilities)
            if asked is None and message.method != "tools/call":
                raise mcp_errors.refusal_error(error) from None
            error.facts["www_authenticate"] = self._authenticator.sign_in_there(caller, error.detail)
            return asked or mcp_errors.refusal_result(error)
        except HeaderContradicts as error:
            raise ProtocolError(HEADER_MISMATCH, error.detail, status=400) from None
        except ApprovalPending as error:
            return await self._tasks.begun(caller, message, error)
        except ConducktorError as error:
            match mcp_errors.TABLE[error.kind]:
                case mcp_errors.As.HTTP:
                    raise
                case mcp_errors.As.RESULT if message.method == "tools/call":
                    return mcp_errors.refusal_result(error)
                case _:
                    raise mcp_errors.refusal_error(error) from None
        return _relayed(outcome, message, lambda: mcp_sign_in.abilities_of(caller, message, relay))

    async def _set_log_level(self, caller: Caller, message: Message, _door: Door) -> bytes:
        """From now on, for all requests of this app."""
        if message.params.level not in LEVELS:
            raise ProtocolError(INVALID_PARAMS, f"params.level must be one of {', '.join(LEVELS)}")
        await self._traits.note_log_level(caller, message.params.level)
        return b"{}"

    async def _initialize(self, caller: Caller, message: Message, door: Door) -> bytes:
        """2026-07-28 cannot be negotiated by a handshake: whoever asks for more than we have gets our newest legacy revision.

        What the client says that it can be asked holds for all requests of this app, until it says something else.
        """
        declared = message.params.capabilities
        abilities = askable(bytes(declared)) if declared is not msgspec.UNSET else NOTHING
        await self._traits.note_abilities(caller, abilities.decode())
        asked = message.params.protocol_version
        version = asked if asked in LEGACY_VERSIONS else LEGACY_VERSIONS[0]
        toolbox = await self._gateway.resolver.toolbox_behind(caller.actor, door)
        introduction = {"serverInfo": server_info(door, toolbox), "instructions": instructions(door, toolbox)}
        return encode({"protocolVersion": version, "capabilities": await self._capabilities(caller, door), **introduction})

    async def _discover(self, caller: Caller, _message: Message, door: Door) -> bytes:
        toolbox = await self._gateway.resolver.toolbox_behind(caller.actor, door)
        return encode(
            {
                "supportedVersions": [MODERN, *LEGACY_VERSIONS],
                "capabilities": {**await self._capabilities(caller, door), "extensions": {TASKS: {}}},
                "instructions": instructions(door, toolbox),
                "ttlMs": LIST_TTL_MS,
                "cacheScope": "private",
                "_meta": {SERVER_INFO_KEY: server_info(door, toolbox)},
            }
        )

    async def _capabilities(self, caller: Caller, door: Door) -> dict[str, object]:
        """Of resources somebody must tell us; of lists we know ourselves."""
        subscribe = await self._subscriptions.can_subscribe(caller, door)
        return {**CAPABILITIES, "resources": {"listChanged": True, "subscribe": subscribe}}


def _request(message: Message, door: Door, headers: dict[str, str]) -> CallRequest:
    completion = _completion(message) if message.method == "completion/complete" else None
    conversation = message.params.meta.get(CONVERSATION_KEY)
    return CallRequest(
        id=CallId(new_id()),
        method=message.method,
        name=completion.target if completion else message.name,
        connection=door.connection,
        toolset=door.toolset,
        params=message.raw_params,
        arguments=completion.arguments() if completion else _one_reading(message.params.arguments),
        mirrored_headers=_mirrored(headers) if message.era is Era.MODERN else None,
        conversation_id=_text(conversation) if conversation else headers.get("x-openai-session"),
    )


def _completion(message: Message) -> Completion:
    try:
        return read_completion(message.raw_params)
    except Invalid as error:
        raise ProtocolError(INVALID_PARAMS, error.detail) from None


def _mirrored(headers: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in headers.items() if name.startswith("mcp-param-"))


def _one_reading(arguments: msgspec.Raw | msgspec.UnsetType) -> msgspec.Raw:
    """Arguments re-encoded, so that what policies judge is what the upstream reads (duplicate keys, odd escapes)."""
    if arguments is msgspec.UNSET:
        return _EMPTY_OBJECT
    try:
        decoded = msgspec.json.decode(arguments)
    except UNREADABLE as error:
        raise ProtocolError(INVALID_PARAMS, f"The arguments are not valid JSON: {str(error)[:200]}") from None
    if not isinstance(decoded, dict):
        raise ProtocolError(INVALID_PARAMS, "params.arguments must be an object")
    return msgspec.Raw(encode(decoded))


def _text(raw: msgspec.Raw) -> str | None:
    try:
        return msgspec.json.decode(raw, type=str)[:200]
    except UNREADABLE:
        return None


def _relayed(outcome: CallResult, message: Message, abilities: Callable[[], bytes]) -> bytes:
    if outcome.error is not None:
        error = msgspec.json.decode(outcome.error, type=RpcError)
        if error.code == LINKS_NEEDED and (told := in_words(message, error, abilities())) is not None:
            return told
        data = None if error.data is msgspec.UNSET else error.data  # raw: its bytes are not ours to read
        code = INVALID_PARAMS if message.era is Era.MODERN and error.code == RESOURCE_NOT_FOUND else error.code
        raise ProtocolError(code, error.message, status=400 if code == MISSING_ABILITY else 200, data=data)
    return bytes(outcome.result or b"{}")


def dress(message: Message, result: bytes) -> bytes:
    """2026-07-28: every result says what kind it is (`resultType`); an upstream that already did is left alone."""
    if message.era is Era.LEGACY:
        return result
    kind = _decode_kind(result).result_type
    missing = b'"resultType":"complete",' if kind is msgspec.UNSET else b""
    if message.method == "resources/read" and (kind is msgspec.UNSET or bytes(kind) == b'"complete"'):
        missing += _missing_freshness(result)
    if not missing:
        return result
    fields = result.lstrip()[1:]
    return b"{" + (missing[:-1] if fields.strip() == b"}" else missing) + fields


def _missing_freshness(result: bytes) -> bytes:
    """Before 2026-07-28 nothing was said about how long contents hold: then they do not."""
    said = _decode_freshness(result)
    ttl = b'"ttlMs":0,' if said.ttl_ms is msgspec.UNSET else b""
    return ttl + (b'"cacheScope":"private",' if said.cache_scope is msgspec.UNSET else b"")


async def _listed(field: str, items: Awaitable[bytes]) -> bytes:
    """A whole list in one page; private, because it is filtered for this caller (caching §cacheScope)."""
    return b'{"%b":%b,"ttlMs":%d,"cacheScope":"private","_meta":%b}' % (field.encode(), await items, LIST_TTL_MS, _FRESH)


async def _ping(_caller: Caller, _message: Message, _door: Door) -> bytes:
    return b"{}"
