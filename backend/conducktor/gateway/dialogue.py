"""Calls in which the service asks back, whatever era it speaks, and whatever era the client does.

Client and service of 2026-07-28: the questions are the result, and pass. A service before it asks on the call's stream:
it is answered by a client that has one, or the call is held until its client comes back with the answers. A client
before it is asked on its stream, also for a service whose result asks.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import msgspec

from conducktor.connections import mcp_fault as fault
from conducktor.connections.mcp_abilities import NOTHING, askable
from conducktor.connections.mcp_client import Era, Inquiry, OnInquiry, Reply, Transport, Unanswered
from conducktor.connections.toolbox import Connected
from conducktor.core.tool_call import ToolCall
from conducktor.gateway.held_calls import Asked, HeldCalls
from conducktor.gateway.links import MOST_ROUNDS, Links
from conducktor.gateway.questions import answer_of, described, fit, responses
from conducktor.gateway.relay import Relay
from conducktor.gateway.request_state import RequestStates

ASKS = "input_required"
"""`resultType` of a result that asks the client for something first."""

Params = dict[str, msgspec.Raw]
Send = Callable[[Params, OnInquiry | None], Coroutine[Any, Any, Reply]]
"""One request to the service; questions on its stream go to the second argument."""


class Dialogues:
    """One per process."""

    def __init__(self, states: RequestStates, held: HeldCalls, *, deadline_s: float) -> None:
        self._states = states
        self._links = Links(states)
        self._held = held
        self._deadline_s = deadline_s

    async def carry(self, call: ToolCall, connected: Connected, params: Params, relay: Relay, send: Send) -> Reply:
        """The service's answer, or a result that asks. Raises UpstreamError, BadRequestState."""
        if relay.ask is not None:
            return await _on_stream(connected, params, relay, send)
        begin = self._holding if _must_be_held(connected, relay) else self._in_results
        if connected.endpoint.era is Era.MODERN or relay.behalf.abilities is None:
            return await begin(call, connected, params, relay, send)
        opened = await self._links.opened(call, connected, params, relay) if "requestState" in params else 0
        return self._links.asked(call, connected, opened, await begin(call, connected, params, relay, send), relay)

    async def _in_results(self, call: ToolCall, connected: Connected, params: Params, relay: Relay, send: Send) -> Reply:
        if "requestState" in params:
            state = await self._states.unseal(call, params.pop("requestState"))
            if state is not None:
                params["requestState"] = state
        _note_answers(relay, params)
        reply = await send(params, None)
        asking = _asking(reply)
        if asking is None:
            return reply
        if relay.behalf.abilities is None:
            raise fault.rejected(connected.name, "it asks for more input, which this client can not give")
        if "inputRequests" in asking:
            asking["inputRequests"] = _raw(_fitted(connected, asking, relay))
        try:
            return Reply(self._states.seal(call, asking))
        except msgspec.ValidationError:
            raise fault.broken_reply(connected.name, "a requestState that is no text") from None

    async def _holding(self, call: ToolCall, connected: Connected, params: Params, relay: Relay, send: Send) -> Reply:
        _note_answers(relay, params)
        state, given = params.pop("requestState", None), params.pop("inputResponses", None)
        if state is None:
            turn = await self._held.begin(call.actor, lambda ask: send(params, partial(_put_fitting, ask, connected, relay)))
        else:
            waits_at = await self._states.unseal_held(call, state)
            turn = await self._held.resume(call.actor, waits_at, responses(given), self._deadline_s)
        if turn.waits_at is None:
            return turn.reply(connected.name)
        for key, asked in turn.questions.items():
            relay.note(described(Inquiry(key, asked.method, asked.params)))
        return Reply(self._states.asking(call, turn.questions, turn.waits_at))


