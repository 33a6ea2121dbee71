"""The gateway's tables: which states of unfinished requests were used, which resources clients subscribed to, messages
between processes, and calls that go on after their app was answered."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.base import DefaultBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from conducktor.infra.database import UUIDv7Base


class SpentRequestStateRow(DefaultBase):
    """A `requestState` that came back; kept until it would have expired anyway."""

    __tablename__ = "spent_request_states"
    __table_args__ = (Index("ix_spent_request_states_expires_at", "expires_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC)


class ResourceSubscriptionRow(UUIDv7Base):
    """An app of one person asked to hear of a resource, by the URI that it knows. `endpoint` is a connection's own, or empty."""

    __tablename__ = "resource_subscriptions"
    __table_args__ = (
        UniqueConstraint("authorization_id", "endpoint", "uri"),
        Index("ix_resource_subscriptions_expires_at", "expires_at"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    authorization_id: Mapped[UUID] = mapped_column(ForeignKey("authorizations.id", ondelete="CASCADE"))
    endpoint: Mapped[str] = mapped_column(Text)
    uri: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))


class ExchangeRow(DefaultBase):
    """Where somebody waits for one message. `content_sealed` is bound to the id; it goes with the authorization."""

    __tablename__ = "exchanges"
    __table_args__ = (Index("ix_exchanges_expires_at", "expires_at"), Index("ix_exchanges_authorization_id", "authorization_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    authorization_id: Mapped[UUID] = mapped_column(ForeignKey("authorizations.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC)
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class LongCallRow(DefaultBase):
    """A call that is a task: it goes on in one process while `lease_until` is ahead. `content_sealed` is how it ended."""

    __tablename__ = "long_calls"
    __table_args__ = (
        Index("ix_long_calls_expires_at", "expires_at"),
        Index("ix_long_calls_authorization_id", "authorization_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    authorization_id: Mapped[UUID] = mapped_column(ForeignKey("authorizations.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC)
    lease_until: Mapped[datetime] = mapped_column(DateTimeUTC)
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC)
    ended_at: Mapped[datetime | None] = mapped_column(DateTimeUTC)
    is_cancelled: Mapped[bool] = mapped_column(server_default="false")
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
