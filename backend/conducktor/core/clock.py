"""The time, as a parameter: whoever needs it takes a `Clock`, so tests never patch or sleep."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present moment, timezone-aware UTC."""


def utc_now() -> datetime:
    return datetime.now(UTC)
