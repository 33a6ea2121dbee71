"""A stream that an upstream lets go before its answer is taken up again, as often and as late as it says, within the deadline."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from conducktor.connections.mcp_client import Era, Fault, McpClient, UpstreamError
from conducktor.infra.http_client import HttpClient
from conducktor.settings import Settings
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import INITIALIZED, RpcServer, event, reply, result, stream

PRIMING = b"id: one\nretry: 200\ndata:\n\n"


@pytest.fixture
async def mcp() -> AsyncIterator[McpClient]:
    async with HttpClient(Settings(outbound_allow=("127.0.0.1",))) as http:
        client = McpClient(http, client_version="9.9")
        yield client
        await client.close()


class Interrupting(RpcServer):
    """With a session: its first stream of a call ends at once, and each that takes it up does as `later` says, in turn."""

    def __init__(self, *later: object, has_session: bool = True) -> None:
        headers = ("Mcp-Session-Id: s1",) if has_session else ()
        super().__init__({"initialize": result(json.dumps(INITIALIZED), *headers), "tools/call": self._call, "GET": self._go_on})
        self._later = list(later)
        self._asked: Received | None = None
        self.at: list[float] = []

    @property
    def resumed(self) -> list[str]:
        """The `Last-Event-ID` of each stream that took it up."""
        return [r.headers["last-event-id"] for r in self.received if r.method == "GET"]

    async def _call(self, received: Received, writer: asyncio.StreamWriter) -> None:
        self._asked = received
        await stream(PRIMING)(received, writer)  # type: ignore[operator]
        self.at.append(asyncio.get_running_loop().time())

    async def _go_on(self, received: Received, writer: asyncio.StreamWriter) -> None:
        self.at.append(asyncio.get_running_loop().time())
        part = self._later.pop(0)
        if part == "answer":
            assert self._asked is not None
            part = event(reply(self._asked, '{"content":[]}'))
        if part == "refuse":
            writer.write(answer(b"", "405 Method Not Allowed"))
            return
        assert isinstance(part, bytes)
        await stream(part)(received, writer)  # type: ignore[operator]


async def call(mcp: McpClient, server: RpcServer, era: Era = Era.LEGACY, deadline_s: float = PATIENCE_S) -> bytes:
    told = await mcp.request(server.endpoint(era), "tools/call", b'{"name":"x"}', name="x", deadline_s=deadline_s)
    assert told.result is not None
    return bytes(told.result)


async def test_a_stream_is_taken_up_after_the_pause_and_the_event_that_the_server_named(mcp: McpClient) -> None:
    async with Interrupting(b"id: two\ndata:\n\n", b": nothing new\n\n", "answer") as server:
        assert await call(mcp, server) == b'{"content":[]}'

        assert server.resumed == ["one", "two", "two"]
        assert all(later - earlier > 0.19 for earlier, later in zip(server.at, server.at[1:], strict=False))


async def test_a_server_that_does_not_go_on_has_broken_off(mcp: McpClient) -> None:
    async with Interrupting("refuse") as server:
        with pytest.raises(UpstreamError) as raised:
            await call(mcp, server)

    assert (raised.value.fault, raised.value.may_have_run) == (Fault.DISCONNECTED, True)


async def test_taking_up_ends_with_the_deadline(mcp: McpClient) -> None:
    async with Interrupting(*[PRIMING] * 100) as server:
        with pytest.raises(UpstreamError) as raised:
            await call(mcp, server, deadline_s=1.5)

        assert raised.value.may_have_run
        assert len(server.resumed) < 10


async def test_without_a_session_nothing_is_taken_up(mcp: McpClient) -> None:
    async with Interrupting("answer", has_session=False) as server:
        for era in Era:
            with pytest.raises(UpstreamError):
                await call(mcp, server, era)

        assert server.resumed == []
