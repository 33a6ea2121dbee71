"""Calls that wait for people or take long, as tasks (MCP extension `io.modelcontextprotocol/tasks`), toward apps that declare it.

The task of a call that waits *is* the approval, seen by the app that asked: nothing of its own is stored, so it survives what
approvals survive. That of a long call is its row (`KeptCalls`).
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

import msgspec

from conducktor.approvals.answers import RESULT_KEPT
from conducktor.approvals.approval import Approval
from conducktor.approvals.decide import AlreadyDecided
from conducktor.approvals.execution import CARRIED_OUT_WITHIN, Recalled
from conducktor.approvals.operations import WhichApproval, cancel_approval
from conducktor.approvals.state import LIVE, State
from conducktor.core.actor import Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import ConducktorError, Unavailable
from conducktor.core.ids import ApprovalId, CallId, new_id
from conducktor.core.operation import Gate
from conducktor.core.tool_call import CallRequest, CallResult
from conducktor.gateway.call_tool import Gateway
from conducktor.gateway.hand_out import hand_out
from conducktor.gateway.kept_calls import CallState, Ended, KeptCall, KeptCalls
from conducktor.gateway.long_calls import LongCalls, Tell
from conducktor.gateway.relay import Relay
from conducktor.gateway.scope import require
from conducktor.gateway.task import (
    POLL_RUNNING_MS,
    POLL_WAITING_MS,
    Task,
    TaskIds,
    TaskKind,
    TaskStatus,
    expired_task,
    unknown_task,
)
from conducktor.oauth.caller import Caller

SAME_ANSWER_FOR = timedelta(milliseconds=500)
"""Whoever polls faster than this is told the same again, from memory."""
REMEMBERED = 1024

_NOT_KNOWN = (
    "The process that made the call has ended, so it is not known whether the call was carried out. "
    "Look at the service before you call again."
)
_REFUSED = -32000


class Tasks:
    """One per process."""

    def __init__(
        self, gateway: Gateway, gate: Gate, ids: TaskIds, clock: Clock, *, long_calls: LongCalls, kept_calls: KeptCalls
    ) -> None:
        self._long_calls = long_calls
        self._kept_calls = kept_calls
        self._gateway = gateway
        self._gate = gate
        self._ids = ids
        self._clock = clock
        self._told: OrderedDict[str, tuple[datetime, Task]] = OrderedDict()

    async def call(self, caller: Caller, request: CallRequest, relay: Relay, tell: Tell) -> CallResult | Task:
        """As `call_tool`; a task when it takes long. `tell` words an end that raises after that."""
        outcome = await self._long_calls.run(caller, request, relay, tell)
        return outcome if isinstance(outcome, CallResult) else await self._long(caller, outcome)

    async def get(self, caller: Caller, task_id: str) -> Task:
        """How it stands. An answer is given out under today's policies, and that is in the audit. Raises UnknownTask."""
        kind, subject = self._ids.read(caller, task_id)
        require(caller, Permission.TOOLS_CALL)
        known = self._told.get(task_id)
        if known and self._clock() < known[0] + SAME_ANSWER_FOR:
            return known[1]
        match kind:
            case TaskKind.APPROVAL:
                task = await self._look(caller, ApprovalId(subject))
            case TaskKind.LONG_CALL:
                task = await self._long(caller, await self._kept(caller, subject))
            case _:
                assert_never(kind)
        self._told[task_id] = (self._clock(), task)
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return task

    async def waiting(self, caller: Caller, approval_id: ApprovalId) -> Task:
        """The task of a call that waits for people."""
        return await self.get(caller, self._ids.of(caller, TaskKind.APPROVAL, approval_id))

    async def update(self, caller: Caller, task_id: str) -> None:
        """Nothing is asked through a task, so every answer is one to nothing and is ignored. Raises UnknownTask."""
        kind, subject = self._ids.read(caller, task_id)
        require(caller, Permission.TOOLS_CALL)
        match kind:
            case TaskKind.APPROVAL:
                await self._mine(caller, ApprovalId(subject))
            case TaskKind.LONG_CALL:
                await self._kept(caller, subject)
            case _:
                assert_never(kind)

    async def cancel(self, caller: Caller, task_id: str) -> None:
        """Take the request back, if nobody has decided it yet; end the call, if it still goes on. Raises UnknownTask."""
        kind, subject = self._ids.read(caller, task_id)
        try:
            match kind:
                case TaskKind.APPROVAL:
                    await self._take_back(caller, ApprovalId(subject))
                case TaskKind.LONG_CALL:
                    await self._kept(caller, subject)
                    await self._kept_calls.cancel(caller.actor, subject)
                case _:
                    assert_never(kind)
        finally:
            self._told.pop(task_id, None)

    async def _take_back(self, caller: Caller, approval_id: ApprovalId) -> None:
        await self._mine(caller, approval_id)
        try:
            await self._gate.run(cancel_approval, caller.actor, WhichApproval(approval_id=approval_id))
        except AlreadyDecided:
            return

    async def _mine(self, caller: Caller, approval_id: ApprovalId) -> Recalled:
        recalled = await self._gateway.approvals.recall(caller.actor.workspace_id, approval_id)
        if recalled is None or recalled.approval.requester_id != caller.actor.user_id:
            raise unknown_task()
        if self._clock() >= recalled.approval.created_at + _ttl(recalled.approval):
            raise expired_task()
        return recalled

    async def _look(self, caller: Caller, approval_id: ApprovalId) -> Task:
        recalled = await self._mine(caller, approval_id)
        approval = recalled.approval
        try:
            outcome: CallResult | ConducktorError = await self._outcome(caller, recalled)
            message = "Approved and carried out."
        except Unavailable:
            raise  # says nothing about the task
        except ConducktorError as error:
            outcome, message = error, error.detail
        state = approval.state_at(self._clock())
        status = {State.CANCELLED: TaskStatus.CANCELLED}.get(state, TaskStatus.WORKING if state in LIVE else TaskStatus.COMPLETED)
        return Task(
            id=self._ids.of(caller, TaskKind.APPROVAL, approval_id),
            status=status,
            message=message,
            created_at=approval.created_at,
            updated_at=approval.ended_at or approval.decided_at or approval.created_at,
            ttl=_ttl(approval),
            poll_ms=POLL_WAITING_MS if state is State.PENDING else POLL_RUNNING_MS,
            outcome=outcome if status is TaskStatus.COMPLETED else None,
        )

    async def _outcome(self, caller: Caller, recalled: Recalled) -> CallResult:
        """Raises what the requester is told."""
        approvals, approval = self._gateway.approvals, recalled.approval
        if approval.state is not State.EXECUTED:
            return await approvals.answer(approval)
        return await hand_out(self._gateway, caller, recalled.request(CallId(new_id())), lambda: approvals.answer(approval))

    async def _kept(self, caller: Caller, call_id: UUID) -> KeptCall:
        kept = await self._kept_calls.find(caller.actor, call_id)
        if kept is None:
            raise expired_task()  # its id is one that we gave to this app
        return kept

    async def _long(self, caller: Caller, kept: KeptCall) -> Task:
        status, message = _SHOWN[kept.state]
        outcome: CallResult | ConducktorError | None = None
        if kept.state is CallState.LOST:
            outcome = _error(message)
        elif kept.ended is not None:
            outcome = await self._answer(caller, kept.ended)
        return Task(
            id=self._ids.of(caller, TaskKind.LONG_CALL, kept.id),
            status=status,
            message=outcome.detail if isinstance(outcome, ConducktorError) else message,
            created_at=kept.created_at,
            updated_at=kept.updated_at,
            ttl=kept.expires_at - kept.created_at,
            poll_ms=POLL_RUNNING_MS,
            outcome=outcome,
        )

    async def _answer(self, caller: Caller, ended: Ended) -> CallResult | ConducktorError:
        answer = ended.answer.restored()
        if ended.is_refusal:
            return answer

        async def kept() -> CallResult:
            return answer

        try:
            return await hand_out(self._gateway, caller, msgspec.structs.replace(ended.request, id=CallId(new_id())), kept)
        except Unavailable:
            raise  # says nothing about the task
        except ConducktorError as error:
            return error


_SHOWN = {
    CallState.WORKING: (TaskStatus.WORKING, "The service is still at work."),
    CallState.ENDED: (TaskStatus.COMPLETED, "The call has ended."),
    CallState.CANCELLED: (TaskStatus.CANCELLED, "The call was cancelled. The service may have done some of it."),
    CallState.LOST: (TaskStatus.COMPLETED, _NOT_KNOWN),
}


def _error(message: str) -> CallResult:
    """The call as a whole failed, not the tool."""
    return CallResult(error=msgspec.Raw(msgspec.json.encode({"code": _REFUSED, "message": message})), is_error=True)


def _ttl(approval: Approval) -> timedelta:
    """From its creation: as long as its answer is kept."""
    return (approval.ended_at or approval.expires_at + CARRIED_OUT_WITHIN) + RESULT_KEPT - approval.created_at
