"""From sums over the audit to the usage report and the sentence about it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from conducktor.budgets.usage_queries import Group, Grouping
from conducktor.budgets.usage_views import DayConnection, ServiceCost, UsageDay, UsageLine

TOP = 100
OWN_TOOLS = "Conducktor"
NO_CONNECTION = "No connection"
NO_CONVERSATION = "No conversation"

_NO_SERVICE = frozenset({None, "", "conducktr"})  # refused before it was known which, or one of our own tools

Found = Mapping[Grouping, Sequence[Group]]


def total(found: Found) -> UsageLine:
    return _line(found[Grouping.NOTHING][0], "", "Total")


def connections(found: Found, titles: Mapping[str, str]) -> list[UsageLine]:
    return [_line(g, g.connection or "", title(g.connection, titles)) for g in found[Grouping.CONNECTION]]


def people(found: Found) -> list[UsageLine]:
    return [_line(g, str(g.user_id), g.person or "") for g in found[Grouping.PERSON][:TOP]]


def tools(found: Found, titles: Mapping[str, str]) -> list[UsageLine]:
    return [
        _line(g, f"{g.connection or ''}/{g.tool or ''}", f"{title(g.connection, titles)}: {g.tool}")
        for g in found[Grouping.TOOL][:TOP]
    ]


def conversations(found: Found) -> list[UsageLine]:
    return [_line(g, g.conversation or "", g.conversation or NO_CONVERSATION) for g in found[Grouping.CONVERSATION][:TOP]]


def days(found: Found, titles: Mapping[str, str], first: date, last: date) -> list[UsageDay]:
    """Every day from first to last, also without calls."""
    sums = {g.day: g for g in found[Grouping.DAY]}
    parts: dict[date | None, list[DayConnection]] = {}
    for g in found[Grouping.DAY_AND_CONNECTION]:
        part = DayConnection(
            connection=g.connection or "", label=title(g.connection, titles), calls=g.calls, cost_micro_usd=g.cost
        )
        parts.setdefault(g.day, []).append(part)
    return [_day(day, sums.get(day), parts.get(day, [])) for day in _each(first, last)]


def services(found: Found, titles: Mapping[str, str]) -> list[ServiceCost]:
    """By cost, the highest first; the gateway's own tools are no service."""
    return [
        ServiceCost(service=title(g.connection, titles), connection=g.connection or "", calls=g.calls, cost_micro_usd=g.cost)
        for g in found[Grouping.CONNECTION]
        if g.connection not in _NO_SERVICE
    ]


def title(connection: str | None, titles: Mapping[str, str]) -> str:
    """A connection that is gone keeps the name that it had in the audit; a call of an unknown tool has none."""
    if not connection:
        return NO_CONNECTION
    return OWN_TOOLS if connection in _NO_SERVICE else titles.get(connection, connection)


def _each(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _day(day: date, sums: Group | None, parts: list[DayConnection]) -> UsageDay:
    return UsageDay(
        day=day,
        calls=sums.calls if sums else 0,
        errors=sums.errors if sums else 0,
        cost_micro_usd=sums.cost if sums else 0,
        connections=parts,
    )


def _line(group: Group, key: str, label: str) -> UsageLine:
    return UsageLine(
        key=key,
        label=label,
        calls=group.calls,
        errors=group.errors,
        denied=group.denied,
        unpriced=group.unpriced,
        cost_micro_usd=group.cost,
        p50_ms=group.p50_us / 1000 if group.p50_us is not None else None,
        p95_ms=group.p95_us / 1000 if group.p95_us is not None else None,
    )
