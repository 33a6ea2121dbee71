"""Tables of the budgets slice. All amounts are micro-USD."""

from datetime import date, datetime
from uuid import UUID

from advanced_alchemy.base import DefaultBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from conducktor.infra.database import UUIDv7AuditBase


class PriceRow(UUIDv7AuditBase):
    """What a connection's calls cost; `tool` null: every tool of it that has no price of its own.

    `basis`: `call`, `kib` (of result), `meta` (read from the result's `_meta` at `meta_key`) or `free`. `hold_micro_usd` is
    what is reserved where the cost is known only afterwards.
    """

    __tablename__ = "prices"
    __table_args__ = (
        Index("uq_prices_connection_tool", "connection_id", "tool", unique=True, postgresql_nulls_not_distinct=True),
        CheckConstraint("basis IN ('call', 'kib', 'meta', 'free')", name="basis_known"),
        CheckConstraint("micro_usd >= 0 AND hold_micro_usd >= 0", name="not_negative"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    tool: Mapped[str | None] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    micro_usd: Mapped[int] = mapped_column(BigInteger, default=0)
    hold_micro_usd: Mapped[int] = mapped_column(BigInteger, default=0)
    meta_key: Mapped[str | None] = mapped_column(Text)


class BudgetRow(UUIDv7AuditBase):
    """A limit over the calls that `scope` selects, per period and `share`. `thresholds` in percent of the limit."""

    __tablename__ = "budgets"
    __table_args__ = (CheckConstraint("limit_micro_usd >= 0", name="not_negative"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text)
    scope: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    share: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)
    limit_micro_usd: Mapped[int] = mapped_column(BigInteger)
    is_hard: Mapped[bool]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    thresholds: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class Spending(DefaultBase):
    """The counter of one limit (a budget, or a policy of the kind `budget_limit`), one subject, one period."""

    __tablename__ = "spending"
    __table_args__ = (CheckConstraint("used >= 0 AND held >= 0", name="not_negative"),)

    limit_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    period_start: Mapped[date] = mapped_column(Date, primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    used: Mapped[int] = mapped_column(BigInteger)
    held: Mapped[int] = mapped_column(BigInteger)


class ReservationRow(DefaultBase):
    """What one call holds until it is settled or released; swept after `expires_at`."""

    __tablename__ = "reservations"

    call_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    micro_usd: Mapped[int] = mapped_column(BigInteger)
    counters: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), index=True)


class LedgerRow(DefaultBase):
    """What one call added to one counter. Their sum is the counter; append-only."""

    __tablename__ = "ledger"
    __table_args__ = (Index("ix_ledger_counter", "limit_id", "subject", "period_start"),)

    call_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    limit_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    subject: Mapped[str] = mapped_column(Text)
    period_start: Mapped[date] = mapped_column(Date)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    micro_usd: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
