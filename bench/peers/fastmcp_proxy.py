"""FastMCP as a proxy, stateless and with JSON replies (faster than its default of SSE), without authentication.

Environment: UPSTREAMS (comma-separated URLs; several make a composite proxy), CLIENT: `default` (FastMCP opens a client for each
call) or `shared` (one client that stays connected: its best configuration).
"""

import contextlib
import logging
import os
from collections.abc import AsyncIterator
from typing import Any

from fastmcp import Client  # type: ignore[import-not-found]
from fastmcp.server import create_proxy  # type: ignore[import-not-found]
from fastmcp.server.providers.proxy import FastMCPProxy  # type: ignore[import-not-found]

logging.getLogger().setLevel(logging.WARNING)


def _target(urls: list[str]) -> Any:
    if len(urls) == 1:
        return urls[0]
    return {"mcpServers": {f"conn{number}": {"url": url, "transport": "http"} for number, url in enumerate(urls)}}


def _application(target: Any, shares_client: bool) -> Any:
    if not shares_client:
        return create_proxy(target, name="bench").http_app(path="/mcp", stateless_http=True, json_response=True)
    client = Client(target)
    proxy = FastMCPProxy(client_factory=lambda: client, name="bench")
    application = proxy.http_app(path="/mcp", stateless_http=True, json_response=True)
    own_lifespan = application.router.lifespan_context

    @contextlib.asynccontextmanager
    async def connected(asgi: Any) -> AsyncIterator[Any]:
        async with client, own_lifespan(asgi) as state:
            yield state

    application.router.lifespan_context = connected
    return application


app = _application(_target(os.environ["UPSTREAMS"].split(",")), os.environ["CLIENT"] == "shared")
