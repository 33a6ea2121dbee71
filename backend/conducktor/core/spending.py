"""A limit on what calls may cost in a period, wherever it was set: as a budget, or as a policy of the kind `budget_limit`."""

from enum import StrEnum
from uuid import UUID

import msgspec

from conducktor.core.money import MicroUsd


class Period(StrEnum):
    """Calendar periods in the workspace's time zone; a week begins on Monday (ISO 8601)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Share(StrEnum):
    """Whether all calls under a limit draw on one amount, or each person, conversation or connection has its own."""

    TOGETHER = "together"
    PERSON = "person"
    CONVERSATION = "conversation"
    CONNECTION = "connection"


class SpendingLimit(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the budget's or the policy's. `is_hard`: refuse what would exceed it; otherwise only count and tell."""

    id: UUID
    name: str
    limit: MicroUsd
    period: Period
    share: Share = Share.TOGETHER
    is_hard: bool = True
