"""Budgets over real processes: exactly as many calls pass as there is money for, and a process that dies leaves nothing open."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from conducktor.audit.jobs import sweep_unfinished
from conducktor.budgets.jobs import sweep_reservations
from conducktor.core.clock import utc_now
from conducktor.settings import Settings
from tests.budgets.counting import all_counted
from tests.budgets.lab import Lab
from tests.budgets.test_calls import _arrived, audited, until
from tests.gateway.client import Client, text
from tests.product import Product
from tests.support.rpc_server import hang
from tests.support.served import Process, killed_in_the_end

CROWD = int(os.environ.get("BUDGET_CROWD", "120"))
REPEATS = int(os.environ.get("BUDGET_REPEATS", "1"))


@pytest.fixture(scope="module")
async def processes(product: Product, shared_settings: Settings) -> AsyncIterator[list[Process]]:
    origin, log = product.parts.settings.origin, shared_settings.data_dir / "processes.log"
    with killed_in_the_end([Process(shared_settings, origin, log) for _ in range(2)]) as both:
        for process in both:
            await process.ready()
        yield both


@pytest.mark.parametrize("room", [0, 1, 7, 99])
async def test_over_two_processes_exactly_as_many_calls_pass_as_the_budget_holds(
    lab: Lab, processes: list[Process], room: int
) -> None:
    await lab.price(100, tool="echo")
    for repeat in range(REPEATS):
        budget = await lab.budget(room * 100, name=f"Repeat {repeat}", share="conversation")
        conversation = {"_meta": {"openai/session": f"v1/{repeat}"}}
        lab.shelf.received.clear()
        clients = [process.client(lab.client) for process in processes]
        for client in clients:
            await until(partial(_knows, client, budget["name"]))
        asked = {"name": "shelf_echo", "arguments": {}, **conversation}
        answers = await asyncio.gather(*(clients[n % 2].legacy("tools/call", asked) for n in range(CROWD)))
        said = [text(answer.json()["result"]) for answer in answers]
        assert sum(words == "done" for words in said) == min(room, CROWD)
        assert len(lab.shelf.bodies("tools/call")) == min(room, CROWD)
        assert all(words.startswith("Operation blocked: Monthly budget limit reached") for words in said if words != "done")
        await lab.browser.delete(f"{lab.url}/budgets/{budget['id']}")
        for client in clients:
            await client.http.aclose()
    costs = await audited(lab, CROWD * REPEATS)
    assert sum(cost or 0 for _, cost in costs) == min(room, CROWD) * 100 * REPEATS


async def _knows(client: Client, budget: str) -> bool:
    """A new budget applies in every process within a second."""
    preview = await client.call("conducktr_preview_call", tool="shelf_echo")
    return any(line["name"] == budget for line in preview["structuredContent"]["limits"])


async def test_what_a_killed_process_held_is_charged_and_stands_in_the_audit(lab: Lab, processes: list[Process]) -> None:
    await lab.price(7)
    budget = await lab.budget(1_000)
    lab.shelf._behaviours["tools/call"] = hang
    client = processes[0].client(lab.client)
    asking = asyncio.create_task(client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}}))
    await until(lambda: _arrived(lab))
    assert (await lab.state(budget["id"]))["held_micro_usd"] == 7
    processes[0].kill()
    await asyncio.gather(asking, return_exceptions=True)
    await client.http.aclose()

    parts = lab.product.parts
    later = {**parts.by_name(), "clock": lambda: utc_now() + timedelta(minutes=1)}
    await sweep_reservations(later)
    await sweep_unfinished(later)
    await sweep_reservations(later)
    assert await audited(lab, 1) == [("unknown", 7)]
    state = await lab.state(budget["id"])
    assert (state["spent_micro_usd"], state["held_micro_usd"]) == (7, 0)
    assert all(count.adds_up for count in await all_counted(parts.settings.database_url))
