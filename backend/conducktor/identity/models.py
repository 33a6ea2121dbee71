"""Tables of the identity slice."""

from datetime import datetime
from typing import Any
from uuid import UUID

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from conducktor.identity.purpose import Purpose
from conducktor.infra.database import UUIDv7Base


class User(UUIDv7Base):
    """`is_founder` marks the first account of the installation; there is at most one."""

    __tablename__ = "users"
    __table_args__ = (Index("uq_users_founder", "is_founder", unique=True, postgresql_where=text("is_founder")),)

    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    email_verified_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    password_hash: Mapped[str] = mapped_column(Text)
    is_founder: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))


Index("uq_users_email", func.lower(User.email), unique=True)


class WebSession(UUIDv7Base):
    __tablename__ = "web_sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    last_seen_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), index=True)
    network: Mapped[str] = mapped_column(Text)
    user_agent: Mapped[str] = mapped_column(Text)


class MailToken(UUIDv7Base):
    """A letter and the single-use token in it. `pending` holds a sign-up that becomes an account when its link is opened."""

    __tablename__ = "mail_tokens"
    __table_args__ = (
        CheckConstraint("purpose IN ({})".format(", ".join(f"'{purpose}'" for purpose in Purpose)), name="purpose_known"),
    )

    purpose: Mapped[str] = mapped_column(Text)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(Text)
    pending: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), index=True)
    used_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    claimed_until: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    letter_done_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))


class Attempt(UUIDv7Base):
    """One thing that is counted against a limit. `subject` is a keyed digest of action and account or network."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_subject_at", "subject", "at"),)

    subject: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), index=True)
