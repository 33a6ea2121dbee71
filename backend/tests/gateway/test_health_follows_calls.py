"""A failing call is news about its connection: the worker looks at once, not at its next round."""

import asyncio

import msgspec

from conducktor.settings import Settings
from tests.connections.shelf import Shelf, tool
from tests.gateway.client import Client
from tests.product import decoded, running_product, signed_up
from tests.support.promptly import PATIENCE_S


async def test_health_says_so_soon_after_a_call_found_the_server_gone(settings: Settings) -> None:
    working = msgspec.structs.replace(settings, worker="in-process")
    async with running_product(working) as product, await signed_up(product, "ada@example.com") as ada:
        async with Shelf(tool("echo")) as shelf:
            decoded(await ada.post("/api/workspaces/lab/connections", {"name": "shelf", "url": shelf.url}))
            client = await Client.authorized(product, ada, "lab")
        async with client:
            assert (await client.call("shelf_echo", text="anybody there"))["isError"] is True
            async with asyncio.timeout(PATIENCE_S):
                while (health := decoded(await ada.get("/api/workspaces/lab/connections/shelf/health")))["state"] != "ERROR":
                    await asyncio.sleep(0.05)
    assert "shelf" in health["cause"]
