"""Hold before, settle after; a call that never happened gives back what it held.

The stated rule: an answer is charged, also when it says that the tool failed. What was refused, was never sent, could not
be reached, or was answered with an error of the protocol costs nothing. What may have happened (cancelled after it was sent,
timed out, broken off, a crash) is charged what was held. What was used is recorded in truth, also above the hold or the limit.
"""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from conducktor.budgets import previewing
from conducktor.budgets.booking import CounterGone
from conducktor.budgets.draw import Draw, Hold
from conducktor.budgets.openings import Openings
from conducktor.budgets.preview import Preview
from conducktor.budgets.price import Price
from conducktor.budgets.refusals import BudgetExhausted, unpriced
from conducktor.budgets.tariff import Tariffs
from conducktor.budgets.teller import Teller
from conducktor.budgets.watch import Watch
from conducktor.core.clock import Clock
from conducktor.core.errors import ConducktorError
from conducktor.core.money import MicroUsd
from conducktor.core.spending import SpendingLimit
from conducktor.core.tool_call import CallResult, ToolCall
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Database

RESERVED_LONGER_S = 15
"""A reservation outlives its call's deadline by this, so that the sweep never takes what a call still settles."""


class Budgets:
    """What a call costs and whether that is still allowed. Without budgets and limits nothing is asked of the database."""

    def __init__(self, database: Database, changes: ChangeFeed, watch: Watch, clock: Clock, *, lasts_s: float) -> None:
        """`lasts_s`: no call lasts longer, so a reservation older than that belongs to a process that died."""
        self._database = database
        self._tariffs = Tariffs(database, changes)
        self._teller = Teller(database, clock, lasts_s=lasts_s, on_spent=watch.spent)
        self._watch = watch
        self._clock = clock
        self._openings = Openings(database, clock)

    async def start(self) -> None:
        await self._teller.start()

    async def stop(self) -> None:
        await self._teller.stop()
        await self._watch.stop()

    def reserve(self, call: ToolCall, limits: Sequence[SpendingLimit]) -> "Reservation":
        """`limits` are those that policies set. Entering the block raises BudgetExhausted, Unpriced or Unavailable."""
        return Reservation(self, call, limits)

    async def preview(self, call: ToolCall, limits: Sequence[SpendingLimit]) -> Preview:
        """What `reserve` would do now. Reads only."""
        tariff = await self._tariffs.of(call.actor.workspace_id)
        price = tariff.price_of(call)
        now = self._clock()
        draws = tariff.draws(call, limits, now) if call.connection_id is not None else ()
        async with self._database.transaction() as tx:
            return await previewing.preview(tx, call, price, draws)

    async def hold(self, call: ToolCall, limits: Sequence[SpendingLimit]) -> tuple[Price | None, Hold | None]:
        """The call's price, and what is held for it where something limits it. Raises as `reserve` does."""
        if call.connection_id is None:  # one of the gateway's own tools
            return None, None
        workspace_id, now = call.actor.workspace_id, self._clock()
        tariff = await self._tariffs.of(workspace_id)
        price = tariff.price_of(call)
        draws = tariff.draws(call, limits, now)
        if price is None:
            _refuse_unpriced(call, draws)
        if price is None or price.is_free or not draws:
            return price, None
        hold = Hold(call.id, workspace_id, price.hold, draws, now)
        try:
            await self._reserve(hold)
        except CounterGone:
            self._openings.forget(draws)
            await self._reserve(hold)
        return price, hold

    def settle(self, hold: Hold, cost: MicroUsd) -> None:
        self._teller.settle(hold, cost)

    async def _reserve(self, hold: Hold) -> None:
        if not self._openings.are_open(hold.draws):
            await self._openings.open(hold.workspace_id, hold.draws)
        reserved = self._teller.reserve(hold)
        try:
            await asyncio.shield(reserved)
        except asyncio.CancelledError:
            reserved.add_done_callback(lambda done: self._give_back(hold, done))
            raise
        except BudgetExhausted as refusal:
            self._watch.blocked(refusal.draw, hold.workspace_id, refusal.spent)
            raise

    def _give_back(self, hold: Hold, reserved: "asyncio.Future[None]") -> None:
        """The caller went away while the money was being held."""
        if reserved.exception() is None:
            self._teller.settle(hold, 0)


class Reservation:
    """What one call holds. `begin` before the service is asked; leaving the block without `settle` charges by the stated rule."""

    __slots__ = ("_begun", "_budgets", "_call", "_hold", "_limits", "_price", "_settled", "cost", "remark")

    def __init__(self, budgets: Budgets, call: ToolCall, limits: Sequence[SpendingLimit]) -> None:
        self._budgets = budgets
        self._call = call
        self._limits = limits
        self._price: Price | None = None
        self._hold: Hold | None = None
        self._begun = False
        self._settled = False
        self.cost: MicroUsd | None = None
        """Known after the block; None where the tool has no price."""
        self.remark: str | None = None
        """Why it cost something else than its price says."""

    def begin(self) -> None:
        """From here on the call may happen, whatever is known of it afterwards."""
        self._begun = True

    async def settle(self, result: CallResult) -> None:
        """Replace the estimate by what was used."""
        if self._price is not None:
            cost = self._price.cost_of(result)
            self.remark = cost.remark
            self._charge(cost.amount)

    async def __aenter__(self) -> Self:
        self._price, self._hold = await self._budgets.hold(self._call, self._limits)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._settled or self._price is None:
            return
        if self._begun and (not isinstance(error, ConducktorError) or error.may_have_run):
            self.remark = "Whether the call happened is not known, so what was held is charged."
            self._charge(self._price.hold)
        else:
            self._charge(MicroUsd(0))

    def _charge(self, amount: MicroUsd) -> None:
        self._settled = True
        self.cost = amount
        if self._hold is not None:
            self._budgets.settle(self._hold, amount)


def _refuse_unpriced(call: ToolCall, draws: Sequence[Draw]) -> None:
    for draw in draws:
        if draw.limit.is_hard:
            raise unpriced(call.full_name, draw.limit.name)
