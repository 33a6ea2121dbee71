"""How much of a time a connection was well. Pure."""

from collections.abc import Iterable
from datetime import datetime

from conducktor.connections.health.queries import Period
from conducktor.connections.health.status import HealthStatus


def seconds_in(periods: Iterable[Period], status: HealthStatus, since: datetime, until: datetime) -> float:
    """How long it had that status between the two moments."""
    spans = ((max(p.since, since), min(p.until or until, until)) for p in periods if p.status is status)
    return sum(max(0.0, (end - start).total_seconds()) for start, end in spans)


def uptime_percent(periods: Iterable[Period], since: datetime, until: datetime) -> float | None:
    """Healthy time as a share of healthy and down; None when it was neither.

    Time that waited for a person (sign-in needed, disabled) counts for neither: the server was not at fault.
    """
    known = tuple(periods)
    healthy = seconds_in(known, HealthStatus.HEALTHY, since, until)
    down = seconds_in(known, HealthStatus.DOWN, since, until)
    if not healthy + down:
        return None
    # Rounded down: 100 % is said only of a time without any failure.
    return int(10_000 * healthy / (healthy + down)) / 100
