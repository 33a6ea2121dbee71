"""A server of the handshake era that asks on the stream of a call, and a client of that era that is asked."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from tests.connections.shelf import Shelf, tool
from tests.gateway.client import META, MODERN, Client
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import event, reply

Question = dict[str, Any]
FORM: Question = {
    "method": "elicitation/create",
    "params": {"message": "Sure?", "requestedSchema": {"type": "object", "properties": {"ok": {"type": "boolean"}}}},
}
LINK: Question = {
    "method": "elicitation/create",
    "params": {"mode": "url", "message": "Sign in", "url": "https://example.com/in?code=secret", "elicitationId": "e1"},
}
SAMPLE: Question = {
    "method": "sampling/createMessage",
    "params": {
        "messages": [{"role": "user", "content": {"type": "text", "text": "Hi"}}],
        "maxTokens": 9,
        "includeContext": "allServers",
    },
}
ROOTS: Question = {"method": "roots/list", "params": {}}
ABLE = {"elicitation": {"form": {}, "url": {}}, "sampling": {}, "roots": {"listChanged": True}}


class Curious(Shelf):
    """Asks what `rounds` say, each round at once, and answers the call with what it heard. `told` has the raw answers."""

    def __init__(self) -> None:
        super().__init__(tool("echo"))
        self.rounds: list[list[Question]] = [[FORM]]
        self.heard: dict[str, asyncio.Future[Any]] = {}
        self.handshakes: list[Any] = []
        self._ids = itertools.count(1)
        introduce = self._behaviours["initialize"]
        assert callable(introduce)

        async def initialize(received: Received, writer: asyncio.StreamWriter) -> None:
            self.handshakes.append(received.json["params"]["capabilities"])
            await introduce(received, writer)

        self._behaviours |= {"initialize": initialize, "tools/call": self._call, "(answer)": self._take}

    async def _call(self, received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        told = []
        for questions in self.rounds:
            asked = {f"q{next(self._ids)}": question for question in questions}
            for id_, question in asked.items():
                self.heard[id_] = asyncio.get_running_loop().create_future()
                _write(writer, event(json.dumps({"jsonrpc": "2.0", "id": id_, **question})))
            told += [await self.heard[id_] for id_ in asked]
        content = [{"type": "text", "text": json.dumps(told)}]
        _write(writer, event(reply(received, json.dumps({"content": content}))))
        writer.write(b"0\r\n\r\n")

    async def _take(self, received: Received, writer: asyncio.StreamWriter) -> None:
        said = received.json
        self.heard[said["id"]].set_result(said.get("result", said.get("error")))
        writer.write(answer(b"", "202 Accepted"))


def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(b"%x\r\n%b\r\n" % (len(data), data))


Answering = Callable[[Question], Awaitable[None]]


async def introduce(client: Client, abilities: dict[str, Any]) -> None:
    params = {"protocolVersion": "2025-11-25", "capabilities": abilities, "clientInfo": {"name": "test", "version": "1"}}
    assert (await client.legacy("initialize", params)).status_code == 200


async def asked_on_stream(
    client: Client, on_question: Answering, *, name: str = "curious_echo", state: str | None = None, **arguments: object
) -> Any:
    """The JSON-RPC answer to a call in the handshake era; what comes before it goes to `on_question`."""
    params = {"name": name, "arguments": arguments} | ({"requestState": state} if state else {})
    body = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}
    headers = {"Authorization": f"Bearer {client.token}", "Accept": "application/json, text/event-stream"}
    async with client.http.stream("POST", client.url, json=body, headers=headers) as response:
        if "event-stream" not in response.headers["content-type"]:
            return json.loads(await response.aread())
        async for line in response.aiter_lines():
            if line.startswith("data:"):
                message = json.loads(line.removeprefix("data:"))
                if message.get("id") == 7:
                    return message
                await on_question(message)
    raise AssertionError("the stream ended without an answer")


async def respond(client: Client, question: Question, result: object) -> httpx.Response:
    return await client.send(json.dumps({"jsonrpc": "2.0", "id": question["id"], "result": result}).encode())


async def call_modern(client: Client, *, abilities: dict[str, Any] = ABLE, name: str = "curious_echo", **more: object) -> Any:
    """The JSON-RPC answer to a call in the modern era."""
    meta = {**META, "io.modelcontextprotocol/clientCapabilities": abilities}
    params = {"name": name, "arguments": {"text": "hi"}, "_meta": meta, **more}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()
    headers = {"MCP_Protocol_Version": MODERN, "Mcp_Method": "tools/call", "Mcp_Name": name}
    return (await client.send(body, **headers)).json()
