"""Tables of the workspaces slice."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, Text, Uuid, func
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
    """`time_zone` (IANA name) is where budget periods begin. `allows_self_approval`: a requester may decide the own request."""

    __tablename__ = "workspaces"
    __table_args__ = (CheckConstraint(f"slug ~ '^{SLUG.pattern}$'", name="slug_form"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text, server_default="UTC")
    allows_self_approval: Mapped[bool] = mapped_column(server_default="false")
    offering: Mapped[str] = mapped_column(Text, server_default="all")
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


class Group(UUIDv7Base):
    """People of a workspace under one name, for policies and approvals to speak of."""

    __tablename__ = "groups"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))


Index("uq_groups_workspace_name", Group.workspace_id, func.lower(Group.name), unique=True)


class GroupMember(UUIDv7Base):
    """Ends with the membership: leaving the workspace is leaving its groups."""

    __tablename__ = "group_members"
    __table_args__ = (
        Index("uq_group_members_group_user", "group_id", "user_id", unique=True),
        ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["members.workspace_id", "members.user_id"],
            ondelete="CASCADE",
            name="fk_group_members_member",
        ),
    )

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    workspace_id: Mapped[UUID] = mapped_column(Uuid)
    user_id: Mapped[UUID] = mapped_column(Uuid)


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
