"""What owners should be told of a connection, and when it is worth telling. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from conducktor.connections.connection import Connection
from conducktor.connections.health.status import HealthStatus, status_of

CONFIRMED_AFTER = timedelta(seconds=10)
"""A status that did not last for that long, over two looks, is not told of yet."""
LOOK_AGAIN_IN = timedelta(seconds=20)
"""After it came back: soon, so that owners need not wait for the next round."""
FLAPS_AT = 6
"""Changes of status within `FLAPPING_OVER`: three times down and back."""
CALM_AT = 1
FLAPPING_OVER = timedelta(hours=1)


class News(StrEnum):
    DOWN = "connection_down"
    HEALED = "connection_healed"
    SIGN_IN_NEEDED = "sign_in_needed"
    UNSTABLE = "connection_unstable"
    """Goes up and down: told once, instead of each time, until it has been calm."""


def news_of(connection: Connection, told: News | None, changes: int, now: datetime) -> News | None:
    """`told` is what owners heard last (None: nothing yet), `changes` how often its status changed within `FLAPPING_OVER`.

    A connection that never worked is no news: whoever made it is looking at it.
    """
    if connection.last_success_at is None:
        return None
    if told is News.UNSTABLE and changes > CALM_AT:
        return None
    if changes >= FLAPS_AT:
        return News.UNSTABLE
    is_confirmed = now - connection.state_since >= CONFIRMED_AFTER
    match status_of(connection.state, connection.fault):
        case HealthStatus.SIGN_IN_NEEDED:
            heard = News.SIGN_IN_NEEDED
        case HealthStatus.DOWN if is_confirmed and connection.failures_in_row > 1:
            heard = News.DOWN
        case HealthStatus.HEALTHY if is_confirmed and told is not None:
            heard = News.HEALED
        case _:
            return None
    return heard if heard is not told else None


def waits_for_confirmation(connection: Connection, told: News | None) -> bool:
    """Whether it came back, and owners still believe that it is not well."""
    is_well = status_of(connection.state, connection.fault) is HealthStatus.HEALTHY
    return is_well and told not in (None, News.HEALED)
