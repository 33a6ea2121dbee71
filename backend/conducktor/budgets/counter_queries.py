"""The SQL of counters: opening them, and what the hot path does with them in one statement.

Locks are taken in one order everywhere: reservations by call, then counters by limit, subject and period. So nothing deadlocks.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import text

from conducktor.budgets.draw import CounterKey, Draw, Hold
from conducktor.budgets.scope import Payer
from conducktor.budgets.usage_queries import first_id_of
from conducktor.core.ids import UserId, WorkspaceId
from conducktor.core.spending import Share
from conducktor.infra.database import Transaction

_encode = msgspec.json.Encoder().encode

# One moment's wishes: money moved between `held` and `used`, reservations ended and begun. All of it or nothing: where one
# counter has no room, or a counter or reservation is not there, nothing is done and `done` is false.
_CARRY_OUT = """
WITH wanted AS (
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::bigint[])
    AS w (limit_id, subject, period_start, to_used, to_held, room)
), ending AS MATERIALIZED (
  SELECT call_id FROM reservations WHERE call_id = ANY ($7::uuid[]) ORDER BY call_id FOR UPDATE
), counters AS MATERIALIZED (
  SELECT s.used + s.held + w.to_used + w.to_held <= w.room AS fits
  FROM spending s JOIN wanted w USING (limit_id, subject, period_start)
  WHERE (SELECT count(*) FROM ending) = cardinality($7::uuid[])
  ORDER BY s.limit_id, s.subject, s.period_start FOR UPDATE OF s
), verdict AS MATERIALIZED (
  SELECT count(*) = cardinality($1::uuid[]) AND coalesce(bool_and(coalesce(fits, true)), true) AS done FROM counters
), moved AS (
  UPDATE spending s SET used = s.used + w.to_used, held = s.held + w.to_held
  FROM wanted w, verdict v
  WHERE v.done AND s.limit_id = w.limit_id AND s.subject = w.subject AND s.period_start = w.period_start
  RETURNING s.limit_id, s.subject, s.period_start, s.used
), ended AS (
  DELETE FROM reservations r USING unnest($7::uuid[], $8::bigint[]) AS e (call_id, cost), verdict v
  WHERE v.done AND r.call_id = e.call_id
  RETURNING r.call_id, r.workspace_id, e.cost, r.counters, r.at
), entered AS (
  INSERT INTO ledger (call_id, workspace_id, micro_usd, counters, at)
  SELECT call_id, workspace_id, cost, counters, at FROM ended WHERE cost > 0
), begun AS (
  INSERT INTO reservations (call_id, workspace_id, micro_usd, counters, at, expires_at)
  SELECT b.* FROM unnest($9::uuid[], $10::uuid[], $11::bigint[], $12::jsonb[], $13::timestamptz[], $14::timestamptz[])
    AS b (call_id, workspace_id, micro_usd, counters, at, expires_at), verdict v
  WHERE v.done
)
SELECT v.done, m.limit_id, m.subject, m.period_start, m.used FROM verdict v LEFT JOIN moved m ON true
"""
_LOCK_RESERVATIONS = "SELECT call_id FROM reservations WHERE call_id = ANY ($1::uuid[]) ORDER BY call_id FOR UPDATE"
_LOCK_COUNTERS = """
SELECT s.limit_id, s.subject, s.period_start, s.used, s.held
FROM spending s JOIN unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS w (limit_id, subject, period_start)
  USING (limit_id, subject, period_start)
ORDER BY s.limit_id, s.subject, s.period_start FOR UPDATE OF s
"""
# A call that was given up for lost, and charged its hold, ended after all: the ledger says what it cost in truth.
_CORRECT = """
WITH given_up AS MATERIALIZED (
  SELECT call_id, micro_usd, counters FROM ledger WHERE call_id = $1 FOR UPDATE
), corrected AS (
  UPDATE ledger l SET micro_usd = $2 FROM given_up g WHERE l.call_id = g.call_id
)
UPDATE spending s SET used = s.used + $2 - g.micro_usd
FROM given_up g, jsonb_array_elements(g.counters) c
WHERE s.limit_id = (c->>0)::uuid AND s.subject = c->>1 AND s.period_start = (c->>2)::timestamptz AND g.micro_usd <> $2
"""
_BALANCE = """
SELECT used, held FROM spending
WHERE workspace_id = :workspace_id AND limit_id = :limit_id AND subject = :subject AND period_start = :period_start
"""
_OPEN = """
INSERT INTO spending (limit_id, subject, period_start, workspace_id, used, held, opened_with, opened_at, is_opening_final)
VALUES (:limit_id, :subject, :period_start, :workspace_id, :spent, 0, :spent, :now, :is_final)
ON CONFLICT DO NOTHING
"""
_SPENT_BY_AUDIT = """
SELECT coalesce(e.connection_name, '') AS connection, coalesce(t.full_name, e.connection_name || '_' || e.tool) AS full_name,
  coalesce(e.caller->>'role', '') AS role, e.user_id, sum(o.cost_micro_usd)::bigint AS spent
FROM audit_entries e JOIN audit_outcomes o ON o.entry_id = e.id
  LEFT JOIN tools t ON t.connection_id = e.connection_id AND t.name = e.tool AND e.method = 'tools/call'
