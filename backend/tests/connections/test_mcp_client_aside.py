"""A question on the session's own stream names no call: it is put to the person whose session it is, if only one call runs."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from conducktor.connections.mcp_client import Behalf, Endpoint, Era, McpClient
from conducktor.connections.mcp_request import Inquiry
from conducktor.infra.http_client import HttpClient
from conducktor.settings import Settings
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import INITIALIZED, RpcServer, event, reply

FORM = {"method": "elicitation/create", "params": {"message": "Sure?", "requestedSchema": {"type": "object"}}}
ABLE = msgspec.Raw(b'{"elicitation":{"form":{}}}')


@pytest.fixture
async def mcp() -> AsyncIterator[McpClient]:
    async with HttpClient(Settings(outbound_allow=("127.0.0.1",))) as http:
        client = McpClient(http, client_version="9.9")
        yield client
        await client.close()


class Musing(RpcServer):
    """Asks on the stream of the session whose call it has, and answers the call with what it heard. `calls`: how many first."""

    def __init__(self, *, calls: int = 1, has_stream: bool = True) -> None:
        super().__init__({"initialize": self._open, "tools/call": self._call, "(answer)": self._take, "GET": self._listen})
        self.sessions = 0
        self._calls = asyncio.Barrier(calls)
        self._has_stream = has_stream
        self._streams: dict[str, asyncio.StreamWriter] = {}
        self._heard: dict[str, asyncio.Future[Any]] = {}

    async def _open(self, received: Received, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        writer.write(answer(reply(received, json.dumps(INITIALIZED)), headers=(f"Mcp-Session-Id: s{self.sessions}",)))

    async def _listen(self, received: Received, writer: asyncio.StreamWriter) -> None:
        if not self._has_stream:
            writer.write(answer(b"", "405 Method Not Allowed"))
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        self._streams[received.headers["mcp-session-id"]] = writer
        await asyncio.Event().wait()

    async def _call(self, received: Received, writer: asyncio.StreamWriter) -> None:
        await self._calls.wait()
        session = received.headers["mcp-session-id"]
        told: Any = "no stream"
        if stream := self._streams.get(session):
            asked = self._heard.setdefault(session, asyncio.get_running_loop().create_future())
            stream.write(event(json.dumps({"jsonrpc": "2.0", "id": session, **FORM})))
            told = await asked
        writer.write(answer(reply(received, json.dumps({"told": told}))))

    async def _take(self, received: Received, writer: asyncio.StreamWriter) -> None:
        said = received.json
        if not (heard := self._heard[said["id"]]).done():
            heard.set_result(said.get("result") or said["error"]["code"])
        writer.write(answer(b"", "202 Accepted"))


async def call(mcp: McpClient, endpoint: Endpoint, person: str) -> Any:
    async def say_who(inquiry: Inquiry) -> msgspec.Raw:
        assert inquiry.method == "elicitation/create"
        return msgspec.Raw(msgspec.json.encode({"action": "accept", "content": {"who": person}}))

    told = await mcp.request(
        endpoint,
        "tools/call",
        b'{"name":"x"}',
        name="x",
        deadline_s=PATIENCE_S,
        behalf=Behalf(ABLE, person=person),
        on_inquiry=say_who,
    )
    assert told.result is not None
    return json.loads(bytes(told.result))["told"]


async def test_people_are_asked_in_sessions_of_their_own_and_none_for_another(mcp: McpClient) -> None:
    async with Musing(calls=2) as server:
        endpoint = server.endpoint(Era.LEGACY)

        told = await asyncio.gather(call(mcp, endpoint, "ada"), call(mcp, endpoint, "grace"))

        assert [answered["content"]["who"] for answered in told] == ["ada", "grace"]
        assert server.sessions == 2


async def test_with_two_calls_of_one_person_nobody_knows_which_is_meant(mcp: McpClient) -> None:
    async with Musing(calls=2) as server:
        endpoint = server.endpoint(Era.LEGACY)

        told = await asyncio.gather(call(mcp, endpoint, "ada"), call(mcp, endpoint, "ada"))

        assert told[0] == told[1] == -32601
        assert server.sessions == 1


async def test_a_server_without_such_a_stream_is_asked_for_it_once(mcp: McpClient) -> None:
    async with Musing(has_stream=False) as server:
        endpoint = server.endpoint(Era.LEGACY)
        for _ in range(2):
            assert await call(mcp, endpoint, "ada") == "no stream"

        assert [r.method for r in server.received].count("GET") == 1
