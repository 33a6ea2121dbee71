"""Periods are those of the workspace's calendar, whatever its clocks do."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from conducktor.budgets.span import span_of
from conducktor.core.spending import Period


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "zone", "moment", "start", "end"),
    [
        (Period.DAY, "UTC", "2026-03-01T00:00", "2026-03-01T00:00", "2026-03-02T00:00"),
        (Period.DAY, "UTC", "2026-02-28T23:59:59.999999", "2026-02-28T00:00", "2026-03-01T00:00"),
        (Period.DAY, "Europe/Berlin", "2026-03-29T10:00", "2026-03-28T23:00", "2026-03-29T22:00"),  # 23 hours
        (Period.DAY, "Europe/Berlin", "2026-10-25T10:00", "2026-10-24T22:00", "2026-10-25T23:00"),  # 25 hours
        (Period.DAY, "America/Santiago", "2026-09-06T12:00", "2026-09-06T04:00", "2026-09-07T03:00"),  # no midnight
        (Period.DAY, "America/Havana", "2026-11-01T04:30", "2026-11-01T04:00", "2026-11-02T05:00"),  # midnight twice
        (Period.DAY, "America/Havana", "2026-11-01T05:30", "2026-11-01T04:00", "2026-11-02T05:00"),
        (Period.WEEK, "UTC", "2026-03-01T12:00", "2026-02-23T00:00", "2026-03-02T00:00"),  # a Sunday ends it
        (Period.WEEK, "UTC", "2026-03-02T00:00", "2026-03-02T00:00", "2026-03-09T00:00"),
        (Period.WEEK, "Pacific/Auckland", "2026-01-04T12:00", "2026-01-04T11:00", "2026-01-11T11:00"),  # Monday there
        (Period.WEEK, "UTC", "2027-01-01T12:00", "2026-12-28T00:00", "2027-01-04T00:00"),
        (Period.MONTH, "UTC", "2028-02-29T12:00", "2028-02-01T00:00", "2028-03-01T00:00"),
        (Period.MONTH, "America/New_York", "2026-04-01T03:59", "2026-03-01T05:00", "2026-04-01T04:00"),
        (Period.MONTH, "Asia/Kathmandu", "2026-12-31T18:15", "2026-12-31T18:15", "2027-01-31T18:15"),
    ],
)
def test_a_period_begins_and_ends_at_local_midnight(period: Period, zone: str, moment: str, start: str, end: str) -> None:
    span = span_of(period, at(moment), ZoneInfo(zone))
    assert (span.start, span.end) == (at(start), at(end))
    assert at(moment) in span
    assert span.end not in span
    assert span_of(period, span.end, ZoneInfo(zone)).start == span.end
