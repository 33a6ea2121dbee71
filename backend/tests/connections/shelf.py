"""An upstream whose tools, resources and prompts a test can change while it is connected."""

import asyncio
import json
from typing import Any

from tests.support.raw_server import Received, answer
from tests.support.rpc_server import Behaviour, RpcServer, reply

WORKING: Behaviour = b""


class Shelf(RpcServer):
    """Speaks 2025-11-25, stateless. `broken` replaces every answer while it is set, `failing` methods answer 500."""

    def __init__(self, *tools: dict[str, Any] | str) -> None:
        self.tools: list[dict[str, Any] | str] = list(tools)
        self.resources: list[dict[str, Any]] = []
        self.templates: list[dict[str, Any]] = []
        self.prompts: list[dict[str, Any]] = []
        self.broken: Behaviour = WORKING
        self.failing: set[str] = set()
        self.token: str | None = None
        listings = {
            "tools/list": lambda: ("tools", self.tools),
            "resources/list": lambda: ("resources", self.resources),
            "resources/templates/list": lambda: ("resourceTemplates", self.templates),
            "prompts/list": lambda: ("prompts", self.prompts),
        }
        super().__init__(
            {
                "server/discover": answer(b"no", "404 Not Found"),
                "initialize": self._answering(lambda: _INTRODUCTION),
                **{method: self._answering(lambda made=made: _page(*made())) for method, made in listings.items()},
            }
        )

    def _answering(self, make: Any) -> Behaviour:
        async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
            if self.token and received.headers.get("authorization") != f"Bearer {self.token}":
                writer.write(answer(b"", "401 Unauthorized"))
            elif received.json.get("method") in self.failing:
                writer.write(answer(b"", "500 Internal Server Error"))
            elif isinstance(self.broken, bytes) and not self.broken:
                writer.write(answer(reply(received, make())))
            elif isinstance(self.broken, bytes):
                writer.write(self.broken)
            else:
                await self.broken(received, writer)

        return behave


def tool(name: str, **more: Any) -> dict[str, Any]:
    """A tool that takes one text."""
    schema = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
    return {"name": name, "description": f"Does {name}.", "inputSchema": schema} | more


_INTRODUCTION = json.dumps(
    {
        "protocolVersion": "2025-11-25",
        "capabilities": {"tools": {}, "resources": {}, "prompts": {}},
        "serverInfo": {"name": "shelf", "title": "The shelf", "version": "7"},
        "instructions": "Take what you need.",
    }
)


def _page(field: str, items: list[Any]) -> str:
    """Items that are texts are written as they are."""
    return f'{{"{field}":[{",".join(i if isinstance(i, str) else json.dumps(i) for i in items)}]}}'
