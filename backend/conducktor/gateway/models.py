"""The gateway's only table: which states of unfinished requests were used."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.base import DefaultBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column


class SpentRequestStateRow(DefaultBase):
    """A `requestState` that came back; kept until it would have expired anyway."""

    __tablename__ = "spent_request_states"
    __table_args__ = (Index("ix_spent_request_states_expires_at", "expires_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC)
