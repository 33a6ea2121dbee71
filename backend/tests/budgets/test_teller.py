"""Counters under a crowd: tellers with databases of their own stand for processes."""

import asyncio
import os
import random
from uuid import uuid4

import asyncpg
import pytest

from conducktor.budgets import sweep_queries
from conducktor.budgets.refusals import BudgetExhausted
from conducktor.core.clock import utc_now
from conducktor.core.errors import Unavailable
from conducktor.infra.database import Database
from tests.budgets.counting import a_draw, a_hold, a_workspace, all_counted, counted, opened, passes, settled, telling
from tests.support.databases import at, execute
from tests.support.promptly import PATIENCE_S

REPEATS = int(os.environ.get("BUDGET_REPEATS", "2"))
CROWD = 500


@pytest.mark.parametrize("room", [0, 1, 7, 99])
async def test_exactly_as_many_of_500_pass_as_the_budget_holds(database_url: str, room: int) -> None:
    workspace_id = await a_workspace(database_url)
    async with telling(database_url) as one, telling(database_url) as other:
        for _ in range(REPEATS):
            draw = a_draw(room * 100)
            await opened(database_url, workspace_id, draw)
            holds = [a_hold(workspace_id, 100, draw) for _ in range(CROWD)]
            passed = await asyncio.gather(*(passes((one, other)[n % 2], hold) for n, hold in enumerate(holds)))
            assert sum(passed) == room
            for hold, did in zip(holds, passed, strict=True):
                if did:
                    one.settle(hold, 100)
            await settled(database_url)
            count = await counted(database_url, draw)
            assert (count.used, count.held, count.ledger) == (room * 100, 0, room * 100)


