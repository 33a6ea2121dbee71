"""Calls that wait for people, as tasks (MCP extension `io.modelcontextprotocol/tasks`), toward apps that declare it.

A task *is* an approval, seen by the app that asked: nothing of its own is stored, so it survives what approvals survive.
Its id is the approval's with a keyed digest over person, app and workspace: not to be guessed, and nobody else's.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from enum import StrEnum
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
from conducktor.core.errors import ConducktorError, NotFound, Unavailable
from conducktor.core.ids import ApprovalId, CallId, new_id
from conducktor.core.operation import Gate
from conducktor.core.tool_call import CallResult
from conducktor.gateway.call_tool import Gateway
from conducktor.gateway.scope import require
from conducktor.infra.encryption import KeyRing
from conducktor.oauth.caller import Caller

PURPOSE = "task"
POLL_WAITING_MS = 5_000
POLL_RUNNING_MS = 1_000
SAME_ANSWER_FOR = timedelta(milliseconds=500)
"""Whoever polls faster than this is told the same again, from memory."""
REMEMBERED = 1024

_MARK_BYTES = 16


class UnknownTask(NotFound):
    """There is no such task, or it is not yours."""


class TaskStatus(StrEnum):
    WORKING = "working"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """`outcome` of a completed one: the call's answer, or what its requester is told instead of one. `message` is for people."""

    id: str
    status: TaskStatus
    message: str
    created_at: datetime
    updated_at: datetime
    ttl: timedelta
    poll_ms: int
    outcome: CallResult | ConducktorError | None = None


class Tasks:
    """One per process."""

    def __init__(self, gateway: Gateway, gate: Gate, key_ring: KeyRing, clock: Clock) -> None:
        self._gateway = gateway
        self._gate = gate
        self._key_ring = key_ring
        self._clock = clock
        self._told: OrderedDict[str, tuple[datetime, Task]] = OrderedDict()

    async def get(self, caller: Caller, task_id: str) -> Task:
        """How it stands. An answer is given out under today's policies, and that is in the audit. Raises UnknownTask."""
        approval_id = self._approval_of(caller, task_id)
        require(caller, Permission.TOOLS_CALL)
        known = self._told.get(task_id)
        if known and self._clock() < known[0] + SAME_ANSWER_FOR:
            return known[1]
        task = await self._look(caller, approval_id)
        self._told[task_id] = (self._clock(), task)
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return task

    async def cancel(self, caller: Caller, task_id: str) -> None:
        """Take the request back, if nobody has decided it yet; else it goes on. Raises UnknownTask."""
        approval_id = self._approval_of(caller, task_id)
        await self._mine(caller, approval_id)
        try:
            await self._gate.run(cancel_approval, caller.actor, WhichApproval(approval_id=approval_id))
        except AlreadyDecided:
            return
        finally:
            self._told.pop(task_id, None)

    def id_of(self, caller: Caller, approval_id: ApprovalId) -> str:
        actor = caller.actor
        bound = f"{approval_id} {actor.workspace_id} {actor.user_id} {caller.authorization_id}"
        return approval_id.hex + self._key_ring.digest(PURPOSE, bound.encode())[:_MARK_BYTES].hex()

    def _approval_of(self, caller: Caller, task_id: str) -> ApprovalId:
        try:
            approval_id = ApprovalId(UUID(hex=task_id[:32]))
        except ValueError:
            raise _unknown() from None
        if self.id_of(caller, approval_id) != task_id:
            raise _unknown()
        return approval_id

    async def _mine(self, caller: Caller, approval_id: ApprovalId) -> Recalled:
        recalled = await self._gateway.approvals.recall(caller.actor.workspace_id, approval_id)
        if recalled is None or recalled.approval.requester_id != caller.actor.user_id:
            raise _unknown()
        if self._clock() >= recalled.approval.created_at + _ttl(recalled.approval):
            raise UnknownTask("The task has expired.", next_step="Call the tool again.")
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
            id=self.id_of(caller, approval_id),
            status=status,
            message=message,
            created_at=approval.created_at,
            updated_at=approval.ended_at or approval.decided_at or approval.created_at,
            ttl=_ttl(approval),
            poll_ms=POLL_WAITING_MS if state is State.PENDING else POLL_RUNNING_MS,
            outcome=outcome if status is TaskStatus.COMPLETED else None,
        )

    async def _outcome(self, caller: Caller, recalled: Recalled) -> CallResult:
        """As `call_tool` for a call that was carried out, without a way to the service. Raises what the requester is told."""
        gateway, approval = self._gateway, recalled.approval
        if approval.state is not State.EXECUTED:
            return await gateway.approvals.answer(approval)
        request = recalled.request(CallId(new_id()))
        with gateway.audit.trail(caller.actor, msgspec.structs.replace(request, method="tasks/get")) as trail:
            target = await gateway.resolver.resolve(caller, request)
            call = target.call(caller.actor, request)
            trail.begin(call)
            decision = await gateway.policies.decide(call)
            trail.decided(decision)
            decision.permitted_call()
            decision, answered = await gateway.policies.release(decision, await gateway.approvals.answer(approval))
            trail.decided(decision)
            trail.finish(answered)
        return answered


def _ttl(approval: Approval) -> timedelta:
    """From its creation: as long as its answer is kept."""
    return (approval.ended_at or approval.expires_at + CARRIED_OUT_WITHIN) + RESULT_KEPT - approval.created_at


def _unknown() -> UnknownTask:
    return UnknownTask("There is no such task.", next_step="Call the tool again.")
