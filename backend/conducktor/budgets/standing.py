"""Where budgets stand: what is spent, what is left, and where it leads."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from conducktor.budgets.budget import Budget
from conducktor.budgets.queries import Counter
from conducktor.budgets.span import Span
from conducktor.budgets.views import BudgetState, BudgetView, SubjectLine

TOP_SUBJECTS = 10


def budget_view(budget: Budget, state: BudgetState) -> BudgetView:
    return BudgetView(
        id=budget.id,
        name=budget.name,
        covers=budget.scope,
        share=budget.share,
        period=budget.period,
        limit_micro_usd=budget.limit,
        is_hard=budget.is_hard,
        is_enabled=budget.is_enabled,
        thresholds=budget.thresholds,
        created_at=budget.created_at,
        updated_at=budget.updated_at,
        now=state,
    )


class Moment(msgspec.Struct, frozen=True):
    """Now, and the period in which it lies."""

    now: datetime
    span: Span


def state_of(budget: Budget, counters: Sequence[Counter], labels: Mapping[str, str], moment: Moment) -> BudgetState:
    """`counters` are the budget's own of this period; `labels` names subjects."""
    now, span = moment.now, moment.span
    fullest = max((c.used + c.held for c in counters), default=0)
    most_used = max((c.used for c in counters), default=0)
    return BudgetState(
        period_start=span.start,
        resets_at=span.end,
        spent_micro_usd=sum(c.used for c in counters),
        held_micro_usd=sum(c.held for c in counters),
        left_micro_usd=max(0, budget.limit - fullest),
        percent=round(100 * most_used / budget.limit, 1) if budget.limit else 100.0,
        forecast_micro_usd=forecast(most_used, span, now),
        hits_limit_at=hits_limit_at(most_used, budget.limit, span, now),
        subjects=[
            SubjectLine(
                subject=c.subject,
                label=labels.get(c.subject, c.subject),
                spent_micro_usd=c.used,
                held_micro_usd=c.held,
                left_micro_usd=max(0, budget.limit - c.used - c.held),
            )
            for c in sorted(counters, key=lambda c: -c.used)[:TOP_SUBJECTS]
            if c.subject
        ],
    )


def forecast(used: int, span: Span, now: datetime) -> int:
    """What will have been used at the end, if every hour costs what the hours so far did on average."""
    passed = (now - span.start).total_seconds()
    whole = (span.end - span.start).total_seconds()
    return max(used, round(used * whole / passed)) if passed > 0 else used


def hits_limit_at(used: int, limit: int, span: Span, now: datetime) -> datetime | None:
    """When the limit is reached at that rate; None where that is not in this period, `now` where it is reached already."""
    if used >= limit:
        return now
    if used == 0:
        return None
    seconds = (now - span.start).total_seconds() * (limit / used)
    return span.start + timedelta(seconds=seconds) if seconds < (span.end - span.start).total_seconds() else None
