"""A budget that begins while calls run, or whose periods move, still counts every call once."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import asyncpg

from conducktor.budgets.jobs import finish_openings
from conducktor.core.clock import utc_now
from conducktor.infra.database import Change
from tests.budgets.counting import all_counted
from tests.budgets.lab import OK, Lab
from tests.budgets.test_calls import _arrived, _spent, audited, until
from tests.product import eventually
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import reply


async def test_a_call_that_was_under_way_as_the_budget_began_is_counted_when_it_ended(lab: Lab) -> None:
    await lab.price(7)
    goes_on = asyncio.Event()

    async def slow(received: Received, writer: asyncio.StreamWriter) -> None:
        await goes_on.wait()
        writer.write(answer(reply(received, OK)))

    lab.shelf._behaviours["tools/call"] = slow
    under_way = asyncio.create_task(lab.client.call("shelf_echo"))
    await until(lambda: _arrived(lab))
    budget = await lab.budget(1_000)
    second = asyncio.create_task(lab.client.call("shelf_echo"))
    await until(lambda: _held(lab, budget["id"], 7))
    goes_on.set()
    await asyncio.gather(under_way, second)
    assert await audited(lab, 2) == [("ok", 7), ("ok", 7)]
    await until(lambda: _spent(lab, budget["id"], 7))

    parts = lab.product.parts
    for _ in range(2):
        await finish_openings({**parts.by_name(), "clock": lambda: utc_now() + timedelta(minutes=1)})
        await until(lambda: _spent(lab, budget["id"], 14))
    assert all(count.adds_up for count in await all_counted(parts.settings.database_url))


async def _held(lab: Lab, budget_id: str, micro_usd: int) -> bool:
    return bool((await lab.state(budget_id))["held_micro_usd"] == micro_usd)


async def test_another_time_zone_begins_other_periods_with_what_they_cost_so_far(lab: Lab) -> None:
    await lab.price(7)
    budget = await lab.budget(1_000)
    await lab.client.call("shelf_echo")
    await audited(lab, 1)
    await until(lambda: _spent(lab, budget["id"], 7))
    parts = lab.product.parts
    heard: list[Change] = []
    parts.changes.subscribe(heard.append)
    connection = await asyncpg.connect(parts.settings.database_url)
    await connection.execute("UPDATE workspaces SET time_zone = $2 WHERE slug = $1", lab.slug, _zone())
    workspace_id = await connection.fetchval("SELECT id FROM workspaces WHERE slug = $1", lab.slug)
    await connection.execute("SELECT pg_notify('conducktor', $1)", f'{{"topic":"workspaces","workspace_id":"{workspace_id}"}}')
    await connection.close()
    await eventually(lambda: any(change.workspace_id == workspace_id for change in heard))
    await lab.client.call("shelf_echo")
    await until(lambda: _spent(lab, budget["id"], 14))


def _zone() -> str:
    """One whose month is the present one of UTC, though it began at another moment."""
    now = utc_now()
    return next(name for name in ("Asia/Kathmandu", "America/New_York") if now.astimezone(ZoneInfo(name)).month == now.month)


async def test_a_preview_says_what_is_left_and_takes_nothing(lab: Lab) -> None:
    await lab.price(600)
    budget = await lab.budget(1_000)
    for _ in range(2):
        assert await _previewed(lab) == (600, 1_000, False)
    await lab.client.call("shelf_echo")
    await until(lambda: _spent(lab, budget["id"], 600))
    assert await _previewed(lab) == (600, 400, True)
    assert await _spent(lab, budget["id"], 600)


async def _previewed(lab: Lab) -> tuple[int, int, bool]:
    preview = (await lab.client.call("conducktr_preview_call", tool="shelf_echo"))["structuredContent"]
    (line,) = preview["limits"]
    return preview["estimate_micro_usd"], line["left_micro_usd"], line["would_block"]
