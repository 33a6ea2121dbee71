"""The prices and budgets of a workspace as calls need them: read once, kept in the process until one of them changes."""

import functools
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from conducktor.budgets import queries
from conducktor.budgets.budget import DEFAULT_THRESHOLDS, Budget
from conducktor.budgets.draw import Draw, policy_counter, subject_of
from conducktor.budgets.price import Price
from conducktor.budgets.queries import PriceKey
from conducktor.budgets.scope import Payer
from conducktor.budgets.span import Span, span_of
from conducktor.core.ids import WorkspaceId
from conducktor.core.spending import Period, SpendingLimit
from conducktor.core.tool_call import ToolCall
from conducktor.infra.changes import Cached, ChangeFeed
from conducktor.infra.database import Change, Database

MATCHES_KEPT = 10_000
TOPICS = frozenset({"budgets", "workspaces"})  # a workspace's time zone says when its periods begin

_Matched = tuple[tuple[Budget, SpendingLimit], ...]


class Tariff:
    """What calls of one workspace cost, and which limits they draw on."""

    def __init__(self, budgets: Sequence[Budget], prices: dict[PriceKey, Price], zone: ZoneInfo) -> None:
        self.zone = zone
        self._budgets = tuple((budget, budget.as_limit()) for budget in budgets if budget.is_enabled)
        self._prices = prices
        self._spans: dict[Period, Span] = {}
        self._matches: dict[tuple[object, ...], _Matched] = {}

    def price_of(self, call: ToolCall) -> Price | None:
        """The tool's own, else its connection's. Resources and prompts cost what the connection's default says."""
        if call.connection_id is None:
            return None
        own = self._prices.get((call.connection_id, call.tool)) if call.method == "tools/call" else None
        price = own or self._prices.get((call.connection_id, None))
        return price.of_later_rounds if price is not None and call.continues is not None else price

    def draws(self, call: ToolCall, limits: Sequence[SpendingLimit], now: datetime) -> tuple[Draw, ...]:
        """The budgets that cover the call, and the `limits` that policies set for it."""
        covering = self._covering(call)
        if not covering and not limits:
            return ()
        of_budgets = [self._draw(limit, call, now, budget) for budget, limit in covering]
        return (*of_budgets, *(self._draw(limit, call, now, None) for limit in limits))

    def _covering(self, call: ToolCall) -> _Matched:
        if not self._budgets:
            return ()
        key = (call.actor.user_id, call.actor.role, call.connection_name, call.full_name)
        matched = self._matches.get(key)
        if matched is None:
            payer = Payer.of(call)
            matched = tuple(pair for pair in self._budgets if pair[0].scope.covers(payer))
            if len(self._matches) >= MATCHES_KEPT:
                self._matches.clear()
            self._matches[key] = matched
        return matched

    def _draw(self, limit: SpendingLimit, call: ToolCall, now: datetime, budget: Budget | None) -> Draw:
        span = self._span(limit.period, now)
        counter_id = limit.id if budget else policy_counter(limit.id, call.actor.workspace_id)
        return Draw(
            limit=limit,
            thresholds=budget.thresholds if budget else DEFAULT_THRESHOLDS,
            scope=budget.scope if budget else None,
            key=(counter_id, subject_of(limit.share, call), span.start),
            span=span,
        )

    def _span(self, period: Period, now: datetime) -> Span:
        span = self._spans.get(period)
        if span is None or now not in span:
            span = self._spans[period] = span_of(period, now, self.zone)
        return span


class Tariffs:
    """One per process. A change applies to calls that start after it, in every process within a second."""

    def __init__(self, database: Database, changes: ChangeFeed) -> None:
        self._database = database
        self._cached: Cached[WorkspaceId, Tariff] = Cached(changes, stale=_concerns)

    async def of(self, workspace_id: WorkspaceId) -> Tariff:
        """Raises Unavailable when it is not in memory and the database is away."""
        if (known := self._cached.peek(workspace_id)) is not None:
            return known
        return await self._cached.get(workspace_id, functools.partial(self._load, workspace_id))

    async def _load(self, workspace_id: WorkspaceId) -> Tariff:
        async with self._database.transaction() as tx:
            return Tariff(
                await queries.budgets(tx, workspace_id),
                await queries.prices(tx, workspace_id),
                await queries.time_zone(tx, workspace_id),
            )


def _concerns(change: Change, workspace_id: WorkspaceId, _tariff: Tariff) -> bool:
    return change.workspace_id == workspace_id and change.topic in TOPICS
