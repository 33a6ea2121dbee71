"""Carrying a request to a connection's server: in its lane, measured, and once more where that can do no harm."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from random import SystemRandom

import msgspec
import structlog

from conducktor.connections import mcp_fault as fault
from conducktor.connections.alarm import Alarm
from conducktor.connections.health.vitals import Vitals
from conducktor.connections.mcp_fault import Fault, UpstreamError
from conducktor.connections.mcp_reply import Reply
from conducktor.connections.own_accounts.refusal import OwnAccountNeeded
from conducktor.connections.toolbox import Connected
from conducktor.core.tool_call import ToolCall
from conducktor.gateway.lane import Lane, Lanes

log = structlog.get_logger()

PAUSES_S = (0.2, 0.8)
"""Before the second and the third attempt, each spread by ±50 %."""
LEAST_LEFT_S = 1.0
"""An attempt that could not even connect in the time that is left is not begun."""

Ask = Callable[[float], Awaitable[Reply]]
"""Send it and wait for the answer, for so many seconds at most. Raises UpstreamError."""

_RANDOM = SystemRandom()


class Delivery(msgspec.Struct, frozen=True):
    """The answer, and what went wrong with the attempts before."""

    reply: Reply
    earlier: tuple[str, ...] = ()


class Courier:
    """One per process."""

    def __init__(
        self,
        lanes: Lanes,
        vitals: Vitals,
        alarm: Alarm,
        *,
        deadline_s: float,
        jitter: Callable[[], float] = _RANDOM.random,
    ) -> None:
        """`deadline_s` is for all attempts together; `jitter` returns 0 to 1."""
        self._lanes = lanes
        self._vitals = vitals
        self._alarm = alarm
        self._deadline_s = deadline_s
        self._jitter = jitter

    async def carry(self, call: ToolCall, connection: Connected, ask: Ask, *, may_repeat: bool) -> Delivery:
        """Raises UpstreamError; `earlier_attempts` in its facts say what was tried before.

        Repeated is only what may be (`may_repeat`), was not approved one by one, and of which no byte was answered.
        """
        lane = self._lanes.of(connection)
        try:
            return Delivery(await self._attempt(call, connection, lane, ask, self._deadline_s))
        except UpstreamError as error:
            if not (may_repeat and error.unanswered and call.claim is None and lane.may_retry()):
                raise
            first = error
        try:
            return await self._again(call, connection, lane, ask, first)
        finally:
            lane.retried()

    async def _again(self, call: ToolCall, connection: Connected, lane: Lane, ask: Ask, first: UpstreamError) -> Delivery:
        ends = time.monotonic() + self._deadline_s  # the first attempt failed at its very beginning
        failures = [first]
        for pause_s in PAUSES_S:
            await asyncio.sleep(pause_s * (0.5 + self._jitter()))
            if (left_s := ends - time.monotonic()) < LEAST_LEFT_S or not failures[-1].unanswered:
                break
            log.info("call.repeated", call=str(call.id), connection=str(connection.id), fault=failures[-1].fault.value)
            try:
                return Delivery(await self._attempt(call, connection, lane, ask, left_s), _faults(failures))
            except UpstreamError as error:
                if error.fault in (Fault.PAUSED, Fault.BUSY):
                    break  # what was wrong before says more than that we stopped asking
                failures.append(error)
        *earlier, last = failures
        last.facts["earlier_attempts"] = list(_faults(earlier))
        raise last

    async def _attempt(self, call: ToolCall, connection: Connected, lane: Lane, ask: Ask, left_s: float) -> Reply:
        is_trial = lane.enter(connection.name) if call.claim is None else lane.enter_anyway(connection.name)
        began = time.perf_counter()
        try:
            reply = await ask(left_s)
        except UpstreamError as error:
            self._note_failure(call, connection, lane, error, is_trial=is_trial)
            raise
        finally:
            lane.leave(is_trial=is_trial)
        lane.answered()
        self._vitals.answered(call.actor.workspace_id, connection.id, time.perf_counter() - began - reply.waited_s)
        return reply

    def _note_failure(self, call: ToolCall, connection: Connected, lane: Lane, error: UpstreamError, *, is_trial: bool) -> None:
        if not isinstance(error, OwnAccountNeeded):  # then nothing is wrong with the connection
            self._alarm.sound(call.actor.workspace_id, connection.id)
        if not error.was_asked:
            return
        if error.fault in fault.SERVERS_OWN:
            lane.failed(error.fault, is_trial=is_trial)
            self._vitals.failed(call.actor.workspace_id, connection.id)
        elif error.fault is not Fault.ADDRESS_REFUSED:
            lane.answered()  # it refused this one request; it is there


def _faults(failures: list[UpstreamError]) -> tuple[str, ...]:
    return tuple(failure.fault.value for failure in failures)
