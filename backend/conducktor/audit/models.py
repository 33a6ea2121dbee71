"""Two append-only tables: what started, and how it ended. No foreign keys: the trail outlives what it speaks of."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.base import DefaultBase
from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime, Uuid


class AuditEntry(DefaultBase):
    """A call or an operation that started. `arguments_sealed` is bound to the entry's id.

    `caller` is what policies saw beside the other columns, so that past calls can be judged again: `role`, `groups`, `email` of
    the person, and the tool's `full_name` where it is not `<connection>_<tool>`.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_workspace", "workspace_id", "id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    workspace_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    surface: Mapped[str] = mapped_column(Text)
    user_id: Mapped[UUID] = mapped_column(Uuid)
    user_name: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str | None] = mapped_column(Text)
    client_name: Mapped[str | None] = mapped_column(Text)
    connection_id: Mapped[UUID | None] = mapped_column(Uuid)
    connection_name: Mapped[str | None] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    tool: Mapped[str] = mapped_column(Text)
    operation_class: Mapped[str | None] = mapped_column(Text)
    caller: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True))
    arguments_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    arguments_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    conversation_id: Mapped[str | None] = mapped_column(Text)
    network: Mapped[str | None] = mapped_column(Text)


class AuditOutcome(DefaultBase):
    """How an entry ended. One per entry; only `unknown` is ever replaced by a later, truer one."""

    __tablename__ = "audit_outcomes"

    entry_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    duration_us: Mapped[int | None] = mapped_column(BigInteger)
    result_bytes: Mapped[int | None] = mapped_column(Integer)
    cost_micro_usd: Mapped[int | None] = mapped_column(BigInteger)
