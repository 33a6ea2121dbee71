"""An approval as it is stored: one frozen call, the questions about it, and what people said."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from conducktor.approvals.state import State
from conducktor.core.ids import ApprovalId, AuthorizationId, UserId, WorkspaceId
from conducktor.core.question import Question
from conducktor.core.tool_call import CallResult


class Decision(StrEnum):
    APPROVE = "approve"
    DENY = "deny"


class AskedQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A policy's question, and whom it was sent to in words (`Admin team`, a group's name, people's names)."""

    question: Question
    sent_to: tuple[str, ...]


class Vote(msgspec.Struct, frozen=True, kw_only=True):
    user_id: UserId
    user_name: str
    is_approval: bool
    comment: str | None
    voted_at: datetime


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """`reason` says why it ended as it did, where that is not obvious: a comment, what changed, what is not known."""

    id: ApprovalId
    workspace_id: WorkspaceId
    workspace_slug: str
    state: State
    digest: bytes
    requester_id: UserId
    requester_name: str
    authorization_id: AuthorizationId | None
    client_name: str | None
    conversation_id: str | None
    call_id: UUID
    method: str
    connection_id: UUID | None
    connection_name: str
    tool: str
    full_name: str
    operation_class: str
    definition_hash: bytes
    questions: tuple[AskedQuestion, ...]
    estimate_micro_usd: int | None
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    claim_token: int
    sent_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    execution_call_id: UUID | None

    def state_at(self, now: datetime) -> State:
        """The sweep writes `expired` down a moment later than it is true."""
        return State.EXPIRED if self.state is State.PENDING and self.expires_at <= now else self.state

    def path(self) -> str:
        """The page of the web application."""
        return f"/w/{self.workspace_slug}/approvals/{self.id}"


class KeptResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer of a call that was carried out, as it is sealed with the row."""

    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    is_error: bool = False

    @classmethod
    def of(cls, result: CallResult) -> "KeptResult":
        return cls(result.result or msgspec.UNSET, result.error or msgspec.UNSET, result.is_error)

    def restored(self) -> CallResult:
        return CallResult(result=self.result or None, error=self.error or None, is_error=self.is_error)


class FrozenCall(msgspec.Struct, frozen=True):
    """What will be carried out: the request's params with the arguments as policies let them through; sealed with the row.

    `endpoint` is the connection whose own endpoint was used, `toolset` the toolset, if one was.
    """

    endpoint: str | None
    params: msgspec.Raw
    toolset: str | None = None
