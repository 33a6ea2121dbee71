"""Calendar periods as instants. Days begin at local midnight, so one of them may last 23 or 25 hours."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from conducktor.core.spending import Period


class Span(msgspec.Struct, frozen=True):
    """From `start` to before `end`, both UTC."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


def span_of(period: Period, moment: datetime, zone: ZoneInfo) -> Span:
    """The period of the zone's calendar in which `moment` lies."""
    today = moment.astimezone(zone).date()
    match period:
        case Period.DAY:
            first, after = today, today + timedelta(days=1)
        case Period.WEEK:
            first = today - timedelta(days=today.weekday())
            after = first + timedelta(days=7)
        case Period.MONTH:
            first = today.replace(day=1)
            after = (first + timedelta(days=32)).replace(day=1)
    return days(first, after, zone)


def days(first: date, after: date, zone: ZoneInfo) -> Span:
    """From the beginning of `first` to the beginning of `after`."""
    return Span(_midnight(first, zone), _midnight(after, zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the day. Where the clock skips midnight, that is the hour after the gap (PEP 495, fold 0)."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
