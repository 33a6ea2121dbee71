"""The SQL of the sweep: what dead processes left behind, and what was under way as a counter opened. Crosses workspaces."""

from datetime import datetime, timedelta

from sqlalchemy import text

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


async def charge_expired(tx: Transaction, now: datetime) -> int:
    """Charge what the audit says the calls cost, else what they held. Returns how many."""
    return int(await tx.session.scalar(text(_CHARGE_EXPIRED), {"now": now, "at_once": AT_ONCE}) or 0)


async def price_unknown(tx: Transaction, now: datetime) -> None:
    """Calls of which nobody knows how they ended cost in the audit what their counters were charged."""
    await tx.session.execute(text(_PRICE_UNKNOWN), {"since": now - timedelta(days=1)})
