"""What we know of the client of one request: its abilities, and what it wants to hear while we work."""

import msgspec

from conducktor.connections.mcp_client import Behalf
from conducktor.edges.mcp_protocol import (
    INVALID_PARAMS,
    META_CAPABILITIES,
    META_LOG_LEVEL,
    UNREADABLE,
    Era,
    Message,
    ProtocolError,
    encode,
    notification_body,
)
from conducktor.edges.mcp_questions import ClientQuestions, Push
from conducktor.gateway.relay import NO_RELAY, Relay, Send, levels_from
from conducktor.oauth.caller import Caller

CARRIED = ("elicitation", "sampling", "roots")
"""Abilities of a client that reach upstreams."""

CARRIED_EXTENSIONS = ("io.modelcontextprotocol/ui",)
"""Others need methods that we do not have (tasks): to an upstream they do not exist."""


def relay_for(caller: Caller, message: Message, push: Push | None, questions: ClientQuestions) -> Relay:
    """`push` puts a message on the answer's stream; None when the client takes no stream."""
    token = message.params.meta.get("progressToken")
    if message.era is Era.LEGACY:
        return NO_RELAY if push is None else _on_stream(caller, token, push, questions)
    level = _text(message.params.meta.get(META_LOG_LEVEL))
    behalf = Behalf(carried(message.params.meta[META_CAPABILITIES]), _quoted(level) if level else None)
    return Relay(_sending(push) if push else None, token, levels_from(level) if level else frozenset(), behalf)


def _on_stream(caller: Caller, token: msgspec.Raw | None, push: Push, questions: ClientQuestions) -> Relay:
    """What the client said before, of all its requests."""
    abilities, level = caller.client_abilities or "{}", caller.log_level
    if token is None and level is None and abilities == "{}":
        return NO_RELAY
    levels = levels_from(level) if level else frozenset[str]()
    told = _quoted(level) if level else None
    if abilities == "{}":
        return Relay(_sending(push), token, levels, Behalf(log_level=told) if told else NO_RELAY.behalf)
    behalf = Behalf(msgspec.Raw(abilities.encode()), told)
    return Relay(_sending(push), token, levels, behalf, questions.asking(caller, push))


def _sending(push: Push) -> Send:
    return lambda method, params: push(notification_body(method, bytes(params)))


def carried(capabilities: msgspec.Raw) -> msgspec.Raw:
    """The part of a client's capabilities that we carry through. Raises ProtocolError when it is no object."""
    if bytes(capabilities) == b"{}":
        return _NOTHING
    try:
        declared = _decode_object(capabilities)
        kept = {name: declared[name] for name in CARRIED if name in declared}
        extensions = _decode_object(declared.get("extensions", _NOTHING))
    except UNREADABLE:
        raise ProtocolError(INVALID_PARAMS, "The client's capabilities must be an object", status=400) from None
    if known := {name: extensions[name] for name in CARRIED_EXTENSIONS if name in extensions}:
        kept["extensions"] = msgspec.Raw(encode(known))
    return msgspec.Raw(encode(kept))


def _quoted(level: str) -> msgspec.Raw:
    return msgspec.Raw(encode(level))


def _text(raw: msgspec.Raw | None) -> str | None:
    try:
        return None if raw is None else _decode_text(raw)
    except UNREADABLE:
        return None


_NOTHING = msgspec.Raw(b"{}")
_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_text = msgspec.json.Decoder(str).decode
