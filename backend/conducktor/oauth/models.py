"""Tables of the authorization server. Codes and tokens are kept as keyed digests only."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from conducktor.infra.database import UUIDv7Base


class OAuthClientRow(UUIDv7Base):
    """A client that registered itself (RFC 7591) or was read from its metadata document. The static one is in the code.

    `network_digest` tells registrations of one network apart without storing its address. `fresh_until` belongs to
    documents.
    """

    __tablename__ = "oauth_clients"
    __table_args__ = (
        CheckConstraint("kind IN ('registered', 'document', 'custom')", name="oauth_client_kind"),
        Index("ix_oauth_clients_network", "network_digest", "created_at"),
    )

    client_id: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    workspace_id: Mapped[UUID | None] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    homepage: Mapped[str | None] = mapped_column(Text)
    redirect_uris: Mapped[list[str]] = mapped_column(ARRAY(Text))
    network_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    fresh_until: Mapped[datetime | None] = mapped_column(DateTimeUTC)
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC)


class ConsentRequestRow(UUIDv7Base):
    """A client's question, waiting for a person in one browser. `scopes` is null when the client named none."""

    __tablename__ = "consent_requests"
    __table_args__ = (
        Index("ix_consent_requests_expires_at", "expires_at"),
        Index("ix_consent_requests_network", "network_digest", "created_at"),
    )

    browser_digest: Mapped[bytes] = mapped_column(LargeBinary)
    network_digest: Mapped[bytes] = mapped_column(LargeBinary)
    client_id: Mapped[str] = mapped_column(Text)
    redirect_uri: Mapped[str] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(Text)
    scopes: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    resource: Mapped[str] = mapped_column(Text)
    code_challenge: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC)
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC)


class AuthorizationCodeRow(UUIDv7Base):
    """A person's yes on its way to the client. Kept after use, so that a second redemption is noticed."""

    __tablename__ = "authorization_codes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "user_id"], ["members.workspace_id", "members.user_id"], ondelete="CASCADE", name="fk_codes_member"
        ),
        Index("ix_authorization_codes_expires_at", "expires_at"),
    )

    code_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    workspace_id: Mapped[UUID]
    user_id: Mapped[UUID]
    client_id: Mapped[str] = mapped_column(Text)
    client_name: Mapped[str] = mapped_column(Text)
    client_kind: Mapped[str] = mapped_column(Text)
    redirect_uri: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    resource: Mapped[str] = mapped_column(Text)
    code_challenge: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC)
    used_at: Mapped[datetime | None] = mapped_column(DateTimeUTC)
    authorization_id: Mapped[UUID | None] = mapped_column(ForeignKey("authorizations.id", ondelete="CASCADE"))


class AuthorizationRow(UUIDv7Base):
    """One client acts for one person in one workspace. `revoked_for` says why it ended.

    `log_level` and `client_abilities` (what it can be asked, JSON) are what the client said before 2026-07-28, once for all
    its requests.
    """

    __tablename__ = "authorizations"
    __table_args__ = (
        # Leaving a workspace ends what was authorised there, and joining again must not revive it.
        ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["members.workspace_id", "members.user_id"],
            ondelete="CASCADE",
            name="fk_authorizations_member",
        ),
        CheckConstraint("revoked_for IN ('person', 'client', 'replay', 'reuse', 'replaced')", name="authorization_end"),
        Index("ix_authorizations_member", "workspace_id", "user_id", "client_id"),
        Index("ix_authorizations_user", "user_id", "created_at"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    client_id: Mapped[str] = mapped_column(Text)
    client_name: Mapped[str] = mapped_column(Text)
    client_kind: Mapped[str] = mapped_column(Text)
    redirect_uri: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    resource: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC)
    last_used_at: Mapped[datetime | None] = mapped_column(DateTimeUTC)
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC)
    revoked_at: Mapped[datetime | None] = mapped_column(DateTimeUTC)
    revoked_for: Mapped[str | None] = mapped_column(Text)
    log_level: Mapped[str | None] = mapped_column(Text)
    client_abilities: Mapped[str | None] = mapped_column(Text)


class TokenRow(UUIDv7Base):
    """An access or refresh token. A replaced refresh token has `rotated_at`, and `successor_salt` while a retry is allowed."""

    __tablename__ = "tokens"
    __table_args__ = (
        CheckConstraint("kind IN ('access', 'refresh')", name="token_kind"),
        Index("ix_tokens_expires_at", "expires_at"),
    )

    authorization_id: Mapped[UUID] = mapped_column(ForeignKey("authorizations.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    resource: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(DateTimeUTC)
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC)
    revoked_at: Mapped[datetime | None] = mapped_column(DateTimeUTC)
    rotated_at: Mapped[datetime | None] = mapped_column(DateTimeUTC)
    successor_salt: Mapped[bytes | None] = mapped_column(LargeBinary)