WHERE e.workspace_id = :workspace_id AND e.id >= :from_id AND e.at >= :since AND e.at < :until AND o.cost_micro_usd > 0
  AND CASE :share WHEN 'person' THEN e.user_id::text = :subject WHEN 'connection' THEN e.connection_name = :subject
    WHEN 'conversation' THEN e.conversation_id = :subject ELSE true END
  AND NOT EXISTS (SELECT FROM ledger l WHERE l.call_id = e.id AND l.counters @> CAST(:counter AS jsonb))
  AND NOT EXISTS (SELECT FROM reservations r WHERE r.call_id = e.id AND r.counters @> CAST(:counter AS jsonb))
GROUP BY 1, 2, 3, 4
"""
_SPENT_BY_LEDGER = """
SELECT coalesce(sum(l.micro_usd), 0)::bigint
FROM ledger l, jsonb_array_elements(l.counters) c
WHERE l.workspace_id = :workspace_id AND l.at >= :since AND l.at < :until AND c->>0 = :limit_id AND c->>1 = :subject
"""


class Balance(msgspec.Struct, frozen=True):
    """A counter as it is, or was after a change."""

    used: int
    held: int = 0


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done at once: `deltas` are (to used, to held, room or None) per counter."""

    deltas: dict[CounterKey, tuple[int, int, int | None]]
    ended: Sequence[tuple[Hold, int]]
    begun: Sequence[tuple[Hold, datetime]]


async def carry_out(connection: "asyncpg.Connection[Any]", wishes: Wishes, timeout_s: float) -> dict[CounterKey, int] | None:
    """What is used after it, per counter; None when it does not all fit, and then nothing was done."""
    keys, deltas, begun = wishes.deltas.keys(), wishes.deltas.values(), wishes.begun
    rows = await connection.fetch(
        _CARRY_OUT,
        *_columns(keys),
        [d[0] for d in deltas], [d[1] for d in deltas], [d[2] for d in deltas],
        [hold.call_id for hold, _ in wishes.ended], [cost for _, cost in wishes.ended],
        [hold.call_id for hold, _ in begun], [hold.workspace_id for hold, _ in begun], [hold.amount for hold, _ in begun],
        [_encode([draw.key for draw in hold.draws]).decode() for hold, _ in begun], [hold.at for hold, _ in begun],
        [expires_at for _, expires_at in begun],
        timeout=timeout_s,
    )  # fmt: skip
    if not rows[0]["done"]:
        return None
    return {(row["limit_id"], row["subject"], row["period_start"]): row["used"] for row in rows if row["limit_id"]}


async def lock_reservations(connection: "asyncpg.Connection[Any]", holds: Sequence[Hold]) -> set[UUID]:
    """Those that are still there."""
    return {row["call_id"] for row in await connection.fetch(_LOCK_RESERVATIONS, [hold.call_id for hold in holds])}


async def lock_counters(connection: "asyncpg.Connection[Any]", keys: Sequence[CounterKey]) -> dict[CounterKey, Balance]:
    rows = await connection.fetch(_LOCK_COUNTERS, *_columns(keys))
    return {(row["limit_id"], row["subject"], row["period_start"]): Balance(row["used"], row["held"]) for row in rows}


async def correct(connection: "asyncpg.Connection[Any]", call_id: UUID, cost: int) -> None:
    """Nothing where the call has no entry in the ledger, or the right one."""
    await connection.execute(_CORRECT, call_id, cost)


async def balance(tx: Transaction, workspace_id: WorkspaceId, key: CounterKey) -> Balance | None:
    given = {"workspace_id": workspace_id, "limit_id": key[0], "subject": key[1], "period_start": key[2]}
    row = (await tx.session.execute(text(_BALANCE), given)).one_or_none()
    return Balance(row.used, row.held) if row else None


async def open_counter(tx: Transaction, workspace_id: WorkspaceId, draw: Draw, now: datetime) -> None:
    """Begin with what was spent already. A counter that is there stays as it is."""
    limit_id, subject, period_start = draw.key
    given = {
        "limit_id": limit_id,
        "subject": subject,
        "period_start": period_start,
        "workspace_id": workspace_id,
        "spent": await spent_before(tx, workspace_id, draw),
        "now": now,
        "is_final": draw.scope is None,
    }
    await tx.session.execute(text(_OPEN), given)


async def spent_before(tx: Transaction, workspace_id: WorkspaceId, draw: Draw) -> int:
    """Cost of the period's calls that do not stand in the counter's ledger: for a budget the audit knows them.

    Which calls a policy would have limited is not known for the past, only those that it did.
    """
    limit_id, subject, _ = draw.key
    given: dict[str, object] = {
        "workspace_id": workspace_id,
        "since": draw.span.start,
        "until": draw.span.end,
        "subject": subject,
    }
    if draw.scope is None:
        return int(await tx.session.scalar(text(_SPENT_BY_LEDGER), {**given, "limit_id": str(limit_id)}) or 0)
    given |= {
        "from_id": first_id_of(draw.span.start),
        "share": draw.limit.share.value if draw.limit.share is not Share.TOGETHER else "",
        "counter": _encode([draw.key]).decode(),
    }
    spent = 0
    for row in await tx.session.execute(text(_SPENT_BY_AUDIT), given):
        payer = Payer(connection=row.connection, full_name=row.full_name or "", role=row.role, user_id=UserId(row.user_id))
        spent += row.spent if draw.scope.covers(payer) else 0
    return spent


def _columns(keys: Any) -> tuple[list[UUID], list[str], list[datetime]]:
    return [key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys]
