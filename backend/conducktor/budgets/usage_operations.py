"""Usage: what people and agents can ask for. Every figure is a sum over the audit, to the micro-USD."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from conducktor.budgets import queries, usage, usage_queries
from conducktor.budgets.span import days
from conducktor.budgets.usage_queries import Calls
from conducktor.budgets.usage_views import UsageReport, UsageStats, summary
from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import Invalid
from conducktor.core.ids import UserId
from conducktor.core.operation import operation
from conducktor.infra.database import Transaction

LONGEST = timedelta(days=366)
USUAL = timedelta(days=29)


class UsagePeriod(StrEnum):
    """Calendar periods of the workspace's time zone, up to now; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    LAST_MONTH = "last_month"


class WhichDays(msgspec.Struct, frozen=True, kw_only=True):
    """Days of the workspace's calendar, both included. Without them: the last 30."""

    first_day: date | None = None
    last_day: date | None = None


class WhichUsage(msgspec.Struct, frozen=True, kw_only=True):
    """Either a period or two days."""

    period: UsagePeriod = UsagePeriod.MONTH
    first_day: Annotated[
        date | None, msgspec.Meta(description="Say 2026-03-01; given together with last_day, it beats period.")
    ] = None
    last_day: Annotated[date | None, msgspec.Meta(description="The last day that counts.")] = None


class Days(msgspec.Struct, frozen=True):
    """`last` is included."""

    first: date
    last: date

    def calls(self, zone: ZoneInfo, user_id: UserId | None = None) -> Calls:
        return Calls(days(self.first, self.last + timedelta(days=1), zone), zone, user_id)


@operation(
    "usage.report", "GET /usage", Permission.USAGE_READ, web_only="a chat asks conducktr_get_usage_stats, which is shorter"
)
async def report_usage(actor: Actor, data: WhichDays, *, tx: Transaction, clock: Clock) -> UsageReport:
    """Show calls, errors, latency and costs by day, connection, person, tool and conversation."""
    zone = await queries.time_zone(tx, actor.workspace_id)
    asked = days_between(data.first_day, data.last_day, today(clock(), zone))
    titles = await usage_queries.titles(tx, actor.workspace_id)
    found = await usage_queries.groups(tx, actor.workspace_id, asked.calls(zone))
    everybody = actor.may(Permission.AUDIT_READ)
    of_people = found
    if not everybody:  # what others did is for those who may read the audit
        of_people = await usage_queries.groups(tx, actor.workspace_id, asked.calls(zone, actor.user_id))
    return UsageReport(
        time_zone=zone.key,
        first_day=asked.first,
        last_day=asked.last,
        total=usage.total(found),
        days=usage.days(found, titles, asked.first, asked.last),
        connections=usage.connections(found, titles),
        people=usage.people(of_people),
        tools=usage.tools(found, titles),
        conversations=usage.conversations(of_people),
        shows_everybody=everybody,
    )


@operation("usage.stats", "GET /usage/stats", Permission.USAGE_READ)
async def get_usage_stats(actor: Actor, data: WhichUsage, *, tx: Transaction, clock: Clock) -> UsageStats:
    """Say what the workspace's calls cost in a period, in all and by service.

    `period` is day, week, month (all up to now) or last_month; or give first_day and last_day. The text is a sentence to repeat.
    """
    zone = await queries.time_zone(tx, actor.workspace_id)
    now = today(clock(), zone)
    asked = days_between(data.first_day, data.last_day, now) if data.first_day else period_days(data.period, now)
    found = await usage_queries.groups(tx, actor.workspace_id, asked.calls(zone))
    services = usage.services(found, await usage_queries.titles(tx, actor.workspace_id))
    total = usage.total(found)
    return UsageStats(
        summary=summary(total.cost_micro_usd, services),
        period="days" if data.first_day else data.period.value,
        first_day=asked.first,
        last_day=asked.last,
        time_zone=zone.key,
        total_micro_usd=total.cost_micro_usd,
        calls=total.calls,
        errors=total.errors,
        services=services,
    )


USAGE_OPERATIONS = (report_usage, get_usage_stats)


def today(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()


def days_between(first: date | None, last: date | None, now: date) -> Days:
    """Without days: the last 30. Raises Invalid for a period that ends before it begins, or is longer than a year."""
    end = last or max(first or now, now)
    begin = first or end - USUAL
    if begin > end:
        raise Invalid("The period ends before it begins.", errors={"last_day": "Choose a day that is not before the first."})
    if end - begin > LONGEST:
        raise Invalid("The period is longer than a year.", errors={"first_day": "Choose at most 366 days."})
    return Days(begin, end)


def period_days(period: UsagePeriod, now: date) -> Days:
    match period:
        case UsagePeriod.DAY:
            return Days(now, now)
        case UsagePeriod.WEEK:
            return Days(now - timedelta(days=now.weekday()), now)
        case UsagePeriod.MONTH:
            return Days(now.replace(day=1), now)
        case UsagePeriod.LAST_MONTH:
            last = now.replace(day=1) - timedelta(days=1)
            return Days(last.replace(day=1), last)
