"""What it takes to keep credentials alive, and what the audit keeps of one that its service ended."""

from uuid import UUID

import msgspec

from conducktor.audit.writer import AuditWriter
from conducktor.core.actor import Actor, Surface
from conducktor.core.clock import Clock
from conducktor.core.ids import UserId, WorkspaceId
from conducktor.infra.database import Database, Transaction
from conducktor.infra.encryption import KeyRing

NOBODY = UserId(UUID(int=0))
"""Whose account was deleted since; the name is kept."""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is the connection's."""

    name: str


class Keeping(msgspec.Struct, frozen=True):
    """One per process."""

    database: Database
    key_ring: KeyRing
    clock: Clock
    audit: AuditWriter

    async def record_end(
        self, tx: Transaction, workspace_id: WorkspaceId, deed: str, *, connection: str, whose: tuple[UserId | None, str]
    ) -> None:
        """The line stands under the person whose sign-in it was; nobody did it but the service."""
        user_id, user_name = whose
        person = Actor(
            user_id=user_id or NOBODY,
            user_name=user_name,
            user_email="",
            workspace_id=workspace_id,
            role="",
            permissions=frozenset(),
            surface=Surface.WORKER,
        )
        await self.audit.record_operation(tx, person, deed, Ended(name=connection))
