"""Budgets: what people and agents can ask for."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from conducktor.budgets import queries, standing
from conducktor.budgets.budget import DEFAULT_THRESHOLDS, Budget
from conducktor.budgets.draw import policy_counter
from conducktor.budgets.price_operations import PRICE_OPERATIONS
from conducktor.budgets.scope import BudgetScope
from conducktor.budgets.span import span_of
from conducktor.budgets.usage_operations import USAGE_OPERATIONS
from conducktor.budgets.views import BudgetList, BudgetView, CounterLine
from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import Conflict, NotFound
from conducktor.core.ids import BudgetId, UserId, WorkspaceId, new_id
from conducktor.core.money import MicroUsd
from conducktor.core.operation import operation
from conducktor.core.spending import Period, Share
from conducktor.infra.database import Change, Transaction

BUDGETS = "budgets"
"""The topic of changes to budgets, prices and what was spent."""

MOST_BUDGETS = 100
LONGEST_PERIOD = timedelta(days=33)

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"\S")]
Amount = Annotated[int, msgspec.Meta(ge=0, le=10**15, description="Millionths of a US dollar: 100000000 is $100.")]
Percent = Annotated[int, msgspec.Meta(ge=1, le=100)]
Thresholds = Annotated[
    tuple[Percent, ...], msgspec.Meta(max_length=10, description="Percent of the limit at which people are told.")
]


class NoSuchBudget(NotFound):
    """There is no such budget in the workspace."""


class TooManyBudgets(Conflict):
    """A workspace has at most 100 budgets."""


class CreateBudget(msgspec.Struct, frozen=True, kw_only=True):
    """`share` says whether all draw on one amount, or each person, conversation or connection has its own.

    Without `covers` it counts every call.
    """

    name: Name
    limit_micro_usd: Amount
    period: Period = Period.MONTH
    share: Share = Share.TOGETHER
    covers: BudgetScope | None = None
    is_hard: Annotated[bool, msgspec.Meta(description="Refuse calls that would exceed it; false: only tell people.")] = True
    is_enabled: bool = True
    thresholds: Thresholds = DEFAULT_THRESHOLDS


class UpdateBudget(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays as it is. Where what it covers, share or period change, the audit says what was spent so far."""

    budget_id: UUID
    name: Name | None = None
    limit_micro_usd: Amount | None = None
    period: Period | None = None
    share: Share | None = None
    covers: BudgetScope | None = None
    is_hard: bool | None = None
    is_enabled: bool | None = None
    thresholds: Thresholds | None = None


class BudgetIdInput(msgspec.Struct, frozen=True, kw_only=True):
    budget_id: UUID


@operation("budgets.list", "GET /budgets", Permission.BUDGETS_READ)
async def list_budgets(actor: Actor, *, tx: Transaction, clock: Clock) -> BudgetList:
    """List the budgets with what is spent, held and left in their current period, and a forecast to its end."""
    found = await queries.budgets(tx, actor.workspace_id)
    zone = await queries.time_zone(tx, actor.workspace_id)
    counters = await queries.counters(tx, actor.workspace_id, clock() - LONGEST_PERIOD)
    own = {b.counting_id for b in found}
    return BudgetList(
        items=await _views(tx, actor, found, clock),
        policy_counters=await _policy_counters(tx, actor, [c for c in counters if c.limit_id not in own]),
        time_zone=zone.key,
    )


@operation("budgets.create", "POST /budgets", Permission.BUDGETS_WRITE)
async def create_budget(actor: Actor, data: CreateBudget, *, tx: Transaction, clock: Clock) -> BudgetView:
    """Add a budget. It counts what this period's calls cost so far, and applies to calls that start after this returns.

    Tools that have no price are refused while a hard budget covers them: price them or declare them free.
    """
    if len(await queries.budgets(tx, actor.workspace_id)) >= MOST_BUDGETS:
        raise TooManyBudgets("This workspace has 100 budgets already.", next_step="Delete one that is no longer needed.")
    budget = Budget(
        id=BudgetId(new_id()),
        workspace_id=actor.workspace_id,
        counting_id=new_id(),
        name=data.name.strip(),
        scope=data.covers or BudgetScope(),
        share=data.share,
        period=data.period,
        limit=MicroUsd(data.limit_micro_usd),
        is_hard=data.is_hard,
        is_enabled=data.is_enabled,
        thresholds=_ordered(data.thresholds),
        created_at=clock(),
        updated_at=clock(),
    )
    await queries.add_budget(tx, actor.workspace_id, budget)
    await _announce(tx, actor.workspace_id, budget.id)
    return (await _views(tx, actor, [budget], clock))[0]