async def test_nested_budgets_are_never_exceeded_and_nobody_waits_for_ever(database_url: str) -> None:
    """Of one person, a group's and the whole workspace's budget, drawn on in every order by three processes."""
    workspace_id = await a_workspace(database_url)
    whole, group = a_draw(40_000), a_draw(25_000)
    people = [a_draw(4_000, subject=f"person {n}") for n in range(8)]
    await opened(database_url, workspace_id, whole, group, *people)
    dice = random.Random(7)

    async with telling(database_url) as one, telling(database_url) as two, telling(database_url) as three:

        async def call() -> None:
            draws = [dice.choice(people), *([group] if dice.random() < 0.7 else []), whole]
            dice.shuffle(draws)
            teller, hold = dice.choice((one, two, three)), a_hold(workspace_id, dice.choice((100, 250)), *draws)
            if await passes(teller, hold):
                await asyncio.sleep(0)
                teller.settle(hold, dice.choice((0, hold.amount, hold.amount // 2)))

        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(call() for _ in range(900)))
            await settled(database_url)
    for draw in (whole, group, *people):
        count = await counted(database_url, draw)
        assert count.used <= draw.limit.limit
        assert count.adds_up


async def test_a_call_that_fits_one_budget_and_not_the_other_holds_in_neither(database_url: str) -> None:
    workspace_id = await a_workspace(database_url)
    wide, narrow = a_draw(1_000), a_draw(99)
    await opened(database_url, workspace_id, wide, narrow)
    async with telling(database_url) as teller:
        with pytest.raises(BudgetExhausted, match="limit reached") as refused:
            await teller.reserve(a_hold(workspace_id, 100, wide, narrow))
    assert refused.value.facts["limit_micro_usd"] == 99
    assert (await counted(database_url, wide)).held == 0


async def test_a_budget_that_only_tells_lets_everything_pass_and_counts_it(database_url: str) -> None:
    workspace_id = await a_workspace(database_url)
    draw = a_draw(100, is_hard=False)
    await opened(database_url, workspace_id, draw)
    async with telling(database_url) as teller:
        for _ in range(5):
            hold = a_hold(workspace_id, 100, draw)
            assert await passes(teller, hold)
            teller.settle(hold, 100)
        await settled(database_url)
    assert (await counted(database_url, draw)).used == 500


async def test_a_call_that_cost_more_than_was_held_is_recorded_as_it_was(database_url: str) -> None:
    workspace_id = await a_workspace(database_url)
    draw = a_draw(100)
    await opened(database_url, workspace_id, draw)
    async with telling(database_url) as teller:
        hold = a_hold(workspace_id, 60, draw)
        assert await passes(teller, hold)
        teller.settle(hold, 250)
        await settled(database_url)
        assert not await passes(teller, a_hold(workspace_id, 1, draw))
    count = await counted(database_url, draw)
    assert (count.used, count.adds_up) == (250, True)


async def test_what_a_dead_process_held_is_charged_and_a_late_end_corrects_it(database_url: str) -> None:
    workspace_id = await a_workspace(database_url)
    draw, other = a_draw(1_000), a_draw(1_000)
    await opened(database_url, workspace_id, draw, other)
    database = Database(database_url, pool_size=1)
    async with telling(database_url, lasts_s=-3600) as teller:
        dead, late = a_hold(workspace_id, 100, draw, other), a_hold(workspace_id, 200, draw)
        assert await passes(teller, dead)
        assert await passes(teller, late)
        async with database.transaction() as tx:
            assert await sweep_queries.charge_expired(tx, utc_now()) == 2
        assert (await counted(database_url, draw)).used == 300
        teller.settle(late, 50)
        while (await counted(database_url, draw)).used != 150:
            await asyncio.sleep(0.01)
    async with database.transaction() as tx:
        assert await sweep_queries.charge_expired(tx, utc_now()) == 0
    await database.close()
    assert all(count.adds_up and count.held == 0 for count in await all_counted(database_url))


async def test_settling_twice_counts_once(database_url: str) -> None:
    workspace_id = await a_workspace(database_url)
    draw = a_draw(1_000)
    await opened(database_url, workspace_id, draw)
    async with telling(database_url) as teller:
        hold = a_hold(workspace_id, 100, draw)
        assert await passes(teller, hold)
        teller.settle(hold, 70)
        await settled(database_url)
        teller.settle(hold, 70)
        second = a_hold(workspace_id, 100, draw)
        assert await passes(teller, second)
        teller.settle(second, 0)
        await settled(database_url)
    count = await counted(database_url, draw)
    assert (count.used, count.held, count.adds_up) == (70, 0, True)


async def test_nothing_passes_while_the_database_is_away_and_what_was_settled_meanwhile_is_counted_after(
    postgres: str, database_url: str
) -> None:
    workspace_id = await a_workspace(database_url)
    draw = a_draw(1_000)
    await opened(database_url, workspace_id, draw)
    name = database_url.partition("?")[0].rpartition("/")[2]
    async with telling(database_url) as teller:
        hold = a_hold(workspace_id, 100, draw)
        assert await passes(teller, hold)
        await execute(at(postgres, "postgres"), f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        try:
            await execute(
                at(postgres, "postgres"), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
            )
            teller.settle(hold, 100)
            with pytest.raises(Unavailable):
                await teller.reserve(a_hold(workspace_id, 100, draw))
        finally:
            await execute(at(postgres, "postgres"), f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
        await settled(database_url)
    count = await counted(database_url, draw)
    assert (count.used, count.held, count.adds_up) == (100, 0, True)


async def test_a_counter_that_vanished_is_a_refusal_and_the_others_in_its_batch_pass(database_url: str) -> None:
    workspace_id = await a_workspace(database_url)
    gone, there = a_draw(1_000), a_draw(1_000)
    await opened(database_url, workspace_id, there)
    async with telling(database_url) as teller:
        answers = await asyncio.gather(
            teller.reserve(a_hold(workspace_id, 1, gone)),
            teller.reserve(a_hold(workspace_id, 1, there)),
            return_exceptions=True,
        )
    assert "changing right now" in str(answers[0])
    assert answers[1] is None


async def test_what_one_counter_began_with_is_not_another_ones(database_url: str) -> None:
    """A policy's limit whose periods begin elsewhere (another time zone) goes on with what its ledger says."""
    workspace_id = await a_workspace(database_url)
    limit_id = uuid4()
    draw = a_draw(1_000, limit_id=limit_id)
    await opened(database_url, workspace_id, draw)
    async with telling(database_url) as teller:
        hold = a_hold(workspace_id, 100, draw)
        assert await passes(teller, hold)
        teller.settle(hold, 100)
        await settled(database_url)
    connection = await asyncpg.connect(database_url)
    await connection.execute("DELETE FROM spending")
    await connection.close()
    await opened(database_url, workspace_id, draw)
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("SELECT used FROM spending") == 100
    await connection.close()


async def test_a_settlement_that_can_not_be_written_holds_nobody_up(database_url: str) -> None:
    """Whatever made it so: it is given up, and the sweep charges what the call held."""
    workspace_id = await a_workspace(database_url)
    draw = a_draw(1_000)
    await opened(database_url, workspace_id, draw)
    async with telling(database_url) as teller:
        broken, sound = a_hold(workspace_id, 100, draw), a_hold(workspace_id, 100, draw)
        assert await passes(teller, broken)
        assert await passes(teller, sound)
        teller.settle(broken, 2**63)  # more than a column holds
        teller.settle(sound, 100)
        async with asyncio.timeout(PATIENCE_S):
            while (await counted(database_url, draw)).used != 100:
                await asyncio.sleep(0.02)
        assert await passes(teller, a_hold(workspace_id, 100, draw))
