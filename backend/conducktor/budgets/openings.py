"""Counters are opened before they are drawn on, and begin with what the period's calls cost so far."""

import asyncio
from collections.abc import Sequence

from conducktor.budgets import counter_queries
from conducktor.budgets.draw import CounterKey, Draw
from conducktor.core.clock import Clock
from conducktor.core.ids import WorkspaceId
from conducktor.infra.database import Database

KNOWN_LIMIT = 100_000


class Openings:
    """Remembers which counters are open. One process opens them one after another: a crowd asks the audit once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: set[CounterKey] = set()
        self._turn = asyncio.Lock()

    def are_open(self, draws: Sequence[Draw]) -> bool:
        return all(draw.key in self._known for draw in draws)

    async def open(self, workspace_id: WorkspaceId, draws: Sequence[Draw]) -> None:
        """Raises Unavailable."""
        async with self._turn:
            if self.are_open(draws):
                return
            async with self._database.transaction() as tx:
                for draw in sorted(draws, key=lambda d: d.key):
                    if draw.key not in self._known:
                        await counter_queries.open_counter(tx, workspace_id, draw, self._clock())
            if len(self._known) >= KNOWN_LIMIT:
                self._known.clear()
            self._known.update(draw.key for draw in draws)

    def forget(self, draws: Sequence[Draw]) -> None:
        """They turned out not to be there."""
        self._known.difference_update(draw.key for draw in draws)
