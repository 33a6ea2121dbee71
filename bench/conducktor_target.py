"""The product as a target: `conducktor run` on a data directory of its own, set up over its public API as people do it."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from e2e.support.chatgpt import ChatGpt
from e2e.support.people import Person
from e2e.support.product import BACKEND, Product

from bench import machine
from bench.machine import GATEWAY_CORE, LOAD_CORE
from bench.rules import put_in_force
from bench.targets import ALL_TOOLS, Site, Target

_AT_ONCE = 5  # connections that are made side by side
_READY_S = 120


@contextmanager
def conducktor(site: Site) -> Iterator[Target]:
    """One workspace with all upstreams connected, one person, one token of the static client, no rules."""
    with _installation(site, "conducktor", _nothing) as target:
        yield target


@contextmanager
def conducktor_rules(site: Site) -> Iterator[Target]:
    """The same with 20 policies and three budgets in force."""
    with _installation(site, "conducktor-rules", put_in_force) as target:
        yield target


@contextmanager
def _installation(site: Site, name: str, rules: Callable[[Person], Awaitable[None]]) -> Iterator[Target]:
    """The API process has the gateway core for itself; its parent and its PostgreSQL stay on the load core."""
    port, log = machine.free_port(), site.directory / f"{name}.log"
    environment = _environment(port, site.directory / f"{name}-data")
    command = (sys.executable, "-P", "-m", "conducktor.cli", "run")
    with machine.running(command, LOAD_CORE, log, environment) as process:
        machine.wait_until_listening(process, port, log, _READY_S)
        machine.pin(_api_process(process.pid), GATEWAY_CORE)
        # Only its addresses: the harness has started it, pinned.
        product = Product(site.directory, port, environment)
        token = asyncio.run(_set_up(product, site, rules))
        yield Target(name=name, url=product.endpoint, tool="bench-0_echo", token=token, listed=ALL_TOOLS, pid=process.pid)


def _environment(port: int, data_dir: Path) -> dict[str, str]:
    return {
        "CONDUCKTOR_PORT": str(port),
        "CONDUCKTOR_DATA_DIR": str(data_dir),
        "CONDUCKTOR_PUBLIC_URL": "",
        "CONDUCKTOR_OUTBOUND_ALLOW": "127.0.0.0/8",
        "CONDUCKTOR_API_PROCESSES": "1",
        "CONDUCKTOR_SANDBOX": "off",
        "CONDUCKTOR_LOG_LEVEL": "warning",
        "PYTHONPATH": str(BACKEND),
        "DATABASE_URL": "",
        "QUEUE_URL": "",
    }


def _api_process(root: int) -> int:
    """The one process that serves. The parent listens before it starts it."""
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        for process in machine.tree(root):
            if "serve" in machine.arguments(process.pid):
                return process.pid
        time.sleep(0.05)
    raise SystemExit("bench: conducktor has started no API process")


async def _nothing(_: Person) -> None:
    return


async def _set_up(product: Product, site: Site, rules: Callable[[Person], Awaitable[None]]) -> str:
    """An access token that reaches every upstream."""
    await _until_ready(product)
    places = asyncio.Semaphore(_AT_ONCE)
    async with Person(product, "Owner") as owner, ChatGpt(product.endpoint) as client:

        async def connect(number: int, url: str) -> None:
            async with places:
                await owner.connect(name=f"bench-{number}", url=url, auth="bearer", secret="upstream-credential")

        await asyncio.gather(*(connect(number, url) for number, url in enumerate(site.upstreams)))
        await rules(owner)
        await client.connect(owner)
        return str(client.tokens["access_token"])


async def _until_ready(product: Product) -> None:
    """It listens before it answers: the parent holds the port while the database is being made."""
    async with asyncio.timeout(_READY_S), httpx.AsyncClient(timeout=_READY_S) as http:
        while (await http.get(f"{product.origin}/healthz")).status_code != 200:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
