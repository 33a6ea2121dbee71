"""A workspace: somebody with a browser, a ChatGPT, and a connection to a server that a test directs."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg

from tests.connections.shelf import Shelf
from tests.gateway.client import Client
from tests.product import Browser, Product, decoded, signed_up
from tests.support.rpc_server import result

OK = '{"content":[{"type":"text","text":"done"}]}'
DOLLAR = 1_000_000


class Lab:
    """`url` ends with the workspace's slug. The tools of the shelf are `shelf_echo` and `shelf_other`."""

    def __init__(self, product: Product, browser: Browser, client: Client, shelf: Shelf, slug: str) -> None:
        self.product = product
        self.browser = browser
        self.client = client
        self.shelf = shelf
        self.slug = slug
        self.url = f"/api/workspaces/{slug}"

    async def get(self, path: str) -> Any:
        return decoded(await self.browser.get(self.url + path))

    async def price(self, micro_usd: int, *, tool: str | None = None, basis: str = "call", **more: Any) -> None:
        wish = {"connection": "shelf", "tool": tool, "basis": basis, "micro_usd": micro_usd, **more}
        decoded(await self.browser.request("PUT", f"{self.url}/prices", json=wish))

    async def budget(self, limit_micro_usd: int, **more: Any) -> dict[str, Any]:
        made: dict[str, Any] = decoded(
            await self.browser.post(f"{self.url}/budgets", {"name": "Tools", "limit_micro_usd": limit_micro_usd, **more})
        )
        return made

    async def state(self, budget_id: str) -> dict[str, Any]:
        """The budget's current period."""
        listed = await self.get("/budgets")
        state: dict[str, Any] = next(b["now"] for b in listed["items"] if b["id"] == budget_id)
        return state

    async def clear(self) -> None:
        """As if nothing had been priced, limited or called yet."""
        tables = "budgets, prices, spending, reservations, ledger, notices, audit_entries, audit_outcomes"
        await self.fetch(f"TRUNCATE {tables} CASCADE")
        await self.fetch("DELETE FROM connections WHERE name <> 'shelf'")
        await self.fetch("UPDATE workspaces SET time_zone = 'UTC'")
        await self._announce("budgets", "workspaces")
        self.answers()
        self.shelf.received.clear()

    async def reconnected(self) -> None:
        """The product reads its connections anew."""
        await self._announce("connections")

    async def _announce(self, *topics: str) -> None:
        (row,) = await self.fetch("SELECT id FROM workspaces WHERE slug = $1", self.slug)
        for topic in topics:
            await self.fetch("SELECT pg_notify('conducktor', $1)", json.dumps({"topic": topic, "workspace_id": str(row["id"])}))

    def answers(self, raw: str = OK) -> None:
        self.shelf._behaviours["tools/call"] = result(raw)

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        connection = await asyncpg.connect(self.product.parts.settings.database_url)
        rows: list[Any] = await connection.fetch(query, *arguments)
        await connection.close()
        return rows

    async def audited(self) -> list[tuple[str, int | None]]:
        """Outcome and cost of every finished call of a tool of the shelf, oldest first."""
        rows = await self.fetch(
            "SELECT o.outcome, o.cost_micro_usd FROM audit_entries e JOIN audit_outcomes o ON o.entry_id = e.id"
            " JOIN workspaces w ON w.id = e.workspace_id"
            " WHERE w.slug = $1 AND e.kind = 'call' AND e.connection_name = 'shelf' ORDER BY e.id",
            self.slug,
        )
        return [(row["outcome"], row["cost_micro_usd"]) for row in rows]


@asynccontextmanager
async def a_lab(product: Product) -> AsyncIterator[Lab]:
    name = f"lab {uuid4().hex[:8]}"
    async with await signed_up(product, f"{uuid4().hex[:8]}@example.com", workspace_name=name) as browser:
        slug = (await browser.session())["workspaces"][0]["slug"]
        async with Shelf("echo_", "other_") as shelf:
            shelf.tools = [json.loads(_TOOL % tool) for tool in ("echo", "other")]
            shelf._behaviours["tools/call"] = result(OK)
            wish = {"name": "shelf", "title": "The Shelf", "url": shelf.url, "auth": "none"}
            made = decoded(await browser.post(f"/api/workspaces/{slug}/connections", wish))
            assert made["state"] == "ACTIVE", made
            async with await Client.authorized(product, browser, slug) as client:
                yield Lab(product, browser, client, shelf, slug)


_TOOL = '{"name": "%s", "description": "Does it.", "inputSchema": {"type": "object", "properties": {}}}'
