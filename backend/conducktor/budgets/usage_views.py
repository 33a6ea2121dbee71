"""What people and agents see of usage: sums over the audit. All amounts are micro-USD: 1,000,000 is one dollar."""

from datetime import date

import msgspec

from conducktor.core.money import MicroUsd, format_usd


class UsageLine(msgspec.Struct, frozen=True, kw_only=True):
    """The calls of one connection, person, tool or conversation. `key` identifies it, `label` is for people.

    `errors` did not do what was asked (also `unknown`); `denied` were refused or wait for approval. `unpriced` had no cost.
    """

    key: str
    label: str
    calls: int
    errors: int
    denied: int
    unpriced: int
    cost_micro_usd: int
    p50_ms: float | None
    p95_ms: float | None


class DayConnection(msgspec.Struct, frozen=True, kw_only=True):
    connection: str
    label: str
    calls: int
    cost_micro_usd: int


class UsageDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the workspace's calendar; `connections` without those that had no calls."""

    day: date
    calls: int
    errors: int
    cost_micro_usd: int
    connections: list[DayConnection]


class UsageReport(msgspec.Struct, frozen=True, kw_only=True):
    """Both days belong to it. `people`, `tools` and `conversations` hold the 100 costliest; members see only their own line.

    Every day of the period is there, also without calls. `shows_everybody`: whether other people's lines are included.
    """

    time_zone: str
    first_day: date
    last_day: date
    total: UsageLine
    days: list[UsageDay]
    connections: list[UsageLine]
    people: list[UsageLine]
    tools: list[UsageLine]
    conversations: list[UsageLine]
    shows_everybody: bool


class ServiceCost(msgspec.Struct, frozen=True, kw_only=True):
    service: str
    connection: str
    calls: int
    cost_micro_usd: int


class UsageStats(msgspec.Struct, frozen=True, kw_only=True):
    """`summary` is the sentence to say; `services` are by cost, the highest first."""

    summary: str
    period: str
    first_day: date
    last_day: date
    time_zone: str
    total_micro_usd: int
    calls: int
    errors: int
    services: list[ServiceCost]

    def spoken(self) -> str:
        return self.summary


def summary(total: int, services: list[ServiceCost]) -> str:
    """`Total: $23.45 (Linear: $12, GitHub: $8, Slack: $3.45)`; services that cost nothing are not named."""
    named = ", ".join(f"{s.service}: {format_usd(MicroUsd(s.cost_micro_usd))}" for s in services if s.cost_micro_usd)
    said = f"Total: {format_usd(MicroUsd(total))}"
    return f"{said} ({named})" if named else said
