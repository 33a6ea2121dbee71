"""What a connected service may ask of the person or the model behind a call, and how it is put to them.

Only what the client declared; always in the service's own name, never as if we asked; no secrets into forms; and no context
of other connections into a sampling request. Whatever the eras on both sides are, each question passes here.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import msgspec

from conducktor.connections.hidden_text import visible
from conducktor.connections.mcp_abilities import askable
from conducktor.connections.mcp_client import Inquiry, Unanswered
from conducktor.connections.mcp_reply import is_object
from conducktor.core.errors import Invalid
from conducktor.core.ids import new_id

NOT_DECLARED = -32601
NOT_FIT = -32602
NO_ANSWER = -1  # MCP's own examples use it where the person said no to sampling
CANCELLED = msgspec.Raw(b'{"action":"cancel"}')

Note = dict[str, Any]
"""What the audit says of one question: its kind and what became of it, never its words or the answer's."""


def fit(inquiry: Inquiry, connection: str, abilities: msgspec.Raw, *, needs_id: bool = False) -> Inquiry:
    """The question as the client gets it. Raises Unanswered for what must not be asked, or was not declared.

    `needs_id`: links of 2025-11-25 have an `elicitationId`, those of later revisions need none.
    """
    declared = _decode(askable(bytes(abilities)))
    try:
        params = _decode(inquiry.params)
    except (msgspec.MsgspecError, RecursionError):
        raise Unanswered("The params of a question must be an object", NOT_FIT) from None
    kept = {name: value for name, value in params.items() if name not in ("_meta", "task")}
    match inquiry.method:
        case "elicitation/create":
            kept = _elicitation(kept, connection, declared.get("elicitation"))
            if needs_id and kept["mode"] == "url":
                kept.setdefault("elicitationId", str(new_id()))
        case "sampling/createMessage":
            kept = _sampling(kept, declared.get("sampling"))
        case "roots/list" if "roots" in declared:
            kept = {}
        case _:
            raise _undeclared(inquiry.method)
    return msgspec.structs.replace(inquiry, params=msgspec.Raw(msgspec.json.encode(kept)))


def described(inquiry: Inquiry) -> Note:
    """For the audit; of a link only its host, because the rest may let somebody in."""
    note: Note = {"key": inquiry.key, "method": inquiry.method}
    if inquiry.method == "elicitation/create":
        params = _decode(inquiry.params)
        note["mode"] = params.get("mode", "form")
        if note["mode"] == "url":
            note["host"] = urlsplit(params["url"]).hostname
    return note


def answer_of(response: msgspec.Raw) -> str:
    """accept, decline, cancel; or that something was given. For the audit."""
    try:
        action = _decode_action(response).action
    except msgspec.MsgspecError:
        return "unreadable"
    return action if action in ("accept", "decline", "cancel") else "given"


def responses(given: msgspec.Raw | None) -> dict[str, msgspec.Raw]:
    """The `inputResponses` that are objects: the others are asked for again. Raises Invalid."""
    try:
        told = _decode_responses(given) if given is not None else {}
    except msgspec.MsgspecError:
        raise Invalid("inputResponses must be an object.") from None
    return {key: answer for key, answer in told.items() if is_object(answer)}


def unanswered(method: str) -> msgspec.Raw:
    """What the service hears when nobody answered in time: that the person cancelled, where there is such an answer."""
    if method == "elicitation/create":
        return CANCELLED
    raise Unanswered("The client did not answer", NO_ANSWER)


def _elicitation(params: dict[str, Any], connection: str, declared: dict[str, Any] | None) -> dict[str, Any]:
    mode, message = params.get("mode", "form"), params.get("message")
    if declared is None or mode not in (declared or ("form",)):
        raise _undeclared(f"elicitation/create with mode {str(mode)[:20]}")
    if not isinstance(message, str):
        raise Unanswered("elicitation/create needs a message", NOT_FIT)
    if mode == "form":
        _check_form(params.get("requestedSchema"))
    else:
        _check_link(params.get("url"))
    return {**params, "mode": mode, "message": f"{connection} asks: {visible(message)}"}


def _check_form(schema: Any) -> None:
    fields = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(fields, dict):
        raise Unanswered("elicitation/create needs a requestedSchema with properties", NOT_FIT)
    for name, field in fields.items():
        told = [name, *(str(field.get(part, "")) for part in ("title", "format"))] if isinstance(field, dict) else [name]
        if any(_SECRET.search(text) for text in told):
            raise Unanswered("Forms must not ask for secrets (MCP, elicitation): use a link, mode url", NOT_FIT)


def _check_link(url: Any) -> None:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        is_web = parts is not None and parts.scheme in ("https", "http") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_web = False
    if not is_web:
        raise Unanswered("elicitation/create with mode url needs a web address", NOT_FIT)


def _sampling(params: dict[str, Any], declared: dict[str, Any] | None) -> dict[str, Any]:
    if declared is None or (("tools" in params or "toolChoice" in params) and "tools" not in declared):
        raise _undeclared("sampling/createMessage, or not with tools")
    # “This server” would be all of Conducktor to the client: one service would read what others said.
    return {name: value for name, value in params.items() if name != "includeContext"}


def _undeclared(what: str) -> Unanswered:
    return Unanswered(f"The client does not offer {what}", NOT_DECLARED)


class _Action(msgspec.Struct):
    action: str | None = None


_SECRET = re.compile(
    r"(?i)pass.?(?:word|phrase|code|wd)|secret|(?:api|access|private|secret).?key|(?<!max.)token(?!s)|credential"
    r"|(?:^|[\W_])(?:pin|cvv|cvc|otp|ssn)(?:$|[\W_])|security.?code|card.?number"
)
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_decode_responses = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_action = msgspec.json.Decoder(_Action).decode
