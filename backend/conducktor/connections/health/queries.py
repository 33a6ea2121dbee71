"""All SQL of how connections are."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import case, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from conducktor.connections.connection import Connection
from conducktor.connections.health.models import HourRow, PeriodRow, ToldRow
from conducktor.connections.health.news import News
from conducktor.connections.health.status import HealthStatus, status_of
from conducktor.connections.health.tally import Tally
from conducktor.connections.models import ConnectionRow
from conducktor.connections.states import ConnectionState
from conducktor.core.ids import ConnectionId, WorkspaceId, new_id
from conducktor.infra.database import Transaction
from conducktor.workspaces.models import Workspace


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """`until` is None while it lasts."""

    status: HealthStatus
    fault: str | None
    cause: str | None
    since: datetime
    until: datetime | None


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen in the hour that began then. `latencies` as in `latency.py`."""

    hour: datetime
    calls: int
    failed_calls: int
    probes: int
    failed_probes: int
    latencies: list[int]


async def note_status(tx: Transaction, connection: Connection) -> None:
    """Keep its status in the history, if it is another than before. The connection's row is locked, or new."""
    status = status_of(connection.state, connection.fault)
    mine = (PeriodRow.workspace_id == connection.workspace_id, PeriodRow.connection_id == connection.id)
    open_now = await tx.session.scalar(select(PeriodRow.status).where(*mine, PeriodRow.until.is_(None)))
    if open_now == status:
        return
    # The clocks of two machines may differ by a little: a period never ends before it began.
    ends = func.greatest(PeriodRow.since, connection.state_since)
    await tx.session.execute(update(PeriodRow).where(*mine, PeriodRow.until.is_(None)).values(until=ends))
    values = {"id": new_id(), "workspace_id": connection.workspace_id, "connection_id": connection.id, "status": status}
    told = {"fault": connection.fault, "cause": connection.state_reason, "since": connection.state_since}
    await tx.session.execute(insert(PeriodRow).values(**values, **told))


async def periods(
    tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, since: datetime, most: int
) -> tuple[Period, ...]:
    """Those that reach into the time since then, newest first."""
    mine = (PeriodRow.workspace_id == workspace_id, PeriodRow.connection_id == connection_id)
    reaching = or_(PeriodRow.until.is_(None), PeriodRow.until > since)
    rows = await tx.session.scalars(select(PeriodRow).where(*mine, reaching).order_by(PeriodRow.since.desc()).limit(most))
    return tuple(msgspec.convert(row, Period, from_attributes=True) for row in rows)


async def hours(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, since: datetime) -> tuple[Hour, ...]:
    """In order of time; hours without anything are missing."""
    mine = (HourRow.workspace_id == workspace_id, HourRow.connection_id == connection_id, HourRow.hour >= since)
    rows = await tx.session.scalars(select(HourRow).where(*mine).order_by(HourRow.hour))
    return tuple(msgspec.convert(row, Hour, from_attributes=True) for row in rows)


async def add_tallies(tx: Transaction, tallies: Mapping[ConnectionId, Tally], now: datetime) -> None:
    """Add what a process counted, of all workspaces; connections that are gone meanwhile are left out."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    ordered = sorted(tallies.items())  # two processes that write at once wait for each other, and never in a circle
    rows = [
        {
            "connection_id": connection_id,
            "workspace_id": tally.workspace_id,
            "hour": hour,
            "calls": tally.calls,
            "failed_calls": tally.failed_calls,
            "probes": tally.probes,
            "failed_probes": tally.failed_probes,
            "latencies": tally.latencies,
        }
        for connection_id, tally in ordered
    ]
    await tx.session.execute(text(_ADD_TALLY), rows)


async def note_successes(
    tx: Transaction, ids: list[ConnectionId], now: datetime, next_look: datetime, full_since: datetime
) -> None:
    """Calls of these connections were answered just now. Of all workspaces.

    Those that are healthy need no probe before `next_look`, unless they were last asked for everything before `full_since`.
    """
    knows_enough = (
        (ConnectionRow.state == ConnectionState.ACTIVE)
        & (ConnectionRow.discovered_at > full_since)
        & (ConnectionRow.state_since < now - timedelta(minutes=1))  # just came back: owners wait for a second look
    )
    later = func.greatest(ConnectionRow.next_check_at, next_look)
    # Whoever holds a row is checking it right now, and knows better.
    free = select(ConnectionRow.id).where(ConnectionRow.id.in_(ids)).with_for_update(skip_locked=True)
    await tx.session.execute(
        update(ConnectionRow)
        .where(ConnectionRow.id.in_(free.scalar_subquery()))
        .values(
            last_success_at=func.greatest(ConnectionRow.last_success_at, now),
            next_check_at=case((knows_enough, later), else_=ConnectionRow.next_check_at),
        )
        .execution_options(synchronize_session=False)
    )


async def changes_since(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, since: datetime) -> int:
    """How often its status changed."""
    mine = (PeriodRow.workspace_id == workspace_id, PeriodRow.connection_id == connection_id, PeriodRow.since > since)
    return await tx.session.scalar(select(func.count()).select_from(PeriodRow).where(*mine)) or 0


async def told(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId) -> News | None:
    mine = (ToldRow.workspace_id == workspace_id, ToldRow.connection_id == connection_id)
    word = await tx.session.scalar(select(ToldRow.told).where(*mine))
    return News(word) if word else None


async def note_told(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, news: News, now: datetime) -> None:
    values = {"told": news.value, "told_at": now}
    statement = insert(ToldRow).values(connection_id=connection_id, workspace_id=workspace_id, **values)
    await tx.session.execute(statement.on_conflict_do_update(index_elements=["connection_id"], set_=values))


async def look_by(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, at: datetime) -> None:
    """Have it looked at by then."""
    mine = (ConnectionRow.workspace_id == workspace_id, ConnectionRow.id == connection_id)
    sooner = func.least(ConnectionRow.next_check_at, at)
    await tx.session.execute(
        update(ConnectionRow).where(*mine).values(next_check_at=sooner).execution_options(synchronize_session=False)
    )


async def slug(tx: Transaction, workspace_id: WorkspaceId) -> str:
    return await tx.session.scalar(select(Workspace.slug).where(Workspace.id == workspace_id)) or ""


async def purge(tx: Transaction, before: datetime) -> None:
    """Forget what is older, of all workspaces. What began before and still lasts, stays."""
    await tx.session.execute(delete(PeriodRow).where(PeriodRow.until < before))
    await tx.session.execute(delete(HourRow).where(HourRow.hour < before - timedelta(hours=1)))


_ADD_TALLY = """
INSERT INTO connection_hours
    (connection_id, hour, workspace_id, calls, failed_calls, probes, failed_probes, latencies)
SELECT id, :hour, workspace_id, :calls, :failed_calls, :probes, :failed_probes, CAST(:latencies AS integer[])
FROM connections WHERE id = :connection_id AND workspace_id = :workspace_id
ON CONFLICT (connection_id, hour) DO UPDATE SET
    calls = connection_hours.calls + excluded.calls,
    failed_calls = connection_hours.failed_calls + excluded.failed_calls,
    probes = connection_hours.probes + excluded.probes,
    failed_probes = connection_hours.failed_probes + excluded.failed_probes,
    latencies = (
        SELECT array_agg(ours + theirs ORDER BY place)
        FROM unnest(connection_hours.latencies, excluded.latencies) WITH ORDINALITY AS both_counts (ours, theirs, place)
    )
"""
