"""What a workspace adds to the catalogue, and what it hides of it."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from conducktor.infra.database import UUIDv7Base


class ImportedEntryRow(UUIDv7Base):
    """A `server.json` document as it came; `service` is the entry's id in this workspace."""

    __tablename__ = "catalog_imports"
    __table_args__ = (UniqueConstraint("workspace_id", "service"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    service: Mapped[str] = mapped_column(Text)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    source: Mapped[str] = mapped_column(Text)
    imported_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    imported_by_name: Mapped[str] = mapped_column(Text)
    imported_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))


class HiddenEntryRow(UUIDv7Base):
    __tablename__ = "catalog_hidden"
    __table_args__ = (UniqueConstraint("workspace_id", "service"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    service: Mapped[str] = mapped_column(Text)
