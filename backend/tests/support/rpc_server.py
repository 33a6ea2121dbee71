"""A raw server that speaks JSON-RPC as a test dictates it: method → what is written."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from conducktor.connections.mcp_endpoint import Endpoint, Era, Transport
from conducktor.core.ids import ConnectionId
from tests.support.raw_server import RawServer, Received, answer

Behaviour = bytes | Callable[[Received, asyncio.StreamWriter], Awaitable[None]]
SECRET = "s3cr3t/credential"
INITIALIZED = {
    "protocolVersion": "2025-11-25",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "raw", "version": "0"},
}


class RpcServer(RawServer):
    """Legacy and stateless unless told otherwise: `initialize` succeeds, everything else does as `behaviours` say."""

    def __init__(self, behaviours: dict[str, Behaviour], **more: Any) -> None:
        super().__init__(self._behave, **more)
        self._behaviours = {"initialize": _initialize, "notifications/initialized": _ACCEPTED, **behaviours}

    def endpoint(self, era: Era | None = Era.LEGACY, transport: Transport = Transport.STREAMABLE_HTTP) -> Endpoint:
        return Endpoint(
            connection_id=ConnectionId(uuid4()),
            name="linear-prod",
            url=self.url,
            transport=transport,
            headers=(("Authorization", f"Bearer {SECRET}"),),
            era=era,
        )

    async def _behave(self, received: Received, writer: asyncio.StreamWriter) -> None:
        method = received.json.get("method", "(answer)") if received.body else received.method
        behaviour = self._behaviours.get(method, _ACCEPTED)
        if isinstance(behaviour, bytes):
            writer.write(behaviour)
        else:
            await behaviour(received, writer)


def result(raw: str, *headers: str) -> Behaviour:
    """Answers with this JSON as the result, under the id that was asked."""

    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(reply(received, raw), headers=headers))

    return behave


def reply(received: Received, raw: str) -> bytes:
    return f'{{"jsonrpc":"2.0","id":{json.dumps(received.json["id"])},"result":{raw}}}'.encode()


def error(code: int, message: str = "no", data: Any = None, status: str = "200 OK") -> Behaviour:
    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        told = {"code": code, "message": message} | ({} if data is None else {"data": data})
        body = {"jsonrpc": "2.0", "id": received.json.get("id"), "error": told}
        writer.write(answer(json.dumps(body).encode(), status))

    return behave


def stream(*parts: Callable[[Received], bytes] | bytes, ends: bool = True) -> Behaviour:
    """Answers with a chunked event stream of these parts; `ends=False` leaves it open."""

    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for part in parts:
            data = part(received) if callable(part) else part
            writer.write(b"%x\r\n%b\r\n" % (len(data), data))
            await writer.drain()
        if ends:
            writer.write(b"0\r\n\r\n")
        else:
            await asyncio.Event().wait()

    return behave


def event(data: str | bytes) -> bytes:
    return b"event: message\ndata: " + (data.encode() if isinstance(data, str) else data) + b"\n\n"


def answering(raw: str = '{"ok":true}') -> Callable[[Received], bytes]:
    return lambda received: event(reply(received, raw))


async def hang(_received: Received, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def reset(_received: Received, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


_ACCEPTED = answer(b"", "202 Accepted")
_initialize = result(json.dumps(INITIALIZED))
