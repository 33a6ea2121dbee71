"""The documents of connections."""

from datetime import datetime
from typing import Any
from uuid import UUID

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from conducktor.infra.database import UUIDv7Base


class ApiDescriptionRow(UUIDv7Base):
    """`document` is compressed; `chosen` the keys of the operations that are tools, `recipes` what calling them needs.

    `sign_in` is the authorization server that the document names, with the scopes of the chosen operations (`oauth_scheme.py`).
    """

    __tablename__ = "api_descriptions"
    __table_args__ = (UniqueConstraint("connection_id"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    source_url: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    chosen: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    recipes: Mapped[bytes] = mapped_column(LargeBinary)
    read_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    sign_in: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
