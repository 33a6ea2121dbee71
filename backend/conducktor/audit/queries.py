"""All SQL of the audit."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from conducktor.audit.models import AuditEntry, AuditOutcome
from conducktor.core.ids import CallId, ConnectionId, UserId, WorkspaceId
from conducktor.core.tool_call import Outcome
from conducktor.infra.database import CHANNEL, Change, Transaction

ENTRY_COLUMNS = [column.name for column in AuditEntry.__table__.columns]
OUTCOME_COLUMNS = [column.name for column in AuditOutcome.__table__.columns]

INSERT_OUTCOME = f"""
INSERT INTO audit_outcomes ({", ".join(OUTCOME_COLUMNS)}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (entry_id) DO UPDATE SET at = excluded.at, outcome = excluded.outcome, reason = excluded.reason,
  decision = excluded.decision, duration_us = excluded.duration_us, result_bytes = excluded.result_bytes,
  cost_micro_usd = excluded.cost_micro_usd
WHERE audit_outcomes.outcome = 'unknown'
"""  # noqa: S608 - column names are ours


_PAST_CALLS = """
SELECT e.id, e.at, e.surface, e.user_id, e.user_name, e.client_id, e.connection_id, e.connection_name, e.method, e.tool,
  e.operation_class, e.caller, e.arguments_sealed, e.conversation_id, o.outcome, o.decision
FROM audit_entries e JOIN audit_outcomes o ON o.entry_id = e.id
WHERE e.workspace_id = $1 AND e.kind = 'call' AND e.at >= $2 AND e.id < $3
  AND e.operation_class IS NOT NULL AND e.caller IS NOT NULL
ORDER BY e.id DESC LIMIT $4
"""
_LAST_ID = UUID(int=2**128 - 1)


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for; None means any. `until` is exclusive."""

    user_id: UserId | None = None
    connection: str | None = None
    tool: str | None = None
    outcomes: tuple[str, ...] | None = None
    kind: str | None = None
    conversation: str | None = None
    policy: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One entry with its outcome, without arguments."""

    id: CallId
    at: datetime
    kind: str
    surface: str
    user_id: UserId
    user_name: str
    client_id: str | None
    client_name: str | None
    connection_id: ConnectionId | None
    connection_name: str | None
    method: str
    tool: str
    operation_class: str | None
    conversation_id: str | None
    outcome: str | None
    reason: str | None
    duration_us: int | None
    result_bytes: int | None
    cost_micro_usd: int | None


class Detail(Line, frozen=True, kw_only=True):
    """With what only an auditor sees; `arguments_sealed` is still encrypted."""

    network: str | None
    arguments_digest: bytes | None
    arguments_sealed: bytes | None
    decision: dict[str, object] | None


class PastCall(msgspec.Struct, frozen=True):
    """What policies saw of a call, and what was decided. `arguments_sealed` is still encrypted, `caller` and `decision` JSON."""

    id: CallId
    at: datetime
    surface: str
    user_id: UserId
    user_name: str
    client_id: str | None
    connection_id: ConnectionId | None
    connection_name: str
    method: str
    tool: str
    operation_class: str
    caller: str
    arguments_sealed: bytes
    conversation_id: str | None
    outcome: str
    decision: str | None


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    calls: int
    denied: int
    failed: int


def announce_calls(workspaces: list[UUID]) -> str:
    """One statement that tells every process about new calls. Payloads are built from ids only."""
    payloads = (msgspec.json.encode(Change(topic="calls", workspace_id=w)).decode() for w in workspaces)
    return ";".join(f"SELECT pg_notify('{CHANNEL}', '{payload}')" for payload in payloads)


async def insert_entry(tx: Transaction, row: tuple[object, ...]) -> None:
    await tx.session.execute(insert(AuditEntry).values(dict(zip(ENTRY_COLUMNS, row, strict=True))))


async def insert_outcome(tx: Transaction, row: tuple[object, ...]) -> None:
    await tx.session.execute(insert(AuditOutcome).values(dict(zip(OUTCOME_COLUMNS, row, strict=True))))


async def search(tx: Transaction, workspace_id: WorkspaceId, wanted: Filter, before: CallId | None, limit: int) -> list[Line]:
    """Newest first, below `before`."""
    statement = _lines(Line).where(AuditEntry.workspace_id == workspace_id, *_conditions(wanted))
    if before:
        statement = statement.where(AuditEntry.id < before)
    rows = await tx.session.execute(statement.order_by(AuditEntry.id.desc()).limit(limit))
    return [Line(**row) for row in rows.mappings()]


async def get(tx: Transaction, workspace_id: WorkspaceId, entry_id: CallId) -> Detail | None:
    statement = _lines(Detail).where(AuditEntry.workspace_id == workspace_id, AuditEntry.id == entry_id)
    row = (await tx.session.execute(statement)).mappings().first()
    return Detail(**row) if row else None


async def past_calls(
    connection: "asyncpg.Connection[Any]", workspace_id: WorkspaceId, since: datetime, before: CallId | None, limit: int
) -> list[PastCall]:
    """Ended calls of known tools, newest first, below `before`. Raw: thousands are read while somebody waits."""
    rows = await connection.fetch(_PAST_CALLS, workspace_id, since, before or _LAST_ID, limit)
    return [PastCall(*row) for row in rows]


async def counts(tx: Transaction, workspace_id: WorkspaceId, since: datetime, user_id: UserId | None) -> Counts:
    outcome = AuditOutcome.outcome
    statement = (
        select(
            func.count().label("calls"),
            func.count().filter(outcome == Outcome.DENIED.value).label("denied"),
            func.count()
            .filter(outcome.in_([Outcome.UPSTREAM_ERROR.value, Outcome.TOOL_ERROR.value, Outcome.FAILED.value]))
            .label("failed"),
        )
        .select_from(AuditEntry)
        .outerjoin(AuditOutcome, AuditOutcome.entry_id == AuditEntry.id)
        .where(AuditEntry.workspace_id == workspace_id, AuditEntry.kind == "call", AuditEntry.at >= since)
    )
    if user_id:
        statement = statement.where(AuditEntry.user_id == user_id)
    return Counts(**(await tx.session.execute(statement)).mappings().one())


async def facets(
    tx: Transaction, workspace_id: WorkspaceId, since: datetime
) -> tuple[list[tuple[UserId, str]], list[str], list[str]]:
    """People, connections and tools that occur, for the filter menus; at most 200 of each."""
    here = and_(AuditEntry.workspace_id == workspace_id, AuditEntry.at >= since)
    people = select(AuditEntry.user_id, func.max(AuditEntry.user_name)).where(here).group_by(AuditEntry.user_id).limit(200)
    connections = select(AuditEntry.connection_name).where(here, AuditEntry.connection_name.is_not(None)).distinct().limit(200)
    tools = select(AuditEntry.tool).where(here).distinct().limit(200)
    return (
        [(UserId(row[0]), row[1]) for row in await tx.session.execute(people)],
        sorted(str(name) for name in await tx.session.scalars(connections)),
        sorted(await tx.session.scalars(tools)),
    )


async def close_unfinished(tx: Transaction, *, since: datetime, until: datetime) -> int:
    """Entries of that window that have no outcome become `unknown`. Returns how many. Crosses workspaces: a sweep."""
    unfinished = (
        select(AuditEntry.id, func.now(), text("'unknown'"), text("'The process ended before the outcome was written.'"))
        .outerjoin(AuditOutcome, AuditOutcome.entry_id == AuditEntry.id)
        .where(AuditEntry.at >= since, AuditEntry.at < until, AuditOutcome.entry_id.is_(None))
    )
    statement = (
        upsert(AuditOutcome)
        .from_select(["entry_id", "at", "outcome", "reason"], unfinished)
        .on_conflict_do_nothing()
        .returning(AuditOutcome.entry_id)
    )
    return len((await tx.session.scalars(statement)).all())


def _lines(shape: type[Line]) -> Select[tuple[object, ...]]:
    columns = [
        getattr(AuditOutcome, n) if hasattr(AuditOutcome, n) and n != "at" else getattr(AuditEntry, n)
        for n in shape.__struct_fields__
    ]
    return select(*columns).outerjoin(AuditOutcome, AuditOutcome.entry_id == AuditEntry.id)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    # The conditions are made only for what is given: SQLAlchemy refuses `at >= None` when it is written down.
    given: list[tuple[object, Callable[[Any], ColumnElement[bool]]]] = [
        (wanted.user_id, lambda value: AuditEntry.user_id == value),
        (wanted.connection, lambda value: AuditEntry.connection_name == value),
        (wanted.tool, lambda value: AuditEntry.tool == value),
        (wanted.outcomes, lambda value: AuditOutcome.outcome.in_(value)),
        (wanted.kind, lambda value: AuditEntry.kind == value),
        (wanted.conversation, lambda value: AuditEntry.conversation_id == value),
        (wanted.policy, lambda value: AuditOutcome.decision.contains({"policies": [{"id": str(value)}]})),
        (wanted.since, lambda value: AuditEntry.at >= value),
        (wanted.until, lambda value: AuditEntry.at < value),
    ]
    return [condition(value) for value, condition in given if value is not None]
