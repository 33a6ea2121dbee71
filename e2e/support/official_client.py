"""The official `mcp` client, with an ear on the wire: its models drop what they do not know, the bytes do not."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from e2e.support.server_sent_events import decoded_messages

TIMEOUT_S = 60.0


class Wire(httpx2.AsyncBaseTransport):
    """Passes everything on and keeps the JSON-RPC messages of POSTs, as they came."""

    def __init__(self) -> None:
        self._below = httpx2.AsyncHTTPTransport()
        self._exchanges: list[_Exchange] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._below.handle_async_request(request)
        if request.method == "POST" and request.headers.get("content-type", "").startswith("application/json"):
            assert isinstance(response.stream, httpx2.AsyncByteStream)
            exchange = _Exchange(json.loads(await request.aread()), response.headers.get("content-type", ""), response.stream)
            self._exchanges.append(exchange)
            response.stream = exchange
        return response

    async def aclose(self) -> None:
        await self._below.aclose()

    def answers(self, method: str) -> list[dict[str, Any]]:
        """The responses (`result` or `error`) to the requests of that method, in the order of asking."""
        asked = [exchange for exchange in self._exchanges if exchange.request.get("method") == method]
        return [message for exchange in asked for message in exchange.messages() if "id" in message and "method" not in message]

    def results(self, method: str) -> list[dict[str, Any]]:
        return [answer["result"] for answer in self.answers(method)]

    def notifications(self, method: str) -> list[dict[str, Any]]:
        """The params of each notification of that method that came on the way to a response."""
        told = (message for exchange in self._exchanges for message in exchange.messages())
        return [message["params"] for message in told if message.get("method") == method]


class _Exchange(httpx2.AsyncByteStream):
    def __init__(self, request: dict[str, Any], content_type: str, body: httpx2.AsyncByteStream) -> None:
        self.request = request
        self._content_type = content_type
        self._body = body
        self._heard = bytearray()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._body:
            self._heard += chunk
            yield chunk

    async def aclose(self) -> None:
        await self._body.aclose()

    def messages(self) -> list[dict[str, Any]]:
        return decoded_messages(self._content_type, self._heard.decode())


@asynccontextmanager
async def official_client(
    url: str, *, mode: str = "legacy", token: str | None = None, auth: httpx2.Auth | None = None
) -> AsyncIterator[tuple[Client, Wire]]:
    """Connected, in the handshake era unless `mode` is `auto`; with a bearer token or the client's own way to get one."""
    wire = Wire()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx2.AsyncClient(transport=wire, headers=headers, auth=auth, timeout=TIMEOUT_S) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client, wire
