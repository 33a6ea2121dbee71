"""`requestState` of results that ask (MCP 2026-07-28): an upstream's own state never leaves us but sealed.

Sealed with the key ring and bound to person, app, connection, and the request with its arguments; good for ten minutes
and for one use, in whichever process. What the client sends back is an attacker's until it opens. Where the upstream has no
such state (a call that we hold open, see `held_calls`; links to open first, see `links`), ours says what we need to go on.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from conducktor.core.clock import Clock
from conducktor.core.errors import Invalid
from conducktor.core.ids import CallId, new_id
from conducktor.core.tool_call import ToolCall
from conducktor.gateway import queries
from conducktor.infra.database import Database
from conducktor.infra.encryption import KeyRing

LASTS = timedelta(minutes=10)
PURPOSE = "request-state"


START_OVER = "Start over without it."
_UPSTREAM = "upstream"
_HELD = "held"
_LINKS = "links"


class BadRequestState(Invalid):
    """The request state can not be used."""


class _Sealed(msgspec.Struct, frozen=True, array_like=True):
    id: UUID
    expires_at: datetime
    kind: str
    state: str | None
    call: UUID
    """The one that began it."""


class _Params(msgspec.Struct):
    request_state: msgspec.Raw = msgspec.field(name="requestState")


class RequestStates:
    """One per process; what is spent is known to all."""

    def __init__(self, database: Database, key_ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock

    def placed(self, call: ToolCall) -> ToolCall:
        """The call as the one that it goes on with, where it brings a state of ours; that is spent before anything is sent."""
        if b'"requestState"' not in bytes(call.params):
            return call
        try:
            begun = self._read(call, _decode_params(call.params).request_state).call
        except (BadRequestState, msgspec.MsgspecError):
            return call
        return msgspec.structs.replace(call, continues=CallId(begun))

    def seal(self, call: ToolCall, asking: dict[str, msgspec.Raw]) -> msgspec.Raw:
        """A result that asks, with its `requestState`, if it has one, in our envelope.

        Raises ValidationError for one that is no text.
        """
        state = msgspec.json.decode(asking["requestState"], type=str | None) if "requestState" in asking else None
        return msgspec.Raw(_encode({**asking, "requestState": self._sealed(call, _UPSTREAM, state)}))

    def asking(self, call: ToolCall, questions: Mapping[str, object], waits_at: UUID) -> msgspec.Raw:
        """A result that asks for a held call."""
        return self._asking(call, questions, _HELD, str(waits_at))

    def opening(self, call: ToolCall, questions: Mapping[str, object], rounds: int) -> msgspec.Raw:
        """A result that asks to open links before the call is made anew; `rounds` says how often it was asked."""
        return self._asking(call, questions, _LINKS, str(rounds))

    async def unseal(self, call: ToolCall, sent: msgspec.Raw) -> msgspec.Raw | None:
        """The upstream's own state, if it had one. Raises BadRequestState: changed, another's, old, or used."""
        state = await self._opened(call, sent, _UPSTREAM)
        return None if state is None else msgspec.Raw(_encode(state))

    async def unseal_held(self, call: ToolCall, sent: msgspec.Raw) -> UUID:
        """Where the held call waits. Raises as `unseal`."""
        return UUID(await self._opened(call, sent, _HELD) or "")

    async def unseal_links(self, call: ToolCall, sent: msgspec.Raw) -> int | None:
        """How often it was asked to open links; None, and nothing is spent, for a state of another kind. Raises as `unseal`."""
        return int(await self._opened(call, sent, _LINKS) or 0) if self._read(call, sent).kind == _LINKS else None

    def _asking(self, call: ToolCall, questions: Mapping[str, object], kind: str, state: str) -> msgspec.Raw:
        sealed = self._sealed(call, kind, state)
        return msgspec.Raw(_encode({"resultType": "input_required", "inputRequests": questions, "requestState": sealed}))

    def _sealed(self, call: ToolCall, kind: str, state: str | None) -> msgspec.Raw:
        content = _encode(_Sealed(new_id(), self._clock() + LASTS, kind, state, call.continues or call.id))
        sealed = self._key_ring.seal(content, bound_to=self._binding(call))
        return msgspec.Raw(_encode(base64.urlsafe_b64encode(sealed).decode()))

    async def _opened(self, call: ToolCall, sent: msgspec.Raw, kind: str) -> str | None:
        opened = self._read(call, sent)
        if opened.kind != kind:  # the server changed its era in between
            raise _not_given()
        if opened.expires_at <= self._clock():
            raise BadRequestState("The requestState has expired.", next_step=START_OVER)
        async with self._database.transaction() as tx:
            if not await queries.spend_request_state(tx, call.actor.workspace_id, opened.id, opened.expires_at):
                raise BadRequestState("The requestState was used before.", next_step=START_OVER)
        return opened.state

    def _read(self, call: ToolCall, sent: msgspec.Raw) -> _Sealed:
        try:
            sealed = base64.b64decode(msgspec.json.decode(sent, type=str), altchars=b"-_", validate=True)
            return _decode_sealed(self._key_ring.open(sealed, bound_to=self._binding(call)))
        except (msgspec.MsgspecError, binascii.Error, ValueError, Invalid):
            raise _not_given() from None

    def _binding(self, call: ToolCall) -> bytes:
        owner = f"{call.actor.workspace_id} {call.actor.user_id} {call.actor.authorization_id} {call.connection_id}"
        asked = _encode([owner, call.method, call.tool, call.arguments])
        return self._key_ring.digest(PURPOSE, asked)


def _not_given() -> BadRequestState:
    return BadRequestState("The requestState was not given for this request.", next_step=START_OVER)


_encode = msgspec.json.Encoder().encode
_decode_sealed = msgspec.json.Decoder(_Sealed).decode
_decode_params = msgspec.json.Decoder(_Params).decode
