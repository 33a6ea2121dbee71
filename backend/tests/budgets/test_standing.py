"""Forecasts: as it went so far, so it goes on."""

from datetime import UTC, datetime

from conducktor.budgets.span import Span
from conducktor.budgets.standing import forecast, hits_limit_at

MARCH = Span(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
THE_11TH = datetime(2026, 3, 11, tzinfo=UTC)


def test_what_ten_days_cost_goes_on_for_thirty_one() -> None:
    assert forecast(100, MARCH, THE_11TH) == 310
    assert forecast(0, MARCH, THE_11TH) == 0
    assert forecast(100, MARCH, MARCH.start) == 100


def test_the_limit_is_hit_on_the_day_that_the_rate_says() -> None:
    assert hits_limit_at(100, 200, MARCH, THE_11TH) == datetime(2026, 3, 21, tzinfo=UTC)
    assert hits_limit_at(100, 310, MARCH, THE_11TH) is None
    assert hits_limit_at(0, 310, MARCH, THE_11TH) is None
    assert hits_limit_at(1, 10**15, MARCH, THE_11TH) is None
    assert hits_limit_at(300, 300, MARCH, THE_11TH) == THE_11TH
