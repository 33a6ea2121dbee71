"""Looking whether people's own accounts are still good, so that each person hears of the end before a call fails.

What a look finds concerns that person alone: the connection stays as it is, and nobody else is told.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from random import SystemRandom

import structlog

from conducktor.connections import queries as connections
from conducktor.connections.credential import endpoint_of
from conducktor.connections.mcp_client import McpClient, UpstreamError
from conducktor.connections.own_accounts import check_queries as queries
from conducktor.connections.own_accounts.check_queries import Due
from conducktor.connections.own_accounts.looks import next_look
from conducktor.connections.own_accounts.own_accounts import OwnAccounts
from conducktor.connections.own_accounts.own_credential import Whose
from conducktor.core.clock import Clock
from conducktor.core.errors import Invalid
from conducktor.core.ids import ConnectionId
from conducktor.infra.database import Database
from conducktor.infra.encryption import KeyRing

log = structlog.get_logger()

USED_WITHIN = timedelta(days=1)
"""Who did not call for longer finds out with the next call."""
AT_ONCE = 20
"""In one round, over all services; the next one follows within half a minute."""
ROUND_S = 45.0
LEASE = timedelta(minutes=2)

_RANDOM = SystemRandom()


class AccountChecks:
    """One per process."""

    def __init__(
        self,
        database: Database,
        mcp: McpClient,
        key_ring: KeyRing,
        clock: Clock,
        own_accounts: OwnAccounts,
        jitter: Callable[[], float] = _RANDOM.random,
    ) -> None:
        """`jitter` returns 0 to 1 and spreads the looks over time."""
        self._database = database
        self._mcp = mcp
        self._key_ring = key_ring
        self._clock = clock
        self._own_accounts = own_accounts
        self._jitter = jitter

    async def look_at_due(self) -> None:
        """Those that are due; people of one connection one after the other, so that no service gets a crowd at once."""
        now = self._clock()
        async with self._database.transaction() as tx:
            due = await queries.take_due(tx, now, now - USED_WITHIN, LEASE, AT_ONCE)
        by_connection: dict[ConnectionId, list[Due]] = {}
        for one in due:
            by_connection.setdefault(one.connection_id, []).append(one)
        try:
            async with asyncio.timeout(ROUND_S):
                await asyncio.gather(*map(self._look_at_each, by_connection.values()))
        except TimeoutError:
            log.info("own_accounts.looks_put_off", taken=len(due))  # their lease ends by itself

    async def _look_at_each(self, due: list[Due]) -> None:
        for one in due:
            failures = 0 if await self._is_good(one) else one.failures_in_row + 1
            now = self._clock()
            async with self._database.transaction() as tx:
                await queries.note_look(tx, one, now, failures, next_look(now, failures, self._jitter()))

    async def _is_good(self, due: Due) -> bool:
        async with self._database.transaction() as tx:
            connection = await connections.get_by_id(tx, due.workspace_id, due.connection_id)
        if connection is None:
            return False
        whose = Whose(due.workspace_id, due.connection_id, due.user_id, connection.name)
        try:
            await self._own_accounts.looking(whose, endpoint_of(connection, self._key_ring), self._mcp.probe)
        except (UpstreamError, Invalid):
            return False
        return True
