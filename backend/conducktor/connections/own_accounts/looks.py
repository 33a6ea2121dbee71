"""When to look at a person's own account again. Pure."""

from datetime import datetime, timedelta

from conducktor.connections.outcome import JITTER

INTERVAL_S = 900
"""Three times as long as between two looks at a connection: there are many people to one of it."""
LONGEST_S = 4 * 3600


def next_look(now: datetime, failures_in_row: int, jitter: float) -> datetime:
    """`jitter` from 0 to 1."""
    wait_s = min(INTERVAL_S * 2 ** min(failures_in_row, 10), LONGEST_S)
    return now + timedelta(seconds=wait_s * (1 + JITTER * (2 * jitter - 1)))
