"""A client's open stream: what it heard so far, and waiting for more."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.gateway.client import META, MODERN, Client
from tests.support.promptly import PATIENCE_S

STREAM = "application/json, text/event-stream"


class Ear:
    """`messages` in the order in which they came, `comments` beside them; `closed` is set at the stream's end."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.messages: list[dict[str, Any]] = []
        self.comments = 0
        self.closed = asyncio.Event()
        self._more = asyncio.Condition()

    @property
    def methods(self) -> list[str]:
        return [message.get("method", "(answer)") for message in self.messages]

    async def hears(self, method: str, *, times: int = 1, within_s: float = PATIENCE_S) -> dict[str, Any]:
        """Wait until it was heard so often; returns the newest one."""
        async with asyncio.timeout(within_s), self._more:
            await self._more.wait_for(lambda: self.methods.count(method) >= times)
        return [message for message in self.messages if message.get("method", "(answer)") == method][-1]

    async def hears_comments(self, more: int, *, within_s: float = PATIENCE_S) -> None:
        """Wait for so many from now on."""
        heard = self.comments
        async with asyncio.timeout(within_s), self._more:
            await self._more.wait_for(lambda: self.comments >= heard + more)

    async def listen(self) -> None:
        try:
            async for line in self.response.aiter_lines():
                async with self._more:
                    if line.startswith("data: "):
                        self.messages.append(json.loads(line.removeprefix("data: ")))
                    self.comments += line.startswith(":")
                    self._more.notify_all()
        except httpx.HTTPError:
            pass
        finally:
            self.closed.set()


@asynccontextmanager
async def listening(client: Client, path: str = "", *, id: int | str = 7, **notifications: object) -> AsyncIterator[Ear]:
    """`subscriptions/listen` of 2026-07-28, acknowledged."""
    params = {"notifications": notifications, "_meta": META}
    body = {"jsonrpc": "2.0", "id": id, "method": "subscriptions/listen", "params": params}
    headers = {
        "MCP-Protocol-Version": MODERN,
        "Mcp-Method": "subscriptions/listen",
        "Accept": STREAM,
    }
    async with _open(client, "POST", path, headers, json=body) as ear:
        await ear.hears("notifications/subscriptions/acknowledged")
        yield ear


@asynccontextmanager
async def standing(client: Client, path: str = "") -> AsyncIterator[Ear]:
    """The GET stream of the handshake era."""
    async with _open(client, "GET", path, {"Accept": "text/event-stream"}) as ear:
        yield ear


@asynccontextmanager
async def _open(client: Client, method: str, path: str, headers: dict[str, str], **given: Any) -> AsyncIterator[Ear]:
    headers = headers | {"Authorization": f"Bearer {client.token}"}
    async with (
        httpx.AsyncClient(timeout=2 * PATIENCE_S) as http,
        http.stream(method, client.url + path, headers=headers, **given) as response,
    ):
        assert response.status_code == 200, await response.aread()
        ear = Ear(response)
        reading = asyncio.create_task(ear.listen())
        try:
            yield ear
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
