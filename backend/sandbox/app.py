"""The ASGI application: each service at its own path, and a health check."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from mcp.server.streamable_http_manager import StreamableHTTPASGIApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sandbox.code_host import CodeHost
from sandbox.issue_tracker import IssueTracker
from sandbox.store import Clock
from sandbox.team_chat import TeamChat


def create_app(directory: Path, host: str, clock: Clock) -> Starlette:
    """Load the state from `directory` and wire the services.

    On a loopback `host` only loopback Host and Origin headers are answered, against DNS rebinding.
    Raises OSError when a file there cannot be read or written.
    """
    servers = {
        "/issue-tracker/mcp": IssueTracker(directory, clock).server(),
        "/code-host/mcp": CodeHost(directory, clock).server(),
        "/team-chat/mcp": TeamChat(directory, clock).server(),
    }
    routes = [Route("/healthz", _healthz)]
    for path, server in servers.items():
        # Stateless, so that no client is left with a session that a restart has forgotten.
        server.streamable_http_app(streamable_http_path=path, stateless_http=True, json_response=True, host=host)
        # POST only: without sessions the SDK would answer GET with a stream on which nothing can ever come.
        routes.append(Route(path, StreamableHTTPASGIApp(server.session_manager), methods=["POST"]))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as running:
            for server in servers.values():
                await running.enter_async_context(server.session_manager.run())
            yield

    return Starlette(routes=routes, lifespan=lifespan)


async def _healthz(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok\n")
