"""Tables of how connections are. Periods and hours are purged, see `jobs.KEPT`."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.base import DefaultBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import ForeignKey, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from conducktor.infra.database import UUIDv7Base


class PeriodRow(UUIDv7Base):
    """A time during which the status was the same; the one without an end is now. `fault` and `cause`: how it began."""

    __tablename__ = "connection_periods"
    __table_args__ = (
        Index("uq_connection_periods_open", "connection_id", unique=True, postgresql_where=text("until IS NULL")),
        Index("ix_connection_periods_connection", "connection_id", "since"),
        Index("ix_connection_periods_until", "until"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(Text)
    fault: Mapped[str | None] = mapped_column(Text)
    cause: Mapped[str | None] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    until: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))


class HourRow(DefaultBase):
    """What all processes saw in one hour. `latencies` counts answers by the classes of `latency.py`."""

    __tablename__ = "connection_hours"
    __table_args__ = (Index("ix_connection_hours_hour", "hour"),)

    connection_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("connections.id", ondelete="CASCADE"), primary_key=True, sort_order=-2
    )
    hour: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), primary_key=True, sort_order=-1)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    calls: Mapped[int] = mapped_column(Integer)
    failed_calls: Mapped[int] = mapped_column(Integer)
    probes: Mapped[int] = mapped_column(Integer)
    failed_probes: Mapped[int] = mapped_column(Integer)
    latencies: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class ToldRow(DefaultBase):
    """What those who look after a connection heard of it last: a word of `news.py`."""

    __tablename__ = "connection_news"

    connection_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("connections.id", ondelete="CASCADE"), primary_key=True, sort_order=-1
    )
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    told: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
