"""What people and agents see of budgets and prices. All amounts are micro-USD: 1,000,000 is one dollar."""

from datetime import datetime
from uuid import UUID

import msgspec

from conducktor.budgets.price import Basis
from conducktor.budgets.scope import BudgetScope
from conducktor.core.ids import BudgetId, ConnectionId
from conducktor.core.spending import Period, Share


class SubjectLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one person, conversation or connection has spent of its own share. `label` is for people."""

    subject: str
    label: str
    spent_micro_usd: int
    held_micro_usd: int
    left_micro_usd: int


class BudgetState(msgspec.Struct, frozen=True, kw_only=True):
    """The current period. `spent` and `held` are sums over all subjects; `left` and `percent` are the fullest subject's.

    `forecast` is what will have been spent at the period's end if it goes on like this (the fullest subject's, where each has
    its own amount); `hits_limit_at` when that passes the limit, or null.
    """

    period_start: datetime
    resets_at: datetime
    spent_micro_usd: int
    held_micro_usd: int
    left_micro_usd: int
    percent: float
    forecast_micro_usd: int
    hits_limit_at: datetime | None
    subjects: list[SubjectLine]


class BudgetView(msgspec.Struct, frozen=True, kw_only=True):
    """`is_hard`: calls that would exceed it are refused; otherwise it only tells. `thresholds` are percent of the limit."""

    id: BudgetId
    name: str
    covers: BudgetScope
    share: Share
    period: Period
    limit_micro_usd: int
    is_hard: bool
    is_enabled: bool
    thresholds: tuple[int, ...]
    created_at: datetime
    updated_at: datetime
    now: BudgetState


class CounterLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy of the kind `budget_limit` has counted; `policy_id` is the policy's id."""

    policy_id: UUID
    subject: str
    label: str
    period_start: datetime
    spent_micro_usd: int
    held_micro_usd: int


class BudgetList(msgspec.Struct, frozen=True, kw_only=True):
    """`policy_counters` are the newest period of each limit that a policy sets."""

    items: list[BudgetView]
    policy_counters: list[CounterLine]
    time_zone: str


class PriceView(msgspec.Struct, frozen=True, kw_only=True):
    """`micro_usd` is the price of one call, one KiB of result, or one of what the service counts in `_meta[meta_key]`."""

    basis: Basis
    micro_usd: int
    hold_micro_usd: int
    meta_key: str | None


class ToolPrice(msgspec.Struct, frozen=True, kw_only=True):
    """`own` is set for this tool, `effective` applies: its own, else its connection's default. Null: it has no price."""

    tool: str
    full_name: str
    own: PriceView | None
    effective: PriceView | None
    is_blocked: bool
    """It has no price, and a hard budget covers it: calls are refused until somebody prices it or declares it free."""


class ConnectionPrices(msgspec.Struct, frozen=True, kw_only=True):
    connection_id: ConnectionId
    connection: str
    title: str
    default: PriceView | None
    tools: list[ToolPrice]
    unpriced: int


class PriceList(msgspec.Struct, frozen=True, kw_only=True):
    """`blocked` counts the tools whose calls are refused because they have no price."""

    items: list[ConnectionPrices]
    unpriced: int
    blocked: int


class UnpricedTool(msgspec.Struct, frozen=True, kw_only=True):
    connection: str
    tool: str
    full_name: str
    is_blocked: bool


class UnpricedTools(msgspec.Struct, frozen=True, kw_only=True):
    items: list[UnpricedTool]
