"""MCP servers made with the official SDK, on real sockets."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from mcp.server.mcpserver import Context, MCPServer

from tests.support.ports import fresh_listener
from tests.support.promptly import PATIENCE_S

logging.getLogger("mcp").setLevel(logging.ERROR)

Asgi = Any  # an ASGI application; the SDK gives its own Starlette type


@dataclass
class Seen:
    """What the server's tools noticed."""

    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    messages: list[dict[str, Any]] = field(default_factory=list)


def demo_server(seen: Seen) -> MCPServer:
    server = MCPServer("demo", version="1.2.3", title="A demo", instructions="Be kind.")

    @server.tool()
    def echo(text: str) -> str:
        """Say it back."""
        return text

    @server.tool()
    async def count(to: int, ctx: Context) -> str:
        """Report progress on the way."""
        for step in range(to):
            await ctx.report_progress(step, to, f"step {step}")
        return "counted"

    @server.tool()
    async def hang() -> str:
        """Never answer."""
        seen.started.set()
        try:
            await asyncio.Event().wait()
        except BaseException:
            seen.cancelled.set()
            raise
        return ""

    @server.tool()
    def fail() -> str:
        """Raise."""
        raise ValueError("the tool is broken")

    @server.resource("demo://greeting")
    def greeting() -> str:
        return "hello"

    @server.prompt()
    def ask(about: str) -> str:
        return f"Tell me about {about}"

    return server


@asynccontextmanager
async def serve(app: Asgi, seen: Seen | None = None, port: int = 0) -> AsyncIterator[str]:
    """The origin of `app` on a free loopback port; `seen.messages` then keeps each JSON-RPC message that arrives."""
    listener = fresh_listener(port=port)
    watched = _Watched(app, seen) if seen else app
    server = uvicorn.Server(uvicorn.Config(watched, log_level="error", lifespan="on", timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve([listener]))
    async with asyncio.timeout(PATIENCE_S):
        while not server.started:
            await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()


class LegacyOnly:
    """Refuses what came after 2025-11-25, as servers made before it do."""

    def __init__(self, app: Asgi) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope.get("headers", ()))
        if headers.get(b"mcp-protocol-version", b"").startswith(b"2026"):
            body = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad Request: Unsupported protocol version"}}'
            head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 400, "headers": head})
            await send({"type": "http.response.body", "body": body})
            return
        await self._app(scope, receive, send)


class _Watched:
    def __init__(self, app: Asgi, seen: Seen) -> None:
        self._app = app
        self._seen = seen

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""

        async def watching() -> Any:
            nonlocal body
            message = await receive()
            if message["type"] == "http.request":
                body += message.get("body", b"")
                if body and not message.get("more_body"):
                    self._seen.messages.append(json.loads(body))
            return message

        await self._app(scope, watching, send)
