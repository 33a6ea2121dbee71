"""`GET /api/workspaces/{workspace}/usage.csv`: every call of a period with its cost, streamed page by page."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date
from typing import Any, Protocol

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from conducktor.budgets import queries, usage_operations, usage_queries
from conducktor.budgets.usage_queries import Calls
from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.ids import WorkspaceId
from conducktor.infra.database import Database

MOST_ROWS = 500_000
HEAD = (
    "started_at", "call_id", "person", "client", "connection", "tool", "conversation", "outcome", "duration_ms", "result_bytes",
    "cost_usd",
)  # fmt: skip

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class ActorOf(Protocol):
    async def __call__(self, request: Request[Any, Any, Any], workspace: str) -> Actor: ...


def routes(database: Database, clock: Clock, actor_of: ActorOf) -> list[HTTPRouteHandler]:
    @get(
        "/api/workspaces/{workspace:str}/usage.csv",
        operation_id="usage_export",
        opt={"permission": Permission.USAGE_READ.value},
        include_in_schema=False,
    )
    async def export(
        request: Request[Any, Any, Any],
        workspace: FromPath[str],
        first_day: FromQuery[date | None] = None,
        last_day: FromQuery[date | None] = None,
    ) -> Stream:
        """The calls of those days; without the permission to read the whole audit: one's own."""
        actor = await actor_of(request, workspace)
        actor.require(Permission.USAGE_READ)
        async with database.transaction() as tx:
            zone = await queries.time_zone(tx, actor.workspace_id)
        asked = usage_operations.days_between(first_day, last_day, usage_operations.today(clock(), zone))
        whose = None if actor.may(Permission.AUDIT_READ) else actor.user_id
        return Stream(
            _rows(database, actor.workspace_id, asked.calls(zone, whose)),
            media_type="text/csv",
            headers={
                "Content-Disposition": f'attachment; filename="usage-{asked.first}-{asked.last}.csv"',
                "Cache-Control": "no-store",
            },
        )

    return [export]


async def _rows(database: Database, workspace_id: WorkspaceId, calls: Calls) -> AsyncIterator[str]:
    """No transaction stays open while a slow reader takes a page."""
    yield _csv([HEAD])
    after, written = None, 0
    while written < MOST_ROWS:
        async with database.transaction() as tx:
            page = await usage_queries.lines(tx, workspace_id, calls, after)
        if not page:
            return
        yield _csv([_row(line) for line in page])
        after, written = page[-1].id, written + len(page)
    yield _csv([(f"This file ends here, after {MOST_ROWS} calls. Choose fewer days.",)])


def _row(line: usage_queries.Line) -> tuple[str, ...]:
    cells = (
        line.at.isoformat(), str(line.id), line.person, line.client, line.connection, line.tool, line.conversation, line.outcome,
        None if line.duration_us is None else f"{line.duration_us / 1000:.3f}",
        None if line.result_bytes is None else str(line.result_bytes),
        None if line.cost is None else f"{line.cost // 1_000_000}.{line.cost % 1_000_000:06d}",
    )  # fmt: skip
    return tuple(_inert(cell or "") for cell in cells)


def _inert(cell: str) -> str:
    """A spreadsheet runs what begins like a formula; with an apostrophe before it, it is text. OWASP: CSV injection."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _csv(rows: list[tuple[str, ...]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
