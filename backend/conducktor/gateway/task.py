"""A task as its app sees it, and the ids of tasks (MCP extension `io.modelcontextprotocol/tasks`)."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from conducktor.core.errors import ConducktorError, NotFound
from conducktor.core.tool_call import CallResult
from conducktor.infra.encryption import KeyRing
from conducktor.oauth.caller import Caller

POLL_WAITING_MS = 5_000
POLL_RUNNING_MS = 1_000

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


class TaskKind(StrEnum):
    """What a task stands for; also the purpose of the digest in its id."""

    APPROVAL = "task"
    LONG_CALL = "long-call"


class TaskIds:
    """An id is that of what the task stands for, with a keyed digest over kind, person, app and workspace.

    So it can neither be guessed nor used by anybody else.
    """

    def __init__(self, key_ring: KeyRing) -> None:
        self._key_ring = key_ring

    def of(self, caller: Caller, kind: TaskKind, subject: UUID) -> str:
        actor = caller.actor
        bound = f"{subject} {actor.workspace_id} {actor.user_id} {caller.authorization_id}"
        return subject.hex + self._key_ring.digest(kind, bound.encode())[:_MARK_BYTES].hex()

    def read(self, caller: Caller, task_id: str) -> tuple[TaskKind, UUID]:
        """Raises UnknownTask."""
        try:
            subject = UUID(hex=task_id[:32])
        except ValueError:
            raise unknown_task() from None
        for kind in TaskKind:
            if self.of(caller, kind, subject) == task_id:
                return kind, subject
        raise unknown_task()


def unknown_task() -> UnknownTask:
    return UnknownTask("There is no such task.", next_step="Call the tool again.")


def expired_task() -> UnknownTask:
    return UnknownTask("The task has expired.", next_step="Call the tool again.")
