"""Reserve before, settle after; a call that ends otherwise gives back what it held."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from conducktor.core.money import MicroUsd
from conducktor.core.spending import SpendingLimit
from conducktor.core.tool_call import CallResult, ToolCall


class Reservation:
    """What one call holds. Leaving the block without `settle` releases it."""

    cost: MicroUsd | None = None
    """Known after `settle`; None where the tool has no price."""

    async def settle(self, result: CallResult) -> None:
        """Replace the estimate by what was used."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None


_NOTHING_HELD = Reservation()


class Budgets:
    """Tools are free while the workspace has neither prices nor budgets."""

    def reserve(self, call: ToolCall, limits: Sequence[SpendingLimit]) -> Reservation:
        """`limits` are those that policies set. Entering the block raises BudgetExhausted, or Unavailable."""
        return _NOTHING_HELD
