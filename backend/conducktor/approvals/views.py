"""What people and agents see of approvals."""

from datetime import datetime
from uuid import UUID

import msgspec

from conducktor.approvals.approval import Decision
from conducktor.approvals.state import State


class QuestionView(msgspec.Struct, frozen=True, kw_only=True):
    """Why it is asked, whom, and how many have agreed of how many that must."""

    policy_id: UUID
    policy: str
    policy_version: int
    reason: str
    sent_to: tuple[str, ...]
    given: int
    needed: int


class VoteView(msgspec.Struct, frozen=True, kw_only=True):
    person_id: UUID
    person: str
    decision: Decision
    comment: str | None
    voted_at: datetime


class ApprovalLine(msgspec.Struct, frozen=True, kw_only=True):
    """One request. `reason` says why it ended so: a comment, what changed, what is not known.

    `can_decide` is about you; if not, `why_not` says why. `can_close`: its outcome is unknown and you may say what happened.
    `result` is there for the requester only: the answer as JSON text, cut to 2,000 characters where `result_is_cut`.
    """

    id: UUID
    state: State
    requester_id: UUID
    requester: str
    is_mine: bool
    client: str | None
    connection: str
    tool: str
    full_name: str
    method: str
    operation_class: str
    conversation_id: str | None
    questions: list[QuestionView]
    estimate_micro_usd: int | None
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    can_decide: bool
    why_not: str | None
    can_cancel: bool
    can_close: bool
    result: str | None
    result_is_error: bool | None
    result_is_cut: bool
    link: str


class ApprovalPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[ApprovalLine]
    next_cursor: str | None


class EarlierDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A request for the same tool that people decided before."""

    id: UUID
    state: State
    requester: str
    decided_by: list[str]
    decided_at: datetime
    comment: str | None
    same_arguments: bool


class ApprovalDetail(msgspec.Struct, frozen=True, kw_only=True):
    """`arguments` is indented JSON text, shown as text and nothing else; at most 100,000 characters of it (`arguments_is_cut`).

    `arguments_digest` (SHA-256, hex) stands for all of them. Where they are null, `arguments_withheld` says why.
    `definition` is the tool's definition as it was when asked, JSON text; null where that is not kept (`definition_note`).
    `title_here`, `description_here`: what an admin says of the tool now, and clients are shown instead.
    `call_id` and `execution_call_id` are entries of the audit: the call that asked, and the one that was carried out.
    """

    approval: ApprovalLine
    arguments: str | None
    arguments_is_cut: bool
    arguments_bytes: int | None
    arguments_digest: str | None
    arguments_withheld: str | None
    definition: str | None
    definition_note: str | None
    title_here: str | None
    description_here: str | None
    votes: list[VoteView]
    earlier: list[EarlierDecision]
    call_id: UUID
    execution_call_id: UUID | None


class ApprovalCounts(msgspec.Struct, frozen=True, kw_only=True):
    """For the badge. `to_close`: outcomes that are unknown and that you may close."""

    waiting_for_me: int
    mine_waiting: int
    to_close: int


class DecidedItem(msgspec.Struct, frozen=True, kw_only=True):
    """`problem` says why this one could not be decided; `state` is where it stands now, null where there is none such."""

    id: UUID
    state: State | None
    problem: str | None


class DecidedMany(msgspec.Struct, frozen=True, kw_only=True):
    items: list[DecidedItem]