@operation("budgets.update", "PATCH /budgets/{budget_id}", Permission.BUDGETS_WRITE)
async def update_budget(actor: Actor, data: UpdateBudget, *, tx: Transaction, clock: Clock) -> BudgetView:
    """Change a budget. A new limit applies to calls that start after this returns; what was spent stays counted."""
    old = await _existing(tx, actor, data.budget_id)
    given = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not None and name != "budget_id"}
    for name, field in (("limit_micro_usd", "limit"), ("covers", "scope")):
        if name in given:
            given[field] = given.pop(name)
    if "thresholds" in given:
        given["thresholds"] = _ordered(given["thresholds"])
    budget = msgspec.structs.replace(old, **given, updated_at=clock())
    if not old.counts_like(budget):
        budget = msgspec.structs.replace(budget, counting_id=new_id())
    await queries.save_budget(tx, actor.workspace_id, budget)
    await _announce(tx, actor.workspace_id, budget.id)
    return (await _views(tx, actor, [budget], clock))[0]


@operation("budgets.delete", "DELETE /budgets/{budget_id}", Permission.BUDGETS_WRITE)
async def delete_budget(actor: Actor, data: BudgetIdInput, *, tx: Transaction) -> None:
    """Delete a budget. What was spent stays in the audit and in the usage report."""
    budget = await _existing(tx, actor, data.budget_id)
    await queries.delete_budget(tx, actor.workspace_id, budget.id)
    await _announce(tx, actor.workspace_id, budget.id)


OPERATIONS = (list_budgets, create_budget, update_budget, delete_budget, *PRICE_OPERATIONS, *USAGE_OPERATIONS)


async def _existing(tx: Transaction, actor: Actor, budget_id: UUID) -> Budget:
    budget = await queries.lock_budget(tx, actor.workspace_id, BudgetId(budget_id))
    if budget is None:
        raise NoSuchBudget("There is no such budget.", next_step="List the budgets to see their ids.")
    return budget


async def _views(tx: Transaction, actor: Actor, budgets: Iterable[Budget], clock: Clock) -> list[BudgetView]:
    now = clock()
    zone = await queries.time_zone(tx, actor.workspace_id)
    counters = await queries.counters(tx, actor.workspace_id, now - LONGEST_PERIOD)
    labels = await _labels(tx, counters)
    views = []
    for budget in budgets:
        span = span_of(budget.period, now, zone)
        own = [c for c in counters if c.limit_id == budget.counting_id and c.period_start == span.start]
        shown = own if actor.may(Permission.AUDIT_READ) or budget.share is not Share.PERSON else _of(actor, own)
        views.append(standing.budget_view(budget, standing.state_of(budget, shown, labels, standing.Moment(now, span))))
    return views


def _of(actor: Actor, counters: list[queries.Counter]) -> list[queries.Counter]:
    """What others spent of their own share is for those who may read the audit."""
    return [c for c in counters if c.subject == str(actor.user_id)]


async def _policy_counters(tx: Transaction, actor: Actor, counters: list[queries.Counter]) -> list[CounterLine]:
    newest: dict[UUID, queries.Counter] = {}
    for counter in counters:
        if counter.limit_id not in newest or counter.period_start > newest[counter.limit_id].period_start:
            newest[counter.limit_id] = counter
    labels = await _labels(tx, counters)
    everybody = actor.may(Permission.AUDIT_READ)
    return [
        CounterLine(
            policy_id=policy_counter(c.limit_id, actor.workspace_id),
            subject=c.subject,
            label=labels.get(c.subject, c.subject),
            period_start=c.period_start,
            spent_micro_usd=c.used,
            held_micro_usd=c.held,
        )
        for c in sorted(counters, key=lambda c: -c.used)
        if c.period_start == newest[c.limit_id].period_start and (everybody or c.subject in ("", str(actor.user_id)))
    ]


async def _labels(tx: Transaction, counters: Iterable[queries.Counter]) -> dict[str, str]:
    return await queries.names_of_people(tx, {UserId(UUID(c.subject)) for c in counters if _is_id(c.subject)})


def _is_id(subject: str) -> bool:
    try:
        return str(UUID(subject)) == subject
    except ValueError:
        return False


def _ordered(thresholds: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(set(thresholds)))


async def _announce(tx: Transaction, workspace_id: WorkspaceId, budget_id: BudgetId) -> None:
    await tx.announce(Change(topic=BUDGETS, workspace_id=workspace_id, id=str(budget_id)))
