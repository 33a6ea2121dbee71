"""Tables of the approvals slice."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from conducktor.approvals.state import LIVE, State
from conducktor.infra.database import UUIDv7Base

_KNOWN = ", ".join(f"'{state}'" for state in State)
_LIVE = ", ".join(f"'{state}'" for state in sorted(LIVE))


class ApprovalRow(UUIDv7Base):
    """One frozen call that waits for people, or did. `params_sealed` and `result_sealed` are bound to the row's id.

    `digest` stands for connection, tool, definition, arguments and caller; at most one live approval has it. `questions`
    are the policies' questions with their approvers. `claim_token` grows with each claim (fencing); `claimed_until` is the
    lease of the worker that holds it; `sent_at` is set before the service is touched: after that it is never sent again.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        Index("uq_approvals_live_digest", "workspace_id", "digest", unique=True, postgresql_where=text(f"state IN ({_LIVE})")),
        Index("ix_approvals_workspace_state", "workspace_id", "state", "created_at"),
        Index("ix_approvals_digest", "workspace_id", "digest", "created_at"),
        CheckConstraint(f"state IN ({_KNOWN})", name="state_known"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    requester_id: Mapped[UUID] = mapped_column(Uuid)
    requester_name: Mapped[str] = mapped_column(Text)
    requester_email: Mapped[str] = mapped_column(Text)
    authorization_id: Mapped[UUID | None] = mapped_column(Uuid)
    client_id: Mapped[str | None] = mapped_column(Text)
    client_name: Mapped[str | None] = mapped_column(Text)
    conversation_id: Mapped[str | None] = mapped_column(Text)
    call_id: Mapped[UUID] = mapped_column(Uuid)
    method: Mapped[str] = mapped_column(Text)
    connection_id: Mapped[UUID | None] = mapped_column(Uuid)
    connection_name: Mapped[str] = mapped_column(Text)
    tool: Mapped[str] = mapped_column(Text)
    full_name: Mapped[str] = mapped_column(Text)
    operation_class: Mapped[str] = mapped_column(Text)
    definition_hash: Mapped[bytes] = mapped_column(LargeBinary)
    params_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    questions: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    estimate_micro_usd: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    claim_token: Mapped[int] = mapped_column(BigInteger, default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    sent_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    reason: Mapped[str | None] = mapped_column(Text)
    result_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    execution_call_id: Mapped[UUID | None] = mapped_column(Uuid)


class ApprovalVoteRow(UUIDv7Base):
    """What one person said. One vote per person and approval."""

    __tablename__ = "approval_votes"
    __table_args__ = (Index("uq_approval_votes_person", "approval_id", "user_id", unique=True),)

    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approvals.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(Uuid)
    user_name: Mapped[str] = mapped_column(Text)
    is_approval: Mapped[bool]
    comment: Mapped[str | None] = mapped_column(Text)
    voted_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
