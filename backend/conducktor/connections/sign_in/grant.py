"""What is kept of a sign-in, and on the way to one. Always sealed to its row."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import msgspec
import structlog

from conducktor.connections.sign_in.client import OwnClient
from conducktor.connections.sign_in.server import Server
from conducktor.core.errors import Invalid
from conducktor.core.ids import ConnectionId, UserId, WorkspaceId
from conducktor.infra.encryption import KeyRing

log = structlog.get_logger()


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a refresh needs; the access token is the connection's credential. Without `refresh_token` there is none.

    `scope` is what was asked for at the sign-in.
    """

    server: Server
    client: OwnClient
    resource: str | None
    refresh_token: str | None
    scope: str | None = None


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser's return is checked against. `url` is the connection's address when it began, `return_to` our page.

    `is_own`: what comes of it is the person's own account, not the workspace's credential.
    """

    server: Server
    client: OwnClient
    resource: str | None
    verifier: str
    url: str
    return_to: str
    scope: str | None = None
    is_own: bool = False


class SignInRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `connection_sign_ins`."""

    workspace_id: WorkspaceId
    connection_id: ConnectionId
    client_sealed: bytes | None
    grant_sealed: bytes | None
    version: int
    claim: int
    signed_in_by: UserId | None
    signed_in_by_name: str | None
    signed_in_at: datetime | None

    def client(self, key_ring: KeyRing) -> OwnClient | None:
        """Raises Invalid when it cannot be opened."""
        return _opened(key_ring, self.client_sealed, client_seal(self.connection_id), OwnClient)

    def grant(self, key_ring: KeyRing) -> Grant | None:
        """Raises Invalid when it cannot be opened."""
        return _opened(key_ring, self.grant_sealed, grant_seal(self.connection_id), Grant)


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `connection_sign_in_attempts`."""

    id: UUID
    workspace_id: WorkspaceId
    connection_id: ConnectionId
    user_id: UserId
    state_digest: bytes
    browser_digest: bytes
    journey_sealed: bytes
    expires_at: datetime


def sealed(key_ring: KeyRing, value: msgspec.Struct, bound_to: bytes) -> bytes:
    return key_ring.seal(msgspec.json.encode(value), bound_to=bound_to)


def opened_journey(key_ring: KeyRing, attempt: Attempt) -> Journey:
    return msgspec.json.decode(key_ring.open(attempt.journey_sealed, bound_to=journey_seal(attempt.id)), type=Journey)


def client_seal(connection_id: ConnectionId) -> bytes:
    return b"connection_sign_ins.client:" + connection_id.bytes


def grant_seal(connection_id: ConnectionId) -> bytes:
    return b"connection_sign_ins.grant:" + connection_id.bytes


def journey_seal(attempt_id: UUID) -> bytes:
    return b"connection_sign_in_attempts.journey:" + attempt_id.bytes


_T = TypeVar("_T", bound=msgspec.Struct)


def readable(opened: Callable[[KeyRing], _T | None], key_ring: KeyRing) -> _T | None:
    """What is kept, for whoever can go on without it: None also where it cannot be opened because its key is missing."""
    try:
        return opened(key_ring)
    except Invalid:
        log.error("sign_in.unreadable")
        return None


def _opened(key_ring: KeyRing, secret: bytes | None, bound_to: bytes, kind: type[_T]) -> _T | None:
    return msgspec.json.decode(key_ring.open(secret, bound_to=bound_to), type=kind) if secret else None
