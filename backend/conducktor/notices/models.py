"""Tables of the notices slice."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from conducktor.infra.database import UUIDv7Base


class ChannelRow(UUIDv7Base):
    """A way out of one workspace, for `topics`. `settings_sealed` (the kind's settings) is bound to the row's id."""

    __tablename__ = "notice_channels"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    settings_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    last_delivered_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    last_problem: Mapped[str | None] = mapped_column(Text)


class NoticeRow(UUIDv7Base):
    """What happened. `once_key` keeps the same event from being told twice."""

    __tablename__ = "notices"
    __table_args__ = (Index("uq_notices_once", "workspace_id", "once_key", unique=True),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    once_key: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, object]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), index=True)


class DeliveryRow(UUIDv7Base):
    """One notice on its way over one channel, or to one address (`channel_id` null: the people concerned, by e-mail)."""

    __tablename__ = "notice_deliveries"
    __table_args__ = (Index("ix_notice_deliveries_due", "next_attempt_at", postgresql_where=text("ended_at IS NULL")),)

    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notices.id", ondelete="CASCADE"), index=True)
    channel_id: Mapped[UUID | None] = mapped_column(ForeignKey("notice_channels.id", ondelete="CASCADE"), index=True)
    address: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    claimed_until: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    problem: Mapped[str | None] = mapped_column(Text)
