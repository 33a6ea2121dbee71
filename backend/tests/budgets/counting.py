"""Tellers, calls and counters without a gateway around them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from conducktor.budgets.draw import Draw, Hold
from conducktor.budgets.openings import Openings
from conducktor.budgets.refusals import BudgetExhausted
from conducktor.budgets.span import span_of
from conducktor.budgets.teller import Teller
from conducktor.core.clock import utc_now
from conducktor.core.ids import CallId, WorkspaceId, new_id
from conducktor.core.money import MicroUsd
from conducktor.core.spending import Period, SpendingLimit
from conducktor.infra.database import Database
from tests.support.promptly import PATIENCE_S

NOW = datetime.now(UTC)


async def a_workspace(url: str) -> WorkspaceId:
    """A row in `workspaces`, for counters to belong to."""
    connection = await asyncpg.connect(url)
    organization_id, workspace_id = new_id(), new_id()
    await connection.execute("INSERT INTO organizations (id, name, created_at) VALUES ($1, 'Lab', now())", organization_id)
    await connection.execute(
        "INSERT INTO workspaces (id, organization_id, slug, name, created_at) VALUES ($1, $2, $3, 'Lab', now())",
        workspace_id, organization_id, f"lab-{workspace_id.hex[-8:]}",
    )  # fmt: skip
    await connection.close()
    return WorkspaceId(workspace_id)


@asynccontextmanager
async def telling(url: str, *, lasts_s: float = 60) -> AsyncIterator[Teller]:
    """A teller with a database of its own: what another process would have."""
    database = Database(url, pool_size=2)
    teller = Teller(database, utc_now, lasts_s=lasts_s, on_spent=lambda *_: None)
    await teller.start()
    try:
        yield teller
    finally:
        await teller.stop()
        await database.close()


async def opened(url: str, workspace_id: WorkspaceId, *draws: Draw) -> None:
    database = Database(url, pool_size=1)
    await Openings(database, utc_now).open(workspace_id, draws)
    await database.close()


def a_draw(limit: int, *, subject: str = "", is_hard: bool = True, limit_id: UUID | None = None) -> Draw:
    """On a monthly limit of its own, as a policy sets one."""
    spending = SpendingLimit(id=limit_id or new_id(), name="A limit", limit=MicroUsd(limit), period=Period.MONTH, is_hard=is_hard)
    span = span_of(Period.MONTH, NOW, ZoneInfo("UTC"))
    return Draw(limit=spending, thresholds=(), scope=None, key=(spending.id, subject, span.start), span=span)


def a_hold(workspace_id: WorkspaceId, amount: int, *draws: Draw) -> Hold:
    return Hold(CallId(new_id()), workspace_id, MicroUsd(amount), draws, NOW)


async def passes(teller: Teller, hold: Hold) -> bool:
    """Whether the hold was given."""
    try:
        await teller.reserve(hold)
    except BudgetExhausted:
        return False
    return True


class Counted(msgspec.Struct, frozen=True):
    """A counter beside what its ledger and its reservations add up to."""

    used: int
    held: int
    ledger: int
    reserved: int

    @property
    def adds_up(self) -> bool:
        return self.used == self.ledger and self.held == self.reserved


COUNTED = """
SELECT s.used, s.held,
  s.opened_with + coalesce((SELECT sum(l.micro_usd) FROM ledger l, jsonb_array_elements(l.counters) c
    WHERE (c->>0)::uuid = s.limit_id AND c->>1 = s.subject AND (c->>2)::timestamptz = s.period_start), 0)::bigint AS ledger,
  coalesce((SELECT sum(r.micro_usd) FROM reservations r, jsonb_array_elements(r.counters) c
    WHERE (c->>0)::uuid = s.limit_id AND c->>1 = s.subject AND (c->>2)::timestamptz = s.period_start), 0)::bigint AS reserved
FROM spending s
"""


async def counted(url: str, draw: Draw) -> Counted:
    connection = await asyncpg.connect(url)
    where = " WHERE s.limit_id = $1 AND s.subject = $2 AND s.period_start = $3"
    row = await connection.fetchrow(COUNTED + where, *draw.key)
    await connection.close()
    return Counted(**row)


async def all_counted(url: str) -> list[Counted]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(COUNTED)
    await connection.close()
    return [Counted(**row) for row in rows]


async def settled(url: str, within: timedelta = timedelta(seconds=PATIENCE_S)) -> None:
    """Wait until nothing is held any more. Raises TimeoutError."""
    connection = await asyncpg.connect(url)
    async with asyncio.timeout(within.total_seconds()):
        while await connection.fetchval("SELECT count(*) FROM reservations"):
            await asyncio.sleep(0.01)
    await connection.close()
