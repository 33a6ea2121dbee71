"""Telling open pages that calls were made: at most one NOTIFY a second and workspace, and none is left untold."""

import asyncio
import time
from collections.abc import Iterable
from uuid import UUID

import structlog

from conducktor.audit import queries
from conducktor.core.errors import Unavailable
from conducktor.core.ids import WorkspaceId
from conducktor.infra.database import Change, Database

ANNOUNCE_EVERY_S = 1.0

log = structlog.get_logger()


class CallNews:
    """Pages refresh when they are told, they do not count calls: so what comes within a second is told together at its end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._told_at: dict[UUID, float] = {}
        self._owed: dict[UUID, asyncio.Task[None]] = {}

    def statement(self, workspaces: Iterable[UUID]) -> str | None:
        """What to execute now; workspaces that were told of less than a second ago are told again when it is over."""
        now = time.monotonic()
        fresh = []
        for workspace_id in workspaces:
            wait_s = self._told_at.get(workspace_id, 0.0) + ANNOUNCE_EVERY_S - now
            if wait_s <= 0:
                fresh.append(workspace_id)
            elif workspace_id not in self._owed:
                self._owed[workspace_id] = asyncio.create_task(self._tell_later(workspace_id, wait_s), name="call-news")
        self._told_at.update(dict.fromkeys(fresh, now))
        return queries.announce_calls(fresh) if fresh else None

    async def stop(self) -> None:
        owed = list(self._owed.values())
        for task in owed:
            task.cancel()
        await asyncio.gather(*owed, return_exceptions=True)

    async def _tell_later(self, workspace_id: UUID, wait_s: float) -> None:
        try:
            await asyncio.sleep(wait_s)
        finally:
            del self._owed[workspace_id]  # before telling: a call that ends meanwhile is owed its own
        self._told_at[workspace_id] = time.monotonic()
        try:
            async with self._database.transaction() as tx:
                await tx.announce(Change(topic="calls", workspace_id=WorkspaceId(workspace_id)))
        except Unavailable:
            log.warning("call_news.lost", workspace=str(workspace_id))  # pages ask anew when the feed is back
