"""Whatever an upstream does, the caller gets a result that says which connection failed and what to do."""

import asyncio
import time

import pytest

from tests.connections.shelf import Shelf, tool
from tests.gateway.client import Client, text
from tests.gateway.conftest import DEADLINE_S
from tests.product import Browser, decoded
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import Behaviour, hang, reply, reset, result, stream

TEN_MB = b'{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"' + b"x" * (11 * 1024 * 1024) + b'"}]}}'


async def drip(_received: Received, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.1)


BAD_UTF8 = b'{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"\xff"}]}}'

FAULTS: dict[str, Behaviour] = {
    "hangs": hang,
    "drips": drip,
    "resets": reset,
    "answers HTML": answer(b"<html>Bad gateway</html>", content_type="text/html"),
    "answers broken JSON": answer(b'{"jsonrpc":"2.0","id":1,"res'),
    "answers bad UTF-8": answer(BAD_UTF8),
    "answers nothing": answer(b""),
    "breaks its event stream": stream(b'data: {"jsonrpc":"2.0"\n\n'),
    "never ends its event stream": stream(b": still here\n\n", ends=False),
    "answers another question": answer(b'{"jsonrpc":"2.0","id":"wrong","result":{}}'),
    "asks for sign-in": answer(b"", "401 Unauthorized"),
    "refuses": answer(b"", "403 Forbidden"),
    "limits the rate": answer(b"", "429 Too Many Requests", headers=("Retry-After: 7",)),
    "fails": answer(b"oops", "500 Internal Server Error"),
    "is overloaded": answer(b"", "503 Service Unavailable"),
    "redirects": answer(b"", "307 Temporary Redirect", headers=("Location: http://127.0.0.1:1/",)),
    "answers 11 MB": answer(TEN_MB),
}

IN_PLAIN_WORDS = {
    "hangs": "did not answer within",
    "answers HTML": "a web page, which is not MCP",
    "asks for sign-in": "sign-in",
    "answers 11 MB": "more than Conducktor takes at once",
}


@pytest.fixture
async def broken(shelf: Shelf, client: Client, connected: str) -> Shelf:
    """About to be; it works when the test begins, so that one test's failures do not count toward the rest of the next."""
    shelf._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"well"}]}')
    assert text(await client.call("shelf_echo", text="hello")) == "well"
    return shelf


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_broken_upstream_becomes_a_tool_result_that_names_it(
    broken: Shelf, client: Client, ada: Browser, fault: str
) -> None:
    broken._behaviours["tools/call"] = FAULTS[fault]
    began = time.monotonic()

    answered = await client.call("shelf_echo", text="hello")

    assert time.monotonic() - began < DEADLINE_S + 1.0
    assert answered["isError"] is True
    assert "shelf" in text(answered)
    assert answered["structuredContent"]["next_step"]
    assert answered["structuredContent"]["connection"] == "shelf"
    assert "upstream-credential" not in str(answered)
    assert await _newest_outcome(ada) == "upstream_error"


@pytest.mark.parametrize("fault", IN_PLAIN_WORDS)
async def test_the_message_says_what_happened_in_plain_words(broken: Shelf, client: Client, fault: str) -> None:
    broken._behaviours["tools/call"] = FAULTS[fault]
    assert IN_PLAIN_WORDS[fault] in text(await client.call("shelf_echo", text="hello"))


async def test_a_rate_limit_tells_when_to_come_back(broken: Shelf, client: Client) -> None:
    broken._behaviours["tools/call"] = FAULTS["limits the rate"]
    assert (await client.call("shelf_echo", text="hello"))["structuredContent"]["retry_after_s"] == 7


async def test_a_connection_works_again_as_soon_as_its_server_does(broken: Shelf, client: Client) -> None:
    for fault in ("resets", "answers broken JSON", "never ends its event stream"):
        broken._behaviours["tools/call"] = FAULTS[fault]
        assert (await client.call("shelf_echo", text="hello"))["isError"] is True
        broken._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"back"}]}')
        assert text(await client.call("shelf_echo", text="hello")) == "back"


async def test_one_hanging_connection_slows_no_other(client: Client, ada: Browser) -> None:
    async with Shelf(tool("wait")) as stuck, Shelf(tool("quick")) as quick:
        stuck._behaviours["tools/call"] = hang
        quick._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"quick"}]}')
        for name, server in (("stuck", stuck), ("neighbour", quick)):
            decoded(await ada.post("/api/workspaces/lab/connections", {"name": name, "url": server.url}))
        waiting = [asyncio.create_task(client.call("stuck_wait")) for _ in range(20)]
        began = time.monotonic()
        answers = [await client.call("neighbour_quick") for _ in range(20)]
        took = time.monotonic() - began
        assert [text(a) for a in answers] == ["quick"] * 20
        assert took < DEADLINE_S, "the neighbour waited for the hanging one"
        assert all(a["isError"] for a in await asyncio.gather(*waiting))
        for name in ("stuck", "neighbour"):
            await ada.delete(f"/api/workspaces/lab/connections/{name}")


async def test_a_dead_upstream_stays_listed_and_says_so_when_called(client: Client, ada: Browser) -> None:
    async with Shelf({"name": "gone", "inputSchema": {"type": "object"}}) as server:
        decoded(await ada.post("/api/workspaces/lab/connections", {"name": "mortal", "url": server.url}))
    listed = decoded(await client.legacy("tools/list"))["result"]["tools"]

    assert "mortal_gone" in [t["name"] for t in listed]
    answered = await client.call("mortal_gone")
    assert answered["isError"] is True
    assert "mortal" in text(answered)
    await ada.delete("/api/workspaces/lab/connections/mortal")


async def test_an_upstreams_own_error_is_relayed_untouched(broken: Shelf, client: Client) -> None:
    async def fail(received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(
            answer(reply(received, "null").replace(b'"result":null', b'"error":{"code":-32042,"message":"odd","data":{"a":1}}'))
        )

    broken._behaviours["tools/call"] = fail
    said = (await client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}})).json()
    assert said["error"] == {"code": -32042, "message": "odd", "data": {"a": 1}}


async def _newest_outcome(ada: Browser) -> str:
    async with asyncio.timeout(5):
        while True:
            newest = decoded(await ada.get("/api/workspaces/lab/audit?kind=call"))["items"][0]
            if newest["outcome"]:
                return str(newest["outcome"])
            await asyncio.sleep(0.02)
