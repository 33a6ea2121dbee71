"""A client ID metadata document, served over https as its client's author would."""

import asyncio
import json
from types import TracebackType
from typing import Any, Self

from tests.support.certificates import Authority
from tests.support.raw_server import RawServer, Received, answer

PATH = "/oauth/client.json"


class ClientDocument:
    """`async with ClientDocument(authority) as document`: what `content` says when it is fetched; `fetched` counts."""

    def __init__(self, authority: Authority) -> None:
        self._server = RawServer(self._answer, tls=authority.server("localhost"))
        self.content: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        self.url = f"https://localhost:{self._server.port}{PATH}"
        self.content = {"client_id": self.url, "client_name": "A test", "redirect_uris": ["http://127.0.0.1/callback"]}
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._server.__aexit__(kind, error, trace)

    @property
    def fetched(self) -> int:
        return len(self._server.received)

    async def _answer(self, received: Received, writer: asyncio.StreamWriter) -> None:
        assert received.path == PATH
        writer.write(answer(json.dumps(self.content).encode()))
