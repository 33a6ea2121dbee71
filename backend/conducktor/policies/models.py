"""A workspace's policies, in their order."""

from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from conducktor.infra.database import UUIDv7AuditBase


class PolicyRow(UUIDv7AuditBase):
    """`rule` is the kind's settings, tagged with `kind`. `version` grows with each change."""

    __tablename__ = "policies"
    __table_args__ = (Index("ix_policies_workspace", "workspace_id", "position"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    rule: Mapped[dict[str, object]] = mapped_column(JSONB)
    position: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer, default=1)
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True)
