"""An account and its sessions, as the rest of the product sees them."""

from datetime import datetime
from uuid import UUID

import msgspec

from conducktor.core.ids import SessionId, UserId
from conducktor.identity.purpose import Purpose


class Account(msgspec.Struct, frozen=True, kw_only=True):
    id: UserId
    name: str
    email: str
    email_verified: bool
    is_founder: bool


class Visitor(msgspec.Struct, frozen=True):
    """Whoever sends a request: network (/24 or /64) and what the browser calls itself."""

    network: str
    user_agent: str


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A person in one browser."""

    session_id: SessionId
    user_id: UserId
    name: str
    email: str
    email_verified: bool
    is_founder: bool
    last_seen_at: datetime
    expires_at: datetime


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    id: SessionId
    network: str
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


class PendingSignUp(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-up whose address is not proven yet; the account is made when the link in the letter is opened."""

    name: str
    password_hash: str
    workspace_name: str


class AccountLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter about an account, or about one that may become one (`pending`). Its token is derived from `id`."""

    id: UUID
    purpose: Purpose
    user_id: UserId | None
    email: str
    pending: PendingSignUp | None
    expires_at: datetime
