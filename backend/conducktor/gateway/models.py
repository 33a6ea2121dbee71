"""The gateway's tables: which states of unfinished requests were used, and which resources clients subscribed to."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.base import DefaultBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
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
