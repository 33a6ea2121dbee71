"""The SQL of the sweep: what dead processes left behind, and what was under way as a counter opened. Crosses workspaces."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import text

from conducktor.budgets.counter_queries import spent_before
from conducktor.budgets.draw import CounterKey, Draw
from conducktor.budgets.scope import BudgetScope
from conducktor.budgets.span import Span, span_of
from conducktor.core.ids import WorkspaceId
from conducktor.core.money import MicroUsd
from conducktor.core.spending import Period, Share, SpendingLimit
from conducktor.infra.database import Transaction

AT_ONCE = 500

# Locks as the teller takes them: reservations, then counters in order. What the teller holds right now is left to it.
_CHARGE_EXPIRED = """
WITH expired AS MATERIALIZED (
  SELECT * FROM reservations WHERE expires_at < :now ORDER BY call_id LIMIT :at_once FOR UPDATE SKIP LOCKED
), charged AS MATERIALIZED (
  SELECT e.*, coalesce(o.cost_micro_usd, e.micro_usd) AS cost
  FROM expired e LEFT JOIN audit_outcomes o ON o.entry_id = e.call_id
), sums AS MATERIALIZED (
  SELECT (c->>0)::uuid AS limit_id, c->>1 AS subject, (c->>2)::timestamptz AS period_start,
    sum(cost)::bigint AS to_used, sum(micro_usd)::bigint AS from_held
  FROM charged, jsonb_array_elements(counters) c GROUP BY 1, 2, 3
), locked AS MATERIALIZED (
  SELECT 1 FROM spending s JOIN sums USING (limit_id, subject, period_start)
  ORDER BY s.limit_id, s.subject, s.period_start FOR UPDATE OF s
), moved AS (
  UPDATE spending s SET used = s.used + m.to_used, held = s.held - m.from_held
  FROM sums m, (SELECT count(*) FROM locked) l
  WHERE s.limit_id = m.limit_id AND s.subject = m.subject AND s.period_start = m.period_start
), entered AS (
  INSERT INTO ledger (call_id, workspace_id, micro_usd, counters, at)
  SELECT call_id, workspace_id, cost, counters, at FROM charged WHERE cost > 0
), ended AS (
  DELETE FROM reservations r USING charged c WHERE r.call_id = c.call_id RETURNING 1
)
SELECT count(*) FROM ended
"""
_PRICE_UNKNOWN = """
UPDATE audit_outcomes o SET cost_micro_usd = l.micro_usd FROM ledger l
WHERE o.entry_id = l.call_id AND o.outcome = 'unknown' AND o.cost_micro_usd IS NULL AND l.at >= :since
"""

_CLOSE_OPENING = """
UPDATE spending SET is_opening_final = true
WHERE workspace_id = :workspace_id AND limit_id = :limit_id AND subject = :subject AND period_start = :period_start
"""
_YOUNG_OPENINGS = """
SELECT s.workspace_id, s.limit_id, s.subject, s.period_start, b.scope, b.share, b.period, b.limit_micro_usd, b.name, w.time_zone
FROM spending s JOIN workspaces w ON w.id = s.workspace_id LEFT JOIN budgets b ON b.counting_id = s.limit_id
WHERE NOT s.is_opening_final AND s.opened_at < :before ORDER BY s.limit_id, s.subject, s.period_start LIMIT :at_once
"""
_FINISH_OPENING = """
UPDATE spending SET used = used + :spent - opened_with, opened_with = :spent, is_opening_final = true
WHERE workspace_id = :workspace_id AND limit_id = :limit_id AND subject = :subject AND period_start = :period_start
  AND NOT is_opening_final
"""


async def young_openings(tx: Transaction, before: datetime) -> list[tuple[WorkspaceId, Draw | None, CounterKey]]:
    """Counters opened before that moment whose opening is not final; the draw is None where the budget is gone."""
    found = []
    for row in await tx.session.execute(text(_YOUNG_OPENINGS), {"before": before, "at_once": AT_ONCE}):
        key = (row.limit_id, row.subject, row.period_start)
        found.append((WorkspaceId(row.workspace_id), _draw(row, key) if row.name is not None else None, key))
    return found


async def finish_opening(tx: Transaction, workspace_id: WorkspaceId, key: CounterKey, draw: Draw | None) -> None:
    """Begin with what the audit says by now: calls that were under way as the counter opened have ended."""
    given: dict[str, object] = {"workspace_id": workspace_id, "limit_id": key[0], "subject": key[1], "period_start": key[2]}
    if draw is None:
        await tx.session.execute(text(_CLOSE_OPENING), given)
        return
    spent = await spent_before(tx, workspace_id, draw)
    await tx.session.execute(text(_FINISH_OPENING), {**given, "spent": spent})


def _draw(row: Any, key: CounterKey) -> Draw:
    limit = SpendingLimit(
        id=row.limit_id,
        name=row.name,
        limit=MicroUsd(row.limit_micro_usd),
        period=Period(row.period),
        share=Share(row.share),
    )
    span = span_of(limit.period, row.period_start, ZoneInfo(row.time_zone))
    scope = msgspec.convert(row.scope, BudgetScope)
    return Draw(limit=limit, thresholds=(), scope=scope, key=key, span=Span(row.period_start, span.end))


async def charge_expired(tx: Transaction, now: datetime) -> int:
    """Charge what the audit says the calls cost, else what they held. Returns how many."""
    return int(await tx.session.scalar(text(_CHARGE_EXPIRED), {"now": now, "at_once": AT_ONCE}) or 0)


async def price_unknown(tx: Transaction, now: datetime) -> None:
    """Calls of which nobody knows how they ended cost in the audit what their counters were charged."""
    await tx.session.execute(text(_PRICE_UNKNOWN), {"since": now - timedelta(days=1)})
