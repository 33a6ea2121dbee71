"""Asking an upstream what it is and what it offers, and keeping the answer.

Three steps: read the row, ask over the network, store in one transaction. A process that dies in between leaves
the row as it was; its `next_check_at` brings the next one. An answer that was overtaken by a newer one is dropped.
"""

from collections.abc import Callable
from random import SystemRandom

import msgspec
import structlog

from conducktor.connections import outcome, queries
from conducktor.connections.connection import Connection
from conducktor.connections.health.owners import Owners
from conducktor.connections.inspection import Inspection
from conducktor.connections.outcome import Failure, Findings
from conducktor.connections.settling import OffersByKind, Report, settle
from conducktor.connections.states import ConnectionState
from conducktor.core.clock import Clock
from conducktor.core.ids import ConnectionId, WorkspaceId
from conducktor.infra.database import Change, Database, Transaction

log = structlog.get_logger()

CONNECTIONS = "connections"
"""Topic of every change of this slice."""

_RANDOM = SystemRandom()


class Discovery:
    """One per process. Knows no transaction but its own."""

    def __init__(
        self,
        database: Database,
        inspection: Inspection,
        owners: Owners,
        clock: Clock,
        jitter: Callable[[], float] = _RANDOM.random,
    ) -> None:
        """`jitter` returns 0 to 1 and spreads the checks over time."""
        self._database = database
        self._inspection = inspection
        self._owners = owners
        self._clock = clock
        self._jitter = jitter

    async def discover(self, workspace_id: WorkspaceId, connection_id: ConnectionId) -> Report | None:
        """Ask for everything. None when there was nothing to do, or something newer was stored meanwhile."""
        return await self._run(workspace_id, connection_id, in_full=True)

    async def check(self, workspace_id: WorkspaceId, connection_id: ConnectionId) -> Report | None:
        """Ask whether it is well; for everything only when it was not, or the last full answer is old."""
        return await self._run(workspace_id, connection_id, in_full=False)

    async def _run(self, workspace_id: WorkspaceId, connection_id: ConnectionId, *, in_full: bool) -> Report | None:
        started = self._clock()
        async with self._database.transaction() as tx:
            connection = await queries.get_by_id(tx, workspace_id, connection_id)
        if connection is None or connection.state is ConnectionState.DISABLED:
            return None
        in_full = in_full or outcome.is_full_discovery_due(connection, started)
        findings = await self._inspection.of(connection, in_full=in_full)
        async with self._database.transaction() as tx:
            current = await queries.lock(tx, workspace_id, connection_id)
            if current is None or current.revision != connection.revision or outcome.is_overtaken(current, started, findings):
                return None
            return await self._store(tx, current, findings)

    async def _store(self, tx: Transaction, before: Connection, findings: Findings) -> Report:
        now = self._clock()
        if isinstance(findings, Failure):
            after, report = outcome.after_failure(before, findings, now, self._jitter()), Report()
        else:
            kept = await queries.tools(tx, before.workspace_id, before.id)
            elsewhere = await queries.names_elsewhere(tx, before.workspace_id, before.id)
            settled = settle(before, findings, kept, now, elsewhere)
            await queries.put_tools(tx, before.workspace_id, settled.tools)
            offers_changed = await self._store_offers(tx, before, settled.offers)
            after = outcome.after_success(before, findings, settled, now, self._jitter())
            report = msgspec.structs.replace(settled.report, offers_changed=offers_changed)
        await queries.save(tx, before.workspace_id, after)
        await self._owners.consider(tx, after)
        if report.is_news or outcome.shows_differently(before, after):
            await tx.announce(Change(topic=CONNECTIONS, workspace_id=before.workspace_id, id=str(before.id)))
        if before.state is not after.state:
            log.info("connection.state_changed", connection=str(before.id), state=after.state.value, fault=after.fault)
        return report

    async def _store_offers(self, tx: Transaction, connection: Connection, offers: OffersByKind) -> bool:
        known = await queries.offers(tx, connection.workspace_id, connection.id)
        changed = False
        for kind, now_offered in offers.items():
            if now_offered != tuple(offer for offer in known if offer.kind is kind):
                changed = True
                await queries.replace_offers(tx, connection.workspace_id, connection.id, kind, now_offered)
        return changed
