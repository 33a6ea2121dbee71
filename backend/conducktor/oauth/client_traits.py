"""What an app said once for all its requests, before 2026-07-28: how much it wants to hear, and what it can be asked.

There is no session to keep it in: an authorization is one app of one person, and its newest word counts.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from conducktor.core.ids import AuthorizationId, WorkspaceId
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Change, Database, Transaction
from conducktor.oauth import queries
from conducktor.oauth.caller import Caller

HEARD_WITHIN_S = 1.0

Write = Callable[[Transaction, WorkspaceId, AuthorizationId], Awaitable[None]]


class ClientTraits:
    """Every process hears of a change; a word that changes nothing is not written."""

    def __init__(self, database: Database, changes: ChangeFeed) -> None:
        self._database = database
        self._changes = changes

    async def note_log_level(self, caller: Caller, level: str) -> None:
        """Returns when this process heard of it, so that the app's next request is answered accordingly."""
        if level != caller.log_level:
            await self._note(
                caller,
                lambda tx, workspace_id, authorization_id: queries.note_log_level(tx, workspace_id, authorization_id, level),
            )

    async def note_abilities(self, caller: Caller, abilities: str) -> None:
        """As `note_log_level`."""
        if abilities != (caller.client_abilities or "{}"):
            await self._note(
                caller,
                lambda tx, workspace_id, authorization_id: queries.note_abilities(tx, workspace_id, authorization_id, abilities),
            )

    async def _note(self, caller: Caller, write: Write) -> None:
        workspace_id = caller.actor.workspace_id
        change = Change(topic="authorizations", workspace_id=workspace_id, id=str(caller.authorization_id))
        heard = asyncio.Event()
        unsubscribe = self._changes.subscribe(lambda told: heard.set() if told == change else None)
        try:
            async with self._database.transaction() as tx:
                await write(tx, workspace_id, caller.authorization_id)
                await tx.announce(change)
            with suppress(TimeoutError):  # a deaf process trusts no cache
                async with asyncio.timeout(HEARD_WITHIN_S):
                    await heard.wait()
        finally:
            unsubscribe()