async def _on_stream(connected: Connected, params: Params, relay: Relay, send: Send) -> Reply:
    assert relay.ask is not None
    put = partial(_put_fitting, partial(_put, relay), connected, relay)
    if connected.endpoint.era is not Era.MODERN:
        return await send(params, put)
    params.pop("requestState", None)
    for _ in range(MOST_ROUNDS):
        reply = await send(params, None)
        asking = _asking(reply)
        if asking is None:
            return reply
        params.pop("requestState", None)
        params["inputResponses"] = _raw(await _answers(connected, asking, put))
        if "requestState" in asking:
            params["requestState"] = asking["requestState"]
    raise fault.rejected(connected.name, "it asks without end")


async def _put(relay: Relay, inquiry: Inquiry) -> msgspec.Raw:
    """To the client, whose answer is noted, not what it says."""
    assert relay.ask is not None
    note = described(inquiry)
    relay.note(note)
    note["answer"] = "none"
    answer = await relay.ask(inquiry)
    note["answer"] = answer_of(answer)
    return answer


async def _put_fitting(put: OnInquiry, connected: Connected, relay: Relay, inquiry: Inquiry) -> msgspec.Raw:
    assert relay.behalf.abilities is not None
    try:
        fitting = fit(inquiry, connected.name, relay.behalf.abilities, needs_id=relay.ask is not None)
    except Unanswered as refusal:
        relay.note({"key": inquiry.key, "method": inquiry.method, "refused": refusal.message})
        raise
    return await put(fitting)


async def _answers(connected: Connected, asking: Params, put: OnInquiry) -> dict[str, msgspec.Raw]:
    """Every question of a result that asks, put at once. Raises UpstreamError when one can not be answered."""
    requests = _requests(connected, asking)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = {
                key: group.create_task(put(Inquiry(key, asked.method, asked.params)), name="question") for key, asked in requests
            }
    except* Unanswered as refusals:
        first = refusals.exceptions[0]
        raise fault.rejected(connected.name, f"it asks, and {first}") from None
    return {key: task.result() for key, task in tasks.items()}


def _fitted(connected: Connected, asking: Params, relay: Relay) -> dict[str, Asked]:
    """The questions of a result as the client gets them. Raises UpstreamError for what must not be asked."""
    assert relay.behalf.abilities is not None
    fitted: dict[str, Asked] = {}
    for key, asked in _requests(connected, asking):
        try:
            inquiry = fit(Inquiry(key, asked.method, asked.params), connected.name, relay.behalf.abilities)
        except Unanswered as refusal:
            relay.note({"key": key, "method": asked.method, "refused": refusal.message})
            raise fault.rejected(connected.name, refusal.message) from None
        relay.note(described(inquiry))
        fitted[key] = Asked(inquiry.method, inquiry.params)
    return fitted


def _requests(connected: Connected, asking: Params) -> list[tuple[str, Asked]]:
    if "inputRequests" not in asking:
        return []
    try:
        return list(_decode_requests(asking["inputRequests"]).items())
    except msgspec.MsgspecError:
        raise fault.broken_reply(connected.name, "questions that are none") from None


def _note_answers(relay: Relay, params: Params) -> None:
    if "inputResponses" in params:
        for key, answer in responses(params["inputResponses"]).items():
            relay.note({"key": key[:100], "answer": answer_of(answer)})


def _must_be_held(connected: Connected, relay: Relay) -> bool:
    endpoint, abilities = connected.endpoint, relay.behalf.abilities
    is_asking_on_streams = connected.api is None and endpoint.era is Era.LEGACY and endpoint.transport is not Transport.SSE
    return is_asking_on_streams and abilities is not None and askable(bytes(abilities)) != NOTHING


def _asking(reply: Reply) -> Params | None:
    """The fields of a result that asks; None for all others."""
    if reply.result is None:
        return None
    try:
        return _decode_object(reply.result) if _decode_kind(reply.result).result_type == ASKS else None
    except msgspec.MsgspecError:
        return None


class _Kind(msgspec.Struct):
    result_type: str | None = msgspec.field(name="resultType", default=None)


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


_decode_kind = msgspec.json.Decoder(_Kind).decode
_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_requests = msgspec.json.Decoder(dict[str, Asked]).decode
