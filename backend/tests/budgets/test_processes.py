"""Budgets over real processes: exactly as many calls pass as there is money for, and a process that dies leaves nothing open."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from conducktor.audit.jobs import sweep_unfinished
from conducktor.budgets.jobs import sweep_reservations
from conducktor.core.clock import utc_now
from conducktor.infra.listener import any_free_port
from conducktor.settings import VARIABLES, Settings
from tests.budgets.counting import all_counted
from tests.budgets.lab import Lab
from tests.budgets.test_calls import _arrived, audited, until
from tests.gateway.client import Client, text
from tests.product import Product
from tests.support.rpc_server import hang

BACKEND = Path(__file__).parents[2]
CROWD = int(os.environ.get("BUDGET_CROWD", "120"))
REPEATS = int(os.environ.get("BUDGET_REPEATS", "1"))

_GIVEN = ("database_url", "data_dir", "outbound_allow", "call_deadline_s")


class Process:
    """`conducktor serve` on a port of its own, for the tokens of the product that the test runs."""

    def __init__(self, settings: Settings, origin: str, log: Path) -> None:
        self.port = any_free_port()
        given = {VARIABLES[field][0]: _said(getattr(settings, field)) for field in _GIVEN}
        given |= {VARIABLES["port"][0]: str(self.port), VARIABLES["public_url"][0]: origin, VARIABLES["worker"][0]: "separate"}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCKTOR_")}
        with log.open("ab") as written:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "conducktor.cli", "serve"],
                env={**environment, **given, "PYTHONPATH": str(BACKEND)},
                stdout=written, stderr=written, stdin=subprocess.DEVNULL,
            )  # fmt: skip

    async def ready(self) -> None:
        async with asyncio.timeout(60), httpx.AsyncClient() as http:
            while True:
                try:
                    if (await http.get(f"http://127.0.0.1:{self.port}/healthz")).status_code == 200:
                        return
                except httpx.TransportError:
                    assert self.process.poll() is None
                await asyncio.sleep(0.05)

    def client(self, like: Client) -> Client:
        """The same ChatGPT, at this process."""
        other = Client(_Anywhere(f"http://127.0.0.1:{self.port}"), like.token)  # type: ignore[arg-type]
        return other

    def kill(self) -> None:
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


class _Anywhere:
    def __init__(self, url: str) -> None:
        self.url = url


def _said(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


@contextmanager
def _killed_in_the_end(processes: list[Process]) -> Any:
    with ExitStack() as stack:
        for process in processes:
            stack.callback(process.kill)
        yield processes


@pytest.fixture(scope="module")
async def processes(product: Product, shared_settings: Settings) -> AsyncIterator[list[Process]]:
    origin, log = product.parts.settings.origin, shared_settings.data_dir / "processes.log"
    with _killed_in_the_end([Process(shared_settings, origin, log) for _ in range(2)]) as both:
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
