"""A call that needs the person's own account at a service: how the client is asked to let the person sign in.

A client that can open links is asked to (URL elicitation, as its revision has it); ChatGPT is also told in the `_meta` that it
reads; every other one gets the link as text. A client that opened the link and still has no account gets the text: asking it
again at once would be a loop.
"""

import msgspec

from conducktor.connections.own_accounts.refusal import OwnAccountNeeded
from conducktor.core.tool_call import CallRequest
from conducktor.edges.mcp_protocol import UNREADABLE, Era, Message, ProtocolError, encode
from conducktor.gateway.relay import Relay
from conducktor.oauth.caller import Caller

KEY = "conducktor_sign_in"
"""Of our question among the `inputRequests` of a result; an upstream's own keys pass beside it."""
URL_ELICITATION_REQUIRED = -32042
URL_ELICITATION_SINCE = "2025-11-25"


class _Elicitation(msgspec.Struct):
    url: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Abilities(msgspec.Struct):
    elicitation: _Elicitation | None = None


def abilities_of(caller: Caller, message: Message, relay: Relay) -> bytes:
    """What the client said that it can be asked: in this request, or once for all before 2026-07-28. JSON."""
    if message.era is Era.MODERN:
        return bytes(relay.behalf.abilities or b"{}")
    return (caller.client_abilities or "{}").encode()


def can_open_links(abilities: bytes) -> bool:
    try:
        declared = msgspec.json.decode(abilities, type=_Abilities)
    except UNREADABLE:
        return False
    return declared.elicitation is not None and declared.elicitation.url is not msgspec.UNSET


def ask_to_sign_in(error: OwnAccountNeeded, message: Message, abilities: bytes) -> bytes | None:
    """A result that asks (2026-07-28); None when this client must be told in words. Raises ProtocolError (2025-11-25)."""
    if not can_open_links(abilities):
        return None
    question = {
        "mode": "url",
        "url": error.link,
        "message": f"{error.facts['connection']} wants you to sign in with your own account.",
    }
    if message.era is Era.MODERN:
        asked = {KEY: {"method": "elicitation/create", "params": question}}
        return encode({"resultType": "input_required", "inputRequests": asked})
    if message.version < URL_ELICITATION_SINCE:
        return None
    elicitation = question | {"elicitationId": error.link.rpartition("=")[2][:40]}
    raise ProtocolError(URL_ELICITATION_REQUIRED, error.detail, data={"elicitations": [elicitation]})


def without_our_answer(request: CallRequest) -> tuple[CallRequest, bool]:
    """The request as the upstream may see it, and whether our question was answered in it."""
    if KEY.encode() not in bytes(request.params):
        return request, False
    try:
        params = msgspec.json.decode(request.params, type=dict[str, msgspec.Raw])
        answers = msgspec.json.decode(params.get("inputResponses", b"{}"), type=dict[str, msgspec.Raw])
    except UNREADABLE:
        return request, False
    if answers.pop(KEY, None) is None:
        return request, False
    params.pop("inputResponses")
    if answers:
        params["inputResponses"] = msgspec.Raw(encode(answers))
    return msgspec.structs.replace(request, params=msgspec.Raw(encode(params))), True
