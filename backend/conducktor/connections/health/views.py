"""What pages and agents are shown of how a connection is."""

from datetime import datetime, timedelta

import msgspec

from conducktor.connections.connection import Connection, ToolCounts
from conducktor.connections.health.latency import added, quantile_ms
from conducktor.connections.health.own_health import OwnHealth
from conducktor.connections.health.queries import Hour, Period
from conducktor.connections.health.status import HealthStatus, status_of
from conducktor.connections.health.uptime import seconds_in, uptime_percent
from conducktor.connections.states import ConnectionState

DAY = timedelta(days=1)
PERIODS_SHOWN = 50


class HealthView(msgspec.Struct, frozen=True, kw_only=True):
    """How a connection is, since when, why, and what to do about it; figures are of the last 24 hours.

    `status`: healthy, down, sign_in_needed (its server is there, and wants a sign-in or key), pending or disabled. Uptime is the
    healthy share of the time that was healthy or down. Latencies are what its server took, for calls and for our own probes.
    `own_account` is yours, where each person uses the service with one; null elsewhere.
    """

    name: str
    title: str
    status: HealthStatus
    state: ConnectionState
    since: datetime
    summary: str
    cause: str | None
    next_step: str | None
    fault: str | None
    tools: ToolCounts
    uptime_percent: float | None
    calls: int
    failed_calls: int
    p50_ms: float | None
    p95_ms: float | None
    checked_at: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    next_check_at: datetime | None
    own_account: OwnHealth | None = None


class HealthPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the chart, from `at` on. `down_s` and `sign_in_s` of its seconds it was not usable."""

    at: datetime
    calls: int
    failed_calls: int
    probes: int
    failed_probes: int
    p50_ms: float | None
    p95_ms: float | None
    down_s: float
    sign_in_s: float


class PeriodView(msgspec.Struct, frozen=True, kw_only=True):
    """`until` is null while it lasts; `cause` is how it began."""

    status: HealthStatus
    since: datetime
    until: datetime | None
    cause: str | None


class HealthHistory(msgspec.Struct, frozen=True, kw_only=True):
    """`points` are `step_s` seconds apart, oldest first; `changes` newest first, at most 50."""

    name: str
    since: datetime
    until: datetime
    step_s: int
    uptime_percent: float | None
    calls: int
    failed_calls: int
    p50_ms: float | None
    p95_ms: float | None
    points: list[HealthPoint]
    changes: list[PeriodView]


def health_view(
    connection: Connection, tools: ToolCounts, periods: tuple[Period, ...], hours: tuple[Hour, ...], now: datetime
) -> HealthView:
    status = status_of(connection.state, connection.fault)
    latencies = added([hour.latencies for hour in hours])
    return HealthView(
        name=connection.name,
        title=connection.title,
        status=status,
        state=connection.state,
        since=connection.state_since,
        summary=_summary(connection, status),
        cause=connection.state_reason,
        next_step=connection.state_next_step,
        fault=connection.fault,
        tools=tools,
        uptime_percent=uptime_percent(periods, now - DAY, now),
        calls=sum(hour.calls for hour in hours),
        failed_calls=sum(hour.failed_calls for hour in hours),
        p50_ms=quantile_ms(latencies, 0.5),
        p95_ms=quantile_ms(latencies, 0.95),
        checked_at=connection.checked_at,
        last_success_at=connection.last_success_at,
        last_failure_at=connection.last_failure_at,
        next_check_at=connection.next_check_at,
    )


def with_own_account(view: HealthView, own: OwnHealth | None) -> HealthView:
    """As one person should hear it."""
    if own is None or own.next_step is None:
        return msgspec.structs.replace(view, own_account=own)
    summary = f"{view.summary} {own.next_step} Open this link: {own.sign_in_url}"
    return msgspec.structs.replace(view, own_account=own, summary=summary)


def history_view(
    connection: Connection, span: tuple[datetime, datetime], step: timedelta, periods: tuple[Period, ...], hours: tuple[Hour, ...]
) -> HealthHistory:
    since, until = span
    latencies = added([hour.latencies for hour in hours])
    points = []
    at = since
    while at < until:
        seen = [hour for hour in hours if at <= hour.hour < at + step]
        points.append(_point(at, min(at + step, until), seen, periods))
        at += step
    return HealthHistory(
        name=connection.name,
        since=since,
        until=until,
        step_s=int(step.total_seconds()),
        uptime_percent=uptime_percent(periods, since, until),
        calls=sum(hour.calls for hour in hours),
        failed_calls=sum(hour.failed_calls for hour in hours),
        p50_ms=quantile_ms(latencies, 0.5),
        p95_ms=quantile_ms(latencies, 0.95),
        points=points,
        changes=[PeriodView(status=p.status, since=p.since, until=p.until, cause=p.cause) for p in periods[:PERIODS_SHOWN]],
    )


def _point(at: datetime, until: datetime, seen: list[Hour], periods: tuple[Period, ...]) -> HealthPoint:
    latencies = added([hour.latencies for hour in seen])
    return HealthPoint(
        at=at,
        calls=sum(hour.calls for hour in seen),
        failed_calls=sum(hour.failed_calls for hour in seen),
        probes=sum(hour.probes for hour in seen),
        failed_probes=sum(hour.failed_probes for hour in seen),
        p50_ms=quantile_ms(latencies, 0.5),
        p95_ms=quantile_ms(latencies, 0.95),
        down_s=seconds_in(periods, HealthStatus.DOWN, at, until),
        sign_in_s=seconds_in(periods, HealthStatus.SIGN_IN_NEEDED, at, until),
    )


_SUMMARIES = {
    HealthStatus.HEALTHY: "{title} works, since {since}. {cause} {next_step}",
    HealthStatus.DOWN: "{title} is down since {since}. {cause} {next_step}",
    HealthStatus.SIGN_IN_NEEDED: "{title} needs a sign-in since {since}. {cause} {next_step}",
    HealthStatus.PENDING: "{title} was connected a moment ago, and is being asked what it offers.",
    HealthStatus.DISABLED: "{title} is disabled since {since}. {cause} {next_step}",
}


def _summary(connection: Connection, status: HealthStatus) -> str:
    said = _SUMMARIES[status].format(
        title=connection.title,
        since=f"{connection.state_since:%d %B %Y, %H:%M} UTC",
        cause=connection.state_reason or "",
        next_step=connection.state_next_step or "",
    )
    return " ".join(said.split())
