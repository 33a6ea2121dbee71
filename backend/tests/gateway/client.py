"""An MCP client that writes exactly what a test says."""

from types import TracebackType
from typing import Any, Self

import httpx

from tests.oauth.app import App
from tests.product import KEEP_ALIVE, Browser, Product, decoded
from tests.support.promptly import PATIENCE_S

MODERN = "2026-07-28"
META = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}


class Client:
    """`async with await Client.authorized(product, browser, workspace) as client`."""

    def __init__(self, product: Product, token: str) -> None:
        self.url = f"{product.url}/api/conducktor-mcp"
        self.token = token
        self.http = httpx.AsyncClient(timeout=2 * PATIENCE_S, limits=KEEP_ALIVE)

    @classmethod
    async def authorized(
        cls, product: Product, browser: Browser, workspace: str, scopes: tuple[str, ...] = ("connections", "tools", "usage")
    ) -> "Client":
        return cls(product, (await App(product).tokens(browser, workspace, scopes)).access_token)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.http.aclose()

    async def send(self, content: bytes, *, path: str = "", **headers: str) -> httpx.Response:
        """Any bytes; header names with `_` for `-`."""
        given = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Accept": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(self.url + path, content=content, headers=given)

    async def legacy(self, method: str, params: object = None, *, id: int | str = 1, **more: str) -> httpx.Response:
        return await self.send(_encode({"jsonrpc": "2.0", "id": id, "method": method, "params": params or {}}), **more)

    async def modern(self, method: str, params: dict[str, Any] | None = None, **more: str) -> httpx.Response:
        params = params or {}
        headers = {"MCP_Protocol_Version": MODERN, "Mcp_Method": method}
        if name := params.get("uri" if method == "resources/read" else "name"):
            headers["Mcp_Name"] = name
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": META}}
        return await self.send(_encode(body), **(headers | more))

    async def call(self, tool: str, /, **arguments: object) -> dict[str, Any]:
        """The result of a tool call in the legacy era."""
        answer = decoded(await self.legacy("tools/call", {"name": tool, "arguments": arguments}))
        assert "result" in answer, answer
        result: dict[str, Any] = answer["result"]
        return result


def text(result: dict[str, Any]) -> str:
    said: str = result["content"][0]["text"]
    return said


def _encode(message: object) -> bytes:
    return httpx.Request("POST", "http://localhost", json=message).content
