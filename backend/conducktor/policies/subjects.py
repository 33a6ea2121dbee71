"""Under which name a call is counted or remembered: everybody's, a person's, a conversation's, a connection's."""

import hashlib
from typing import assert_never

from conducktor.core.spending import Share
from conducktor.core.tool_call import ToolCall


def conversation(call: ToolCall) -> str:
    """The conversation, as the client names it; without one, everything under the same authorization is one conversation.

    Hashed, because clients write what they like: any length, any characters.
    """
    if call.conversation_id:
        return "conversation:" + hashlib.sha256(call.conversation_id.encode("utf-8", "surrogatepass")).hexdigest()
    actor = call.actor
    return f"authorization:{actor.authorization_id}" if actor.authorization_id else f"person:{actor.user_id}"


def subject(share: Share, call: ToolCall) -> str:
    match share:
        case Share.TOGETHER:
            return ""
        case Share.PERSON:
            return f"person:{call.actor.user_id}"
        case Share.CONVERSATION:
            return conversation(call)
        case Share.CONNECTION:
            return f"connection:{call.connection_id or call.connection_name}"
        case _:
            assert_never(share)
