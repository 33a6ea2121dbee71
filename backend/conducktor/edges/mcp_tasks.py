"""The extension `io.modelcontextprotocol/tasks` (2026-07-28) on the wire: for requests that declare it, and for no others."""

from typing import assert_never
from uuid import UUID

import msgspec

from conducktor.approvals.answers import ApprovalPending
from conducktor.core.errors import ConducktorError
from conducktor.core.ids import ApprovalId
from conducktor.core.tool_call import CallRequest, CallResult
from conducktor.edges import mcp_errors
from conducktor.edges.mcp_protocol import (
    INVALID_PARAMS,
    META_CAPABILITIES,
    MISSING_ABILITY,
    UNREADABLE,
    Era,
    Message,
    ProtocolError,
    encode,
)
from conducktor.gateway.relay import Relay
from conducktor.gateway.task import Task, TaskStatus, UnknownTask
from conducktor.gateway.tasks import Tasks
from conducktor.oauth.caller import Caller

TASKS = "io.modelcontextprotocol/tasks"
_NEEDED: dict[str, object] = {"requiredCapabilities": {"extensions": {TASKS: {}}}}


class _Extensions(msgspec.Struct, frozen=True):
    extensions: dict[str, msgspec.Raw] = {}


class _Update(msgspec.Struct, frozen=True):
    input_responses: dict[str, msgspec.Raw] = msgspec.field(name="inputResponses")


class McpTasks:
    """Raises ProtocolError for what only the client can fix, ConducktorError for what is refused as HTTP."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks

    def may_begin(self, message: Message) -> bool:
        """Whether the client can follow a task instead of its answer."""
        return message.method == "tools/call" and message.era is Era.MODERN and _declares_tasks(message)

    async def call(self, caller: Caller, request: CallRequest, relay: Relay) -> CallResult:
        """As `call_tool`; when it takes long, the result is a task."""
        outcome = await self._tasks.call(caller, request, relay, _worded)
        if isinstance(outcome, CallResult):
            return outcome
        return CallResult(result=msgspec.Raw(encode({"resultType": "task", **_shown(outcome)})))

    async def begun(self, caller: Caller, message: Message, pending: ApprovalPending) -> bytes:
        """The answer to a call that waits for people: a task where the client can follow one, else the plain refusal."""
        if message.method != "tools/call":
            raise mcp_errors.refusal_error(pending)
        if not _declares_tasks(message):
            return mcp_errors.refusal_result(pending)
        task = await self._tasks.waiting(caller, ApprovalId(UUID(pending.facts["approval_id"])))
        shown = _shown(task)
        if task.status is not TaskStatus.WORKING:  # it ended in this moment: `tasks/get` tells how
            shown |= {"status": TaskStatus.WORKING}
        return encode({"resultType": "task", **shown, "_meta": {mcp_errors.META_KEY: pending.facts}})

    async def answer(self, caller: Caller, message: Message) -> bytes:
        require_tasks(message)
        task_id = message.params.task_id
        if task_id is msgspec.UNSET:
            raise ProtocolError(INVALID_PARAMS, f"{message.method} needs params.taskId")
        try:
            match message.method:
                case "tasks/get":
                    return _detailed(await self._tasks.get(caller, task_id))
                case "tasks/cancel":
                    await self._tasks.cancel(caller, task_id)
                case _:
                    _read_update(message)
                    await self._tasks.update(caller, task_id)
        except UnknownTask as error:
            raise mcp_errors.refusal_error(error) from None
        return b"{}"


def _worded(error: Exception) -> CallResult:
    """A refusal or a defect, where the client gets its answer later: nothing is left to be said as HTTP."""
    if isinstance(error, ConducktorError) and mcp_errors.TABLE[error.kind] is not mcp_errors.As.INVALID_PARAMS:
        return CallResult(result=msgspec.Raw(mcp_errors.refusal_result(error)), is_error=True)
    refusal = mcp_errors.refusal_error(error) if isinstance(error, ConducktorError) else mcp_errors.defect(error)
    return CallResult(error=msgspec.Raw(encode({"code": refusal.code, "message": refusal.message})), is_error=True)


def require_tasks(message: Message) -> None:
    """Raises ProtocolError unless the request declares the extension."""
    if not _declares_tasks(message):
        raise ProtocolError(MISSING_ABILITY, f"{message.method} is for clients that declare {TASKS}", status=400, data=_NEEDED)


def _declares_tasks(message: Message) -> bool:
    """Per request, whatever was declared before."""
    try:
        return TASKS in _decode_extensions(message.params.meta.get(META_CAPABILITIES, _NOTHING)).extensions
    except UNREADABLE:
        return False


def _shown(task: Task) -> dict[str, object]:
    return {
        "taskId": task.id,
        "status": task.status,
        "statusMessage": task.message,
        "createdAt": task.created_at,
        "lastUpdatedAt": task.updated_at,
        "ttlMs": round(task.ttl.total_seconds() * 1000),
        "pollIntervalMs": task.poll_ms,
    }


def _detailed(task: Task) -> bytes:
    """A refusal that is a result is the result of a completed task; a JSON-RPC error makes it a failed one (§task status)."""
    shown = _shown(task)
    match task.outcome:
        case None:
            return encode(shown)
        case CallResult(error=error, result=result):
            ended = {"status": "failed", "error": error} if error is not None else {"result": result}
            return encode({**shown, **ended})
        case ConducktorError() as refusal:
            return encode({**shown, **_refused(refusal)})
        case _:
            assert_never(task.outcome)


def _refused(refusal: ConducktorError) -> dict[str, object]:
    match mcp_errors.TABLE[refusal.kind]:
        case mcp_errors.As.HTTP:
            raise refusal
        case mcp_errors.As.RESULT:
            return {"result": msgspec.Raw(mcp_errors.refusal_result(refusal))}
        case mcp_errors.As.INVALID_PARAMS:
            error = mcp_errors.refusal_error(refusal)
            return {"status": "failed", "error": {"code": error.code, "message": error.message}}


def _read_update(message: Message) -> None:
    try:
        _decode_update(message.raw_params)
    except UNREADABLE:
        raise ProtocolError(INVALID_PARAMS, "tasks/update needs params.inputResponses, an object") from None


_NOTHING = msgspec.Raw(b"{}")
_decode_extensions = msgspec.json.Decoder(_Extensions).decode
_decode_update = msgspec.json.Decoder(_Update).decode
