"""Tables of the workspaces slice."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from conducktor.infra.database import UUIDv7Base
from conducktor.workspaces.names import SLUG
from conducktor.workspaces.roles import Role

_ROLE_IS_KNOWN = "role IN ({})".format(", ".join(f"'{role}'" for role in Role))


class Organization(UUIDv7Base):
    __tablename__ = "organizations"

    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))


class Workspace(UUIDv7Base):
    __tablename__ = "workspaces"
    __table_args__ = (CheckConstraint(f"slug ~ '^{SLUG.pattern}$'", name="slug_form"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))


class Member(UUIDv7Base):
    __tablename__ = "members"
    __table_args__ = (
        Index("uq_members_workspace_user", "workspace_id", "user_id", unique=True),
        CheckConstraint(_ROLE_IS_KNOWN, name="role_known"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(Text)
    joined_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))


class Invitation(UUIDv7Base):
    """An open invitation; accepting or revoking it deletes the row. `mailed_at` is set when a mail server took the letter."""

    __tablename__ = "invitations"
    __table_args__ = (CheckConstraint(_ROLE_IS_KNOWN, name="role_known"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    claimed_until: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    mailed_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    letter_done_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))


Index("uq_invitations_workspace_email", Invitation.workspace_id, func.lower(Invitation.email), unique=True)
