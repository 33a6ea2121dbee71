"""`requestState` of results that ask (MCP 2026-07-28): an upstream's own state never leaves us but sealed.

Sealed with the key ring and bound to person, app, connection, and the request with its arguments; good for ten minutes
and for one use, in whichever process. What the client sends back is an attacker's until it opens.
"""

import base64
import binascii
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from conducktor.core.clock import Clock
from conducktor.core.errors import Invalid
from conducktor.core.ids import new_id
from conducktor.core.tool_call import ToolCall
from conducktor.gateway import queries
from conducktor.infra.database import Database
from conducktor.infra.encryption import KeyRing

LASTS = timedelta(minutes=10)
PURPOSE = "request-state"


class BadRequestState(Invalid):
    """The request state can not be used."""


class _Sealed(msgspec.Struct, frozen=True, array_like=True):
    id: UUID
    expires_at: datetime
    state: str


class RequestStates:
    """One per process; what is spent is known to all."""

    def __init__(self, database: Database, key_ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock

    def seal(self, call: ToolCall, result: msgspec.Raw) -> msgspec.Raw:
        """The result with its `requestState`, if it has one, in our envelope."""
        fields = _decode_object(result)
        if "requestState" not in fields:
            return result
        state = msgspec.json.decode(fields["requestState"], type=str)
        content = _encode(_Sealed(new_id(), self._clock() + LASTS, state))
        sealed = self._key_ring.seal(content, bound_to=self._binding(call))
        fields["requestState"] = msgspec.Raw(_encode(base64.urlsafe_b64encode(sealed).decode()))
        return msgspec.Raw(_encode(fields))

    async def unseal(self, call: ToolCall, sent: msgspec.Raw) -> msgspec.Raw:
        """The upstream's own state. Raises BadRequestState: changed, someone else's, another request's, old, or used."""
        try:
            sealed = base64.b64decode(msgspec.json.decode(sent, type=str), altchars=b"-_", validate=True)
            opened = _decode_sealed(self._key_ring.open(sealed, bound_to=self._binding(call)))
        except (msgspec.MsgspecError, binascii.Error, ValueError, Invalid):
            raise BadRequestState(
                "The requestState was not given for this request.", next_step="Start over without it."
            ) from None
        if opened.expires_at <= self._clock():
            raise BadRequestState("The requestState has expired.", next_step="Start over without it.")
        async with self._database.transaction() as tx:
            if not await queries.spend_request_state(tx, call.actor.workspace_id, opened.id, opened.expires_at):
                raise BadRequestState("The requestState was used before.", next_step="Start over without it.")
        return msgspec.Raw(_encode(opened.state))

    def _binding(self, call: ToolCall) -> bytes:
        owner = f"{call.actor.workspace_id} {call.actor.user_id} {call.actor.authorization_id} {call.connection_id}"
        asked = _encode([owner, call.method, call.tool, call.arguments])
        return self._key_ring.digest(PURPOSE, asked)


_encode = msgspec.json.Encoder().encode
_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_sealed = msgspec.json.Decoder(_Sealed).decode
