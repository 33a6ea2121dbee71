"""The SQL of usage: one pass over the audit's calls of a period, grouped in all the ways that are shown."""

from datetime import date, datetime
from enum import IntEnum
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import text

from conducktor.budgets.span import Span
from conducktor.core.ids import UserId, WorkspaceId
from conducktor.infra.database import Transaction

# `id` is a UUIDv7, so a bound on it lets the index find the period; an hour's margin covers any disagreement of clocks.
_CALLS = """
  FROM audit_entries e LEFT JOIN audit_outcomes o ON o.entry_id = e.id
  WHERE e.workspace_id = :workspace_id AND e.kind = 'call' AND e.id >= :from_id AND e.at >= :since AND e.at < :until
    AND (CAST(:user_id AS uuid) IS NULL OR e.user_id = :user_id)
"""
_GROUPS = f"""
WITH calls AS (
  SELECT (e.at AT TIME ZONE :zone)::date AS day, coalesce(e.connection_name, '') AS connection, e.user_id, e.user_name, e.tool,
    coalesce(e.conversation_id, '') AS conversation, o.duration_us, o.cost_micro_usd AS cost,
    coalesce(o.outcome IN ('tool_error', 'upstream_error', 'failed', 'unknown', 'cancelled'), false) AS is_error,
    coalesce(o.outcome IN ('denied', 'pending_approval'), false) AS is_denied
  {_CALLS}
)
SELECT GROUPING(day, connection, user_id, tool, conversation) AS grouping, day, connection, user_id, max(user_name) AS person,
  tool, conversation, count(*) AS calls, count(*) FILTER (WHERE is_error) AS errors,
  count(*) FILTER (WHERE is_denied) AS denied, count(*) FILTER (WHERE cost IS NULL AND NOT is_denied) AS unpriced,
  coalesce(sum(cost), 0)::bigint AS cost,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY duration_us) FILTER (WHERE NOT is_denied) AS p50_us,
  percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_us) FILTER (WHERE NOT is_denied) AS p95_us
FROM calls
GROUP BY GROUPING SETS ((), (day), (day, connection), (connection), (user_id), (connection, tool), (conversation))
"""  # noqa: S608 - put together from our own constants
_LINES = f"""
SELECT e.id, e.at, e.user_name AS person, e.client_name AS client, e.connection_name AS connection, e.tool,
  e.conversation_id AS conversation, o.outcome, o.duration_us, o.result_bytes, o.cost_micro_usd AS cost
{_CALLS} AND e.id > :after ORDER BY e.id LIMIT :page
"""
_TITLES = "SELECT name, title FROM connections WHERE workspace_id = :workspace_id"

PAGE = 2_000


class Grouping(IntEnum):
    """PostgreSQL's bit mask: a bit is set for each column of (day, connection, person, tool, conversation) not grouped by."""

    NOTHING = 0b11111
    DAY = 0b01111
    DAY_AND_CONNECTION = 0b00111
    CONNECTION = 0b10111
    PERSON = 0b11011
    TOOL = 0b10101
    CONVERSATION = 0b11110


class Calls(msgspec.Struct, frozen=True):
    """Which calls: of that time, and with `user_id` only that person's. The zone says where days begin."""

    span: Span
    zone: ZoneInfo
    user_id: UserId | None = None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over the calls that share what is not None."""

    grouping: int
    day: date | None
    connection: str | None
    user_id: UUID | None
    person: str | None
    tool: str | None
    conversation: str | None
    calls: int
    errors: int
    denied: int
    unpriced: int
    cost: int
    p50_us: int | None
    p95_us: int | None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One call, for the export."""

    id: UUID
    at: datetime
    person: str
    client: str | None
    connection: str | None
    tool: str
    conversation: str | None
    outcome: str | None
    duration_us: int | None
    result_bytes: int | None
    cost: int | None


async def groups(tx: Transaction, workspace_id: WorkspaceId, calls: Calls) -> dict[Grouping, list[Group]]:
    """All groupings in one pass, the costliest first."""
    found: dict[Grouping, list[Group]] = {grouping: [] for grouping in Grouping}
    given = {**_bounds(workspace_id, calls), "zone": calls.zone.key}
    for row in (await tx.session.execute(text(_GROUPS), given)).mappings():
        found[Grouping(row["grouping"])].append(Group(**row))
    for several in found.values():
        several.sort(key=lambda g: (-g.cost, -g.calls))
    return found


async def lines(tx: Transaction, workspace_id: WorkspaceId, calls: Calls, after: UUID | None) -> list[Line]:
    """The next page of single calls, oldest first, after the call with that id."""
    given = {**_bounds(workspace_id, calls), "after": after or UUID(int=0), "page": PAGE}
    return [Line(**row) for row in (await tx.session.execute(text(_LINES), given)).mappings()]


async def titles(tx: Transaction, workspace_id: WorkspaceId) -> dict[str, str]:
    """What people call the connections, by name."""
    rows = await tx.session.execute(text(_TITLES), {"workspace_id": workspace_id})
    return {row.name: row.title for row in rows}


def first_id_of(moment: datetime) -> UUID:
    """No call that began at `moment` or later has a lower id, within an hour. RFC 9562 §5.7."""
    milliseconds = max(0, int(moment.timestamp() * 1000) - 3_600_000)
    return UUID(int=milliseconds << 80)


def _bounds(workspace_id: WorkspaceId, calls: Calls) -> dict[str, object]:
    return {
        "workspace_id": workspace_id,
        "from_id": first_id_of(calls.span.start),
        "since": calls.span.start,
        "until": calls.span.end,
        "user_id": calls.user_id,
    }
