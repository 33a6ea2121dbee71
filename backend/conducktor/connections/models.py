"""Tables of the slice. Definitions are kept as the bytes that came: JSONB would reorder them and refuses NUL."""

from datetime import datetime
from typing import Any
from uuid import UUID

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from conducktor.infra.database import UUIDv7Base


class ConnectionRow(UUIDv7Base):
    """`revision` grows whenever what is connected to changes; a discovery of an older revision is not stored."""

    __tablename__ = "connections"
    __table_args__ = (
        UniqueConstraint("workspace_id", "name"),
        CheckConstraint("state IN ('PENDING', 'ACTIVE', 'ERROR', 'DISABLED')", name="connection_state"),
        CheckConstraint("auth IN ('none', 'bearer', 'header', 'basic', 'query', 'oauth')", name="connection_auth"),
        CheckConstraint("transport IN ('streamable_http', 'sse', 'openapi', 'stdio')", name="connection_transport"),
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9-]*$' AND length(name) <= 40", name="connection_name"),
        Index("ix_connections_next_check_at", "next_check_at"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    service: Mapped[str | None] = mapped_column(Text)
    catalogue_version: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    transport: Mapped[str] = mapped_column(Text)
    auth: Mapped[str] = mapped_column(Text)
    header_name: Mapped[str | None] = mapped_column(Text)
    credential_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    renew_after: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    wanted_scope: Mapped[str | None] = mapped_column(Text)
    pins: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]")
    personal_for: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]")
    revision: Mapped[int] = mapped_column(Integer, default=1)

    state: Mapped[str] = mapped_column(Text)
    state_reason: Mapped[str | None] = mapped_column(Text)
    state_next_step: Mapped[str | None] = mapped_column(Text)
    fault: Mapped[str | None] = mapped_column(Text)
    state_since: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    next_check_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    checked_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    discovered_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    last_success_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    last_failure_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    failures_in_row: Mapped[int] = mapped_column(Integer, default=0)

    era: Mapped[str | None] = mapped_column(Text)
    protocol_version: Mapped[str | None] = mapped_column(Text)
    server_info: Mapped[bytes | None] = mapped_column(LargeBinary)
    capabilities: Mapped[bytes | None] = mapped_column(LargeBinary)
    instructions: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[list[Any]] = mapped_column(JSONB, default=list)

    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))


_WORDS = "setweight(to_tsvector('english', called), 'A') || setweight(to_tsvector('english', said), 'C')"


class ToolRow(UUIDv7Base):
    """`definition` is what the upstream said last; `pinned` what was accepted and is served. Hashes as in `definition.py`.

    `title_here` and `description_here` are an admin's words in place of the server's (`wording.py`).
    `called` and `said` are what is searched, in the words that are served, and `words` is made from them.
    """

    __tablename__ = "tools"
    __table_args__ = (
        UniqueConstraint("workspace_id", "full_name"),
        UniqueConstraint("connection_id", "name"),
        CheckConstraint("state IN ('active', 'quarantined', 'rejected', 'gone')", name="tool_state"),
        CheckConstraint("state <> 'active' OR pinned_hash = definition_hash", name="tool_active_is_pinned"),
        CheckConstraint("class_override IN ('read', 'write', 'destructive')", name="tool_class_override"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    full_name: Mapped[str] = mapped_column(Text)
    definition: Mapped[bytes] = mapped_column(LargeBinary)
    definition_hash: Mapped[bytes] = mapped_column(LargeBinary)
    pinned: Mapped[bytes | None] = mapped_column(LargeBinary)
    pinned_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text)
    state_reason: Mapped[str | None] = mapped_column(Text)
    class_override: Mapped[str | None] = mapped_column(Text)
    is_enabled: Mapped[bool] = mapped_column(server_default="true")
    title_here: Mapped[str | None] = mapped_column(Text)
    description_here: Mapped[str | None] = mapped_column(Text)
    called: Mapped[str] = mapped_column(Text, deferred=True)
    said: Mapped[str] = mapped_column(Text, deferred=True)
    words: Mapped[Any] = mapped_column(TSVECTOR, Computed(_WORDS, persisted=True), deferred=True)
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    accepted_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    first_seen_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    last_seen_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))


class OfferRow(UUIDv7Base):
    """A resource, resource template or prompt of an upstream; replaced whole by each discovery."""

    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("connection_id", "kind", "key"),
        CheckConstraint("kind IN ('resource', 'resource_template', 'prompt')", name="offer_kind"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    definition: Mapped[bytes] = mapped_column(LargeBinary)


class ToolsetRow(UUIDv7Base):
    """A selection of tools with an endpoint of its own. `tools` and `left_out` are full names."""

    __tablename__ = "toolsets"
    __table_args__ = (
        UniqueConstraint("workspace_id", "name"),
        CheckConstraint("offering IN ('all', 'search')", name="toolset_offering"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    has_own_tools: Mapped[bool]
    offering: Mapped[str] = mapped_column(Text)
    tools: Mapped[list[Any]] = mapped_column(JSONB)
    rules: Mapped[list[Any]] = mapped_column(JSONB)
    left_out: Mapped[list[Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))


class SignInRow(UUIDv7Base):
    """Our client at the service's authorization server, and what somebody's sign-in gave us. Both sealed to this connection.

    `version` grows with every change of the grant; `claim` with every refresh that begins, which ends by `claimed_until`.
    """

    __tablename__ = "connection_sign_ins"
    __table_args__ = (UniqueConstraint("connection_id"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    client_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    grant_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(Integer, default=0)
    claim: Mapped[int] = mapped_column(Integer, default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    signed_in_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    signed_in_by_name: Mapped[str | None] = mapped_column(Text)
    signed_in_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))


class AttemptRow(UUIDv7Base):
    """Somebody is at the service's sign-in page. Found by the digest of `state`, once."""

    __tablename__ = "connection_sign_in_attempts"
    __table_args__ = (UniqueConstraint("state_digest"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    state_digest: Mapped[bytes] = mapped_column(LargeBinary)
    browser_digest: Mapped[bytes] = mapped_column(LargeBinary)
    journey_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))


class OwnAccountRow(UUIDv7Base):
    """One person's own credential. Person and connection go from it when it is left (`own_accounts/`), by whatever way."""

    __tablename__ = "own_accounts"
    __table_args__ = (
        UniqueConstraint("connection_id", "user_id"),
        ForeignKeyConstraint(
            ["workspace_id", "user_id"], ["members.workspace_id", "members.user_id"], ondelete="SET NULL (user_id)"
        ),
        Index("ix_own_accounts_workspace_user", "workspace_id", "user_id"),
        Index("ix_own_accounts_next_check_at", "next_check_at"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    connection_id: Mapped[UUID | None] = mapped_column(ForeignKey("connections.id", ondelete="SET NULL"))
    user_id: Mapped[UUID | None] = mapped_column(Uuid)
    secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    grant_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    renew_after: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    version: Mapped[int] = mapped_column(Integer, default=0)
    claim: Mapped[int] = mapped_column(Integer, default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    signed_in_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    wanted_scope: Mapped[str | None] = mapped_column(Text)
    used_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    checked_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    next_check_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    failures_in_row: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
