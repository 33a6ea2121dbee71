"""Tables of the budgets slice. All amounts are micro-USD."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.base import DefaultBase
from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Integer, Text, Uuid
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
    """A limit over the calls that `scope` selects, per period and `share`. `thresholds` in percent of the limit.

    `counting_id` names its counters. It is a new one when what is counted changes: then they begin with what the audit says.
    """

    __tablename__ = "budgets"
    __table_args__ = (CheckConstraint("limit_micro_usd >= 0", name="not_negative"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    counting_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    scope: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    share: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)
    limit_micro_usd: Mapped[int] = mapped_column(BigInteger)
    is_hard: Mapped[bool]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    thresholds: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class Spending(DefaultBase):
    """The counter of one limit (a budget's `counting_id`, or `policy_counter`), one subject, one period.

    `used` is `opened_with` plus the counter's ledger; `held` is what running calls may still cost. The opening is final when
    calls that were under way as the counter opened, and so do not stand in its ledger, have ended.
    """

    __tablename__ = "spending"
    __table_args__ = (CheckConstraint("used >= 0 AND held >= 0", name="not_negative"),)

    limit_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    period_start: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    used: Mapped[int] = mapped_column(BigInteger)
    held: Mapped[int] = mapped_column(BigInteger)
    opened_with: Mapped[int] = mapped_column(BigInteger)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    is_opening_final: Mapped[bool] = mapped_column(default=False)


class ReservationRow(DefaultBase):
    """What one call holds in each of `counters` until it is settled; swept after `expires_at`.

    `counters` is a list of [limit id, subject, period start]. No foreign keys here and below: each would cost every call.
    """

    __tablename__ = "reservations"

    call_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(Uuid)
    micro_usd: Mapped[int] = mapped_column(BigInteger)
    counters: Mapped[list[list[str]]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class LedgerRow(DefaultBase):
    """What one call added to each of its counters. A row changes only when a call that was given up for lost ends after all."""

    __tablename__ = "ledger"
    __table_args__ = (Index("ix_ledger_workspace_at", "workspace_id", "at"),)

    call_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(Uuid)
    micro_usd: Mapped[int] = mapped_column(BigInteger)
    counters: Mapped[list[list[str]]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
