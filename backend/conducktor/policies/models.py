"""Tables of the policies slice."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.base import DefaultBase
from sqlalchemy import Boolean, CheckConstraint, DateTime, ForeignKey, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from conducktor.infra.database import UUIDv7AuditBase, UUIDv7Base


class PolicyRow(UUIDv7AuditBase):
    """One policy of a workspace, or of an organization: then it applies in all its workspaces, before their own.

    `who` and `what` select calls, `condition` (CEL) narrows them; `rule` is the kind's settings, tagged with `kind`.
    `version` grows with each change.
    """

    __tablename__ = "policies"
    __table_args__ = (
        Index("ix_policies_workspace", "workspace_id", "position"),
        Index("ix_policies_organization", "organization_id", "position"),
        CheckConstraint("num_nonnulls(workspace_id, organization_id) = 1", name="one_owner"),
        CheckConstraint("mode IN ('enforce', 'monitor')", name="mode_known"),
    )

    workspace_id: Mapped[UUID | None] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    who: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    what: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    condition: Mapped[str | None] = mapped_column(Text)
    rule: Mapped[dict[str, object]] = mapped_column(JSONB)
    mode: Mapped[str] = mapped_column(Text, server_default="enforce")
    position: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer, default=1)
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True)


class PolicyVersionRow(UUIDv7Base):
    """What a policy said in one version, and who made it so. No foreign keys: decisions outlive the policies they name."""

    __tablename__ = "policy_versions"
    __table_args__ = (Index("uq_policy_versions", "policy_id", "version", unique=True),)

    policy_id: Mapped[UUID] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(Integer)
    definition: Mapped[dict[str, object]] = mapped_column(JSONB)
    changed_by: Mapped[UUID] = mapped_column(Uuid)
    changed_by_name: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RateWindow(DefaultBase):
    """How many calls a rate limit let through in one window, counted by the database so that processes agree.

    No foreign key: counting must not wait for somebody who changes the policy. Old windows are swept.
    """

    __tablename__ = "rate_windows"

    policy_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    window_start: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True, index=True)
    used: Mapped[int] = mapped_column(Integer)


class UntrustedConversation(DefaultBase):
    """A conversation into which a tool brought outside content; `subject` names it, see `subjects.py`."""

    __tablename__ = "untrusted_conversations"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    tool: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
