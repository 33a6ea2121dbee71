"""What makes two calls the very same call."""

from collections.abc import Iterable

import msgspec

from conducktor.core.question import Question
from conducktor.core.tool_call import ToolCall
from conducktor.infra.encryption import KeyRing


def digest_of(key_ring: KeyRing, call: ToolCall, questions: Iterable[Question]) -> bytes:
    """Keyed SHA-256 over connection, tool, method, definition, arguments, requester with app, and the policies that ask.

    The order of keys in the arguments does not matter; what policies rewrote does.
    """
    actor = call.actor
    asked_by = sorted((str(question.policy_id), question.policy_version) for question in questions)
    exact = [
        str(call.connection_id),
        call.method,
        call.tool,
        call.definition_hash.hex(),
        msgspec.json.decode(call.arguments),
        str(actor.user_id),
        str(actor.authorization_id or actor.client_id),
        asked_by,
    ]
    return key_ring.digest("approval", msgspec.json.encode(exact, order="sorted"))
