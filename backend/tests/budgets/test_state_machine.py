"""Whatever happens in whatever order: a counter is what it began with plus its ledger, and what it holds is reserved."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any

import asyncpg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from conducktor.budgets.booking import Batch, Booked, Settlement, book
from conducktor.budgets.counter_queries import open_counter
from conducktor.budgets.draw import Draw, Hold
from conducktor.budgets.refusals import BudgetExhausted
from conducktor.budgets.sweep_queries import charge_expired
from conducktor.core.clock import utc_now
from conducktor.core.ids import WorkspaceId
from conducktor.infra.database import Database
from tests.budgets.counting import COUNTED, NOW, Counted, a_draw, a_hold, a_workspace

AMOUNTS = st.integers(1, 60)


class World:
    """A database, and an event loop that is not the test's own: hypothesis calls its rules one after another."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.workspace_id: WorkspaceId = self.run(a_workspace(url))
        self.database = Database(url, pool_size=1)
        self.connection: asyncpg.Connection[Any] = self.run(asyncpg.connect(url))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        self.run(self.database.close())
        self.run(self.connection.close())
        self.loop.close()

    async def open(self, draw: Draw) -> None:
        async with self.database.transaction() as tx:
            await open_counter(tx, self.workspace_id, draw, utc_now())

    async def sweep(self) -> None:
        async with self.database.transaction() as tx:
            await charge_expired(tx, utc_now())


def machine(world: World) -> type[RuleBasedStateMachine]:
    class Money(RuleBasedStateMachine):
        """Up to three counters; calls draw on one to three of them, in any order. The model knows what each must say."""

        @initialize(limits=st.lists(st.integers(0, 200), min_size=3, max_size=3))
        def begin(self, limits: list[int]) -> None:
            world.run(world.connection.execute("TRUNCATE spending, reservations, ledger"))
            self.draws = [a_draw(limit) for limit in limits]
            self.used = dict.fromkeys([d.key for d in self.draws], 0)
            self.held = dict.fromkeys([d.key for d in self.draws], 0)
            self.open_holds: list[Hold] = []
            self.lost: list[Hold] = []
            for draw in self.draws:
                world.run(world.open(draw))

        @rule(asked=st.lists(st.tuples(AMOUNTS, st.permutations(range(3)), st.integers(1, 3)), min_size=1, max_size=6))
        def reserve(self, asked: list[tuple[int, list[int], int]]) -> None:
            """Several calls of one moment."""
            holds = [a_hold(world.workspace_id, a, *(self.draws[i] for i in order[:n])) for a, order, n in asked]
            booked = world.run(self._book(holds=holds, lasts=timedelta(hours=1)))
            for hold in holds:
                fits = all(self._taken(d) + hold.amount <= d.limit.limit for d in hold.draws)
                assert (hold.call_id not in booked.refused) == fits
                if fits:
                    self._hold(hold)
                    self.open_holds.append(hold)
                else:
                    assert isinstance(booked.refused[hold.call_id], BudgetExhausted)

        @precondition(lambda self: self.open_holds)
        @rule(costs=st.lists(st.integers(0, 90), min_size=1, max_size=4), refill=AMOUNTS)
        def settle_and_reserve_at_once(self, costs: list[int], refill: int) -> None:
            ending = [(self.open_holds.pop(), cost) for cost in costs if self.open_holds]
            for hold, cost in ending:
                self._end(hold, cost)
            new = a_hold(world.workspace_id, refill, self.draws[0])
            fits = self._taken(self.draws[0]) + refill <= self.draws[0].limit.limit
            booked = world.run(self._book(settlements=ending, holds=[new], lasts=timedelta(hours=1)))
            assert (new.call_id not in booked.refused) == fits
            if fits:
                self._hold(new)
                self.open_holds.append(new)

        @rule(amount=AMOUNTS)
        def a_process_dies(self, amount: int) -> None:
            hold = a_hold(world.workspace_id, amount, *self.draws)
            if world.run(self._book(holds=[hold], lasts=timedelta(hours=-1))).refused:
                return
            self._hold(hold)
            world.run(world.sweep())
            self._end(hold, amount)
            self.lost.append(hold)

        @precondition(lambda self: self.lost)
        @rule(cost=st.integers(0, 90))
        def it_was_not_dead(self, cost: int) -> None:
            hold = self.lost.pop()
            world.run(self._book(settlements=[(hold, cost)], lasts=timedelta()))
            for draw in hold.draws:
                self.used[draw.key] += cost - hold.amount

        @rule(limit=st.integers(0, 200), which=st.integers(0, 2))
        def the_limit_changes(self, limit: int, which: int) -> None:
            changed = a_draw(limit, limit_id=self.draws[which].limit.id)
            self.draws[which] = changed

        @rule(which=st.integers(0, 2))
        def a_new_period_begins(self, which: int) -> None:
            old = self.draws[which]
            self.draws[which] = draw = a_draw(old.limit.limit)
            self.used[draw.key], self.held[draw.key] = 0, 0
            world.run(world.open(draw))

        @invariant()
        def counters_are_their_ledger_and_their_reservations(self) -> None:
            for row in world.run(world.connection.fetch(COUNTED.replace("SELECT s.used", "SELECT s.limit_id, s.used", 1))):
                found = dict(row)
                key = next(k for k in self.used if k[0] == found["limit_id"])
                del found["limit_id"]
                count = Counted(**found)
                assert count.adds_up
                assert (count.used, count.held) == (self.used[key], self.held[key])

        async def _book(self, *, lasts: timedelta, holds: Sequence[Hold] = (), settlements: Sequence[Settlement] = ()) -> Booked:
            batch = Batch(settlements=settlements, holds=holds, lasts=lasts, now=NOW)
            return await book(world.connection, batch)

        def _taken(self, draw: Draw) -> int:
            return self.used[draw.key] + self.held[draw.key]

        def _hold(self, hold: Hold) -> None:
            for draw in hold.draws:
                self.held[draw.key] += hold.amount

        def _end(self, hold: Hold, cost: int) -> None:
            for draw in hold.draws:
                self.held[draw.key] -= hold.amount
                self.used[draw.key] += cost

    return Money


async def test_counters_add_up_whatever_happens(database_url: str) -> None:
    def play() -> None:
        world = World(database_url)
        try:
            run_state_machine_as_test(
                machine(world),
                settings=settings(
                    max_examples=25, stateful_step_count=25, deadline=None, database=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )  # fmt: skip
        finally:
            world.close()

    await asyncio.to_thread(play)
