"""A budget, as the slice passes it around."""

from datetime import datetime
from uuid import UUID

import msgspec

from conducktor.budgets.scope import BudgetScope
from conducktor.core.ids import BudgetId, WorkspaceId
from conducktor.core.money import MicroUsd
from conducktor.core.spending import Period, Share, SpendingLimit

DEFAULT_THRESHOLDS = (50, 80, 100)


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `budgets`. `counting_id` names its counters; it changes with what is counted."""

    id: BudgetId
    workspace_id: WorkspaceId
    counting_id: UUID
    name: str
    scope: BudgetScope
    share: Share
    period: Period
    limit: MicroUsd
    is_hard: bool
    is_enabled: bool
    thresholds: tuple[int, ...]
    created_at: datetime
    updated_at: datetime

    def as_limit(self) -> SpendingLimit:
        return SpendingLimit(
            id=self.counting_id, name=self.name, limit=self.limit, period=self.period, share=self.share, is_hard=self.is_hard
        )

    def counts_like(self, other: "Budget") -> bool:
        """Whether the counters of one are right for the other."""
        same = self.scope == other.scope and self.share is other.share and self.period is other.period
        return same and (self.is_enabled or not other.is_enabled)
