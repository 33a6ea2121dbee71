"""The public status page: the service's own parts, nobody's data, no sign-in."""

import asyncio
import json
import re
from urllib.parse import urlsplit

import httpx
import msgspec

from conducktor.edges.service_status import WORKER_GRACE_S, StatusBoard
from conducktor.settings import Settings
from tests.connections.shelf import Shelf
from tests.product import decoded, running_product, signed_up
from tests.support.databases import at, execute
from tests.support.mail_server import mail_server
from tests.support.promptly import PATIENCE_S

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


async def test_everybody_may_see_how_the_service_is_and_nothing_else(settings: Settings) -> None:
    async with mail_server() as mail, Shelf() as shelf:
        whole = msgspec.structs.replace(settings, worker="in-process", smtp_url=mail.url)
        async with running_product(whole) as product, await signed_up(product, "ada@example.com") as ada:
            decoded(await ada.post("/api/workspaces/lab/connections", {"name": "hidden-shelf", "url": shelf.url}))
            async with httpx.AsyncClient(base_url=product.url, timeout=PATIENCE_S) as nobody:
                told = await nobody.get("/status")
                page = await nobody.get("/status", headers=BROWSER)
                same = await nobody.get("/status.json", headers=BROWSER)

    assert told.json() == same.json()
    assert told.status_code == 200
    assert (told.json()["state"], told.json()["words"]) == ("up", "Everything works.")
    assert {part["name"]: part["state"] for part in told.json()["parts"]} == {
        "Web application": "up",
        "MCP endpoint": "up",
        "Database": "up",
        "Worker and queue": "up",
        "Mail": "up",
    }
    assert told.headers["cache-control"] == "public, max-age=5"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Everything works." in page.text
    assert "http-equiv" not in page.text, "it is not loaded anew under a reader's eyes"
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
    assert "style-src 'sha256-" in page.headers["content-security-policy"]
    assert not re.search(r"hidden-shelf|ada@|\blab\b|127\.0\.0\.1|postgres", page.text + told.text, re.IGNORECASE)


async def test_a_database_that_is_away_is_said_and_so_is_a_worker(settings: Settings) -> None:
    async with running_product(settings) as product:
        parts = product.parts
        moment = [0.0]
        board = StatusBoard(parts.database, parts.changes, parts.doorbell, parts.mailer, parts.clock, lambda: moment[0])
        starting = await board.look()
        moment[0] += WORKER_GRACE_S + 1
        without_worker = await board.look()

        assert starting.state == "up"
        assert (without_worker.state, without_worker.parts[3].state, without_worker.parts[4].state) == ("degraded", "down", "off")

        name = urlsplit(settings.database_url).path.lstrip("/")
        elsewhere = at(settings.database_url, "postgres")
        await execute(elsewhere, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            await execute(elsewhere, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
            async with httpx.AsyncClient(base_url=product.url, timeout=PATIENCE_S) as nobody, asyncio.timeout(PATIENCE_S):
                page = await nobody.get("/status", headers=BROWSER)
        finally:
            await execute(elsewhere, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    assert page.status_code == 503
    assert "Calls are refused until the database is back." in page.text


async def test_a_crowd_costs_one_look(settings: Settings) -> None:
    async with running_product(settings) as product, httpx.AsyncClient(base_url=product.url, timeout=PATIENCE_S) as nobody:
        pages = await asyncio.gather(*(nobody.get("/status.json") for _ in range(20)))
    assert len({json.loads(page.text)["at"] for page in pages}) == 1
