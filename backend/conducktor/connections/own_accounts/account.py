"""One person's own credential for one connection."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from conducktor.connections.sign_in.grant import Grant
from conducktor.core.ids import ConnectionId, UserId, WorkspaceId
from conducktor.infra.encryption import KeyRing


class AccountState(StrEnum):
    SIGNED_IN = "signed_in"
    NEEDS_MORE_ACCESS = "needs_more_access"
    """Signed in, and the service wants more for some of what was asked of it."""
    ENDED = "ended"
    """The service does not accept it any more."""
    MISSING = "missing"


class OwnAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `own_accounts`. Without `secret_sealed` it has ended. Without person or connection it is left.

    `version` grows with every change of the credential; `claim` with every refresh that begins. `wanted_scope`: what the service
    wants besides what the sign-in covers.
    """

    id: UUID
    workspace_id: WorkspaceId
    connection_id: ConnectionId | None
    user_id: UserId | None
    secret_sealed: bytes | None
    grant_sealed: bytes | None
    renew_after: datetime | None
    version: int
    claim: int
    signed_in_at: datetime
    checked_at: datetime | None = None
    wanted_scope: str | None = None

    @property
    def state(self) -> AccountState:
        if self.secret_sealed is None:
            return AccountState.ENDED
        return AccountState.NEEDS_MORE_ACCESS if self.wanted_scope else AccountState.SIGNED_IN

    def secret(self, key_ring: KeyRing) -> str | None:
        """Raises Invalid when it cannot be opened."""
        return key_ring.open(self.secret_sealed, bound_to=secret_seal(self.id)).decode() if self.secret_sealed else None

    def grant(self, key_ring: KeyRing) -> Grant | None:
        """Raises Invalid when it cannot be opened."""
        if self.grant_sealed is None:
            return None
        return msgspec.json.decode(key_ring.open(self.grant_sealed, bound_to=grant_seal(self.id)), type=Grant)


def secret_seal(account_id: UUID) -> bytes:
    return b"own_accounts.secret:" + account_id.bytes


def grant_seal(account_id: UUID) -> bytes:
    return b"own_accounts.grant:" + account_id.bytes
