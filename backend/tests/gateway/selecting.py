"""A connection with tools of each class, and toolsets over it."""

import asyncio
from typing import Any

from tests.connections.shelf import Shelf, tool
from tests.gateway.client import Client
from tests.product import Browser, decoded
from tests.support.promptly import PROMPTLY_S
from tests.support.rpc_server import result

BASE = "/api/workspaces/lab"
OK = '{"content":[{"type":"text","text":"done"}]}'


class Library(Shelf):
    """As the connection `library` it reads by `find`, writes by `lend`, destroys by `shred`."""

    def __init__(self, ada: Browser) -> None:
        hints = {"find": {"readOnlyHint": True}, "lend": {}, "shred": {"destructiveHint": True}}
        super().__init__(*(tool(name, annotations=given) for name, given in hints.items()))
        self._behaviours["tools/call"] = result(OK)
        self._ada = ada

    async def connect(self) -> None:
        decoded(await self._ada.post(f"{BASE}/connections", {"name": "library", "url": self.url}))

    async def disconnect(self) -> None:
        """With everything that a test made."""
        await self._ada.delete(f"{BASE}/connections/library")
        for made in decoded(await self._ada.get(f"{BASE}/toolsets"))["items"]:
            await self._ada.delete(f"{BASE}/toolsets/{made['name']}")

    @property
    def calls(self) -> list[str]:
        """The tools that were called here."""
        asked = [received.json for received in self.received if received.body]
        return [message["params"]["name"] for message in asked if message.get("method") == "tools/call"]


async def make_toolset(ada: Browser, **wish: object) -> dict[str, Any]:
    made: dict[str, Any] = decoded(await ada.post(f"{BASE}/toolsets", {"name": "reading"} | wish))
    return made


async def listed(client: Client, path: str = "") -> list[str] | None:
    """Names in the list; None when there is no such endpoint."""
    answer = await client.legacy("tools/list", path=path)
    return [t["name"] for t in answer.json()["result"]["tools"]] if answer.status_code == 200 else None


async def until_listed(client: Client, path: str, names: list[str] | None) -> None:
    """Changes are heard of within moments."""
    async with asyncio.timeout(PROMPTLY_S):
        while (found := await listed(client, path)) != names:
            await asyncio.sleep(0.01)
    assert found == names
