"""Calls that wait for people, as tasks (MCP extension `io.modelcontextprotocol/tasks`), toward apps that declare it.

A task *is* an approval, seen by the app that asked: nothing of its own is stored, so it survives what approvals survive.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

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
from conducktor.core.tool_call import CallResult
from conducktor.gateway.call_tool import Gateway
from conducktor.gateway.hand_out import hand_out
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


class Tasks:
    """One per process."""

    def __init__(self, gateway: Gateway, gate: Gate, ids: TaskIds, clock: Clock) -> None:
        self._gateway = gateway
        self._gate = gate
        self._ids = ids
        self._clock = clock
        self._told: OrderedDict[str, tuple[datetime, Task]] = OrderedDict()

    async def get(self, caller: Caller, task_id: str) -> Task:
        """How it stands. An answer is given out under today's policies, and that is in the audit. Raises UnknownTask."""
        _, subject = self._ids.read(caller, task_id)
        require(caller, Permission.TOOLS_CALL)
        known = self._told.get(task_id)
        if known and self._clock() < known[0] + SAME_ANSWER_FOR:
            return known[1]
        task = await self._look(caller, ApprovalId(subject))
        self._told[task_id] = (self._clock(), task)
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return task

    async def waiting(self, caller: Caller, approval_id: ApprovalId) -> Task:
        """The task of a call that waits for people."""
        return await self.get(caller, self._ids.of(caller, TaskKind.APPROVAL, approval_id))

    async def cancel(self, caller: Caller, task_id: str) -> None:
        """Take the request back, if nobody has decided it yet; else it goes on. Raises UnknownTask."""
        _, subject = self._ids.read(caller, task_id)
        try:
            await self._take_back(caller, ApprovalId(subject))
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


def _ttl(approval: Approval) -> timedelta:
    """From its creation: as long as its answer is kept."""
    return (approval.ended_at or approval.expires_at + CARRIED_OUT_WITHIN) + RESULT_KEPT - approval.created_at
