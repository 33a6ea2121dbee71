"""Reserve before, settle after; a call that ends otherwise gives back what it held."""

from types import TracebackType
from typing import Self

from conducktor.core.money import MicroUsd
from conducktor.core.tool_call import CallResult, ToolCall


class Reservation:
    """What one call holds. Leaving the block without `settle` releases it."""

    held: MicroUsd = MicroUsd(0)

    async def settle(self, result: CallResult) -> None:
        """Replace the estimate by what was used."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None


_NOTHING_HELD = Reservation()


class Budgets:
    """Tools are free while the workspace has neither prices nor budgets."""

    def reserve(self, call: ToolCall) -> Reservation:
        return _NOTHING_HELD
