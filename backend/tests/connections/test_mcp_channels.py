"""What is kept of an upstream goes when nobody uses it: a session is left politely, and a replaced credential is not kept."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import uuid4

import pytest
from msgspec.structs import replace

from conducktor.connections.mcp_client import Endpoint, Era, McpClient, Transport
from conducktor.connections.mcp_request import Deadline
from conducktor.core.ids import ConnectionId
from conducktor.infra.http_client import HttpClient
from conducktor.settings import Settings
from tests.support.raw_server import Received, answer, eventually
from tests.support.rpc_server import INITIALIZED, RpcServer, event, reply, result

AT_ONCE = 0.0


@pytest.fixture
async def mcp(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[McpClient]:
    monkeypatch.setattr("conducktor.connections.mcp_channels.SWEEP_EVERY_S", 0.01)
    async with HttpClient(Settings(outbound_allow=("127.0.0.1",))) as http:
        client = McpClient(http, client_version="9.9")
        yield client
        await client.close()


@pytest.fixture
def nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conducktor.connections.mcp_channels.IDLE_S", AT_ONCE)


@pytest.fixture
def nothing_replaced_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conducktor.connections.mcp_channels.REPLACED_IDLE_S", AT_ONCE)


class Hotel(RpcServer):
    """Each session is known by the credential with which it was opened. A call waits for `may_end`."""

    def __init__(self) -> None:
        super().__init__({"initialize": self._open, "ping": result("{}"), "tools/call": self._call, "GET": self._listen})
        self.may_end = asyncio.Event()
        self.may_end.set()

    def guest(self, credential: str, holder: str = "") -> Endpoint:
        headers = (("Authorization", f"Bearer {credential}"),)
        return replace(self.endpoint(Era.LEGACY), connection_id=_CONNECTION, headers=headers, holder=holder)

    @property
    def left(self) -> list[str]:
        return [received.headers["mcp-session-id"] for received in self.received if received.method == "DELETE"]

    async def _open(self, received: Received, writer: asyncio.StreamWriter) -> None:
        session = received.headers["authorization"].removeprefix("Bearer ")
        writer.write(answer(reply(received, json.dumps(INITIALIZED)), headers=(f"Mcp-Session-Id: {session}",)))

    async def _call(self, received: Received, writer: asyncio.StreamWriter) -> None:
        await self.may_end.wait()
        writer.write(answer(reply(received, "{}")))

    async def _listen(self, _received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        await asyncio.Event().wait()


class Corridor(RpcServer):
    """HTTP+SSE: every answer comes on the one stream; that to a call when it `may_end`."""

    def __init__(self) -> None:
        super().__init__({"initialize": self._answer, "tools/call": self._answer, "GET": self._listen})
        self.may_end = asyncio.Event()
        self.open_streams = 0
        self._stream: asyncio.StreamWriter | None = None

    async def _answer(self, received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"", "202 Accepted"))
        await writer.drain()
        is_call = received.json["method"] == "tools/call"
        if is_call:
            await self.may_end.wait()
        assert self._stream
        self._stream.write(event(reply(received, "{}" if is_call else json.dumps(INITIALIZED))))

    async def _listen(self, _received: Received, writer: asyncio.StreamWriter) -> None:
        self._stream = writer
        self.open_streams += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: endpoint\ndata: /mcp\n\n")
        await writer.drain()
        with suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(b": still here\n\n")
                await writer.drain()
                await asyncio.sleep(0.01)
        self.open_streams -= 1


_CONNECTION = ConnectionId(uuid4())


async def call(mcp: McpClient, endpoint: Endpoint) -> None:
    told = await mcp.request(endpoint, "tools/call", b'{"name":"x"}', name="x", deadline_s=10)
    assert told.result is not None


@pytest.mark.usefixtures("nothing_is_kept")
async def test_a_session_that_nobody_uses_is_left_and_another_is_opened_when_need_be(mcp: McpClient) -> None:
    async with Hotel() as hotel:
        for times in (1, 2):
            await call(mcp, hotel.guest("ada"))
            await eventually(lambda times=times: len(hotel.left) == times)  # type: ignore[misc]
        assert len(hotel.bodies("initialize")) == 2


@pytest.mark.usefixtures("nothing_is_kept")
async def test_what_is_in_use_stays_however_long_it_takes(mcp: McpClient) -> None:
    async with Hotel() as hotel:
        standing = mcp.standing(hotel.guest("listening", holder="ada"), lambda _: None)
        await standing.open(frozenset(), Deadline(10))
        hotel.may_end.clear()
        async with asyncio.TaskGroup() as calls:
            calls.create_task(call(mcp, hotel.guest("calling", holder="bob")))
            await eventually(lambda: len(hotel.bodies("tools/call")) == 1)
            await mcp.request(hotel.guest("passing"), "ping", deadline_s=10)
            await eventually(lambda: bool(hotel.left))
            assert hotel.left == ["passing"]
            hotel.may_end.set()
        await eventually(lambda: hotel.left == ["passing", "calling"])
        await standing.close()
        await eventually(lambda: hotel.left == ["passing", "calling", "listening"])


@pytest.mark.usefixtures("nothing_replaced_is_kept")
async def test_a_replaced_credential_goes_when_its_calls_have_ended_and_nobody_elses_does(mcp: McpClient) -> None:
    async with Hotel() as hotel:
        await call(mcp, hotel.guest("of-bob", holder="bob"))
        hotel.may_end.clear()
        async with asyncio.TaskGroup() as calls:
            calls.create_task(call(mcp, hotel.guest("old")))
            await eventually(lambda: len(hotel.bodies("tools/call")) == 2)
            calls.create_task(call(mcp, hotel.guest("new")))
            await eventually(lambda: len(hotel.bodies("tools/call")) == 3)
            assert hotel.left == []
            hotel.may_end.set()
        await eventually(lambda: hotel.left == ["old"])
        await call(mcp, hotel.guest("new"))
        await call(mcp, hotel.guest("of-bob", holder="bob"))
        assert len(hotel.bodies("initialize")) == 3
        assert hotel.left == ["old"]


async def test_when_there_are_too_many_one_goes_that_is_not_in_use(mcp: McpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conducktor.connections.mcp_channels.MOST", 2)
    async with Hotel() as hotel:
        hotel.may_end.clear()
        async with asyncio.TaskGroup() as calls:
            calls.create_task(call(mcp, hotel.guest("calling", holder="bob")))
            await eventually(lambda: len(hotel.bodies("tools/call")) == 1)
            for guest in ("second", "third"):
                await mcp.request(hotel.guest(guest, holder=guest), "ping", deadline_s=10)
            await eventually(lambda: hotel.left == ["second"])
            hotel.may_end.set()


@pytest.mark.usefixtures("nothing_is_kept")
async def test_an_event_stream_goes_when_the_calls_on_it_have_ended(mcp: McpClient) -> None:
    async with Hotel() as hotel, Corridor() as corridor:
        endpoint = corridor.endpoint(None, Transport.SSE)
        async with asyncio.TaskGroup() as calls:
            calls.create_task(call(mcp, endpoint))
            await eventually(lambda: len(corridor.bodies("tools/call")) == 1)
            await mcp.request(hotel.guest("passing"), "ping", deadline_s=10)
            await eventually(lambda: bool(hotel.left))
            corridor.may_end.set()
        await eventually(lambda: corridor.open_streams == 0)
        assert len(corridor.bodies("initialize")) == 1
