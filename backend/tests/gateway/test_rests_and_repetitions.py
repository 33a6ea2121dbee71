"""A server that fails gets a rest, and only what can do no harm is sent again: as clients and the audit see it."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.connections.shelf import Shelf, tool
from tests.gateway.client import Client, text
from tests.product import Browser, decoded
from tests.support.promptly import PATIENCE_S, PROMPTLY_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import hang, reset, result

ANSWER = '{"content":[{"type":"text","text":"here"}]}'


@pytest.fixture
async def weak(ada: Browser) -> AsyncIterator[Shelf]:
    """An upstream of its own, so that its rest disturbs nobody."""
    tools = (
        tool("look", annotations={"readOnlyHint": True}),
        tool("put", annotations={"idempotentHint": True, "destructiveHint": False}),
        tool("send"),
    )
    async with Shelf(*tools) as server:
        server._behaviours["tools/call"] = result(ANSWER)
        decoded(await ada.post("/api/workspaces/lab/connections", {"name": "weak", "url": server.url}))
        yield server
        await ada.delete("/api/workspaces/lab/connections/weak")


async def test_a_server_that_failed_five_times_is_left_alone_and_the_answer_says_for_how_long(
    weak: Shelf, client: Client, ada: Browser
) -> None:
    weak._behaviours["tools/call"] = answer(b"", "503 Service Unavailable")
    for _ in range(5):
        assert "weak failed (503)" in text(await client.call("weak_send"))
    asked = len(weak.bodies("tools/call"))

    began = time.monotonic()
    refused = await client.call("weak_send")

    assert time.monotonic() - began < PROMPTLY_S
    assert len(weak.bodies("tools/call")) == asked
    assert "weak was not called: it failed 5 times in a row, in the end it failed with an error of its own" in text(refused)
    assert refused["structuredContent"]["fault"] == "paused"
    assert 0 < refused["structuredContent"]["retry_after_s"] <= 30
    assert (await _newest(ada, "weak"))["outcome"] == "upstream_error"


async def test_refusals_and_errors_of_tools_are_no_reason_for_a_rest(weak: Shelf, client: Client) -> None:
    failing = '{"isError":true,"content":[{"type":"text","text":"no such thing"}]}'
    for behaviour in (answer(b"", "403 Forbidden"), answer(b"", "429 Too Many Requests"), result(failing)):
        weak._behaviours["tools/call"] = behaviour
        for _ in range(6):
            assert (await client.call("weak_send"))["isError"] is True
    weak._behaviours["tools/call"] = result(ANSWER)
    assert text(await client.call("weak_send")) == "here"


async def test_a_call_that_was_never_sent_says_nothing_about_the_server(client: Client, ada: Browser) -> None:
    """Somebody who is not signed in does not end the rest of a server, nor the row of failures that leads to it."""
    where = "/api/workspaces/lab/connections"
    async with Shelf(tool("look", annotations={"readOnlyHint": True}), tool("send")) as server:
        decoded(await ada.post(where, {"name": "frail", "url": server.url, "auth": "bearer", "secret": "the-workspaces-key"}))
        decoded(await ada.patch(f"{where}/frail", {"personal_for": ["write"]}))
        server._behaviours["tools/call"] = answer(b"", "503 Service Unavailable")
        for _ in range(4):
            assert "frail failed (503)" in text(await client.call("frail_look"))
        assert "you are not signed in to it" in text(await client.call("frail_send"))
        assert "frail failed (503)" in text(await client.call("frail_look"))

        assert "it failed 5 times in a row" in text(await client.call("frail_look"))
        await ada.delete(f"{where}/frail")


@pytest.mark.parametrize("name", ["look", "put"])
async def test_what_can_do_no_harm_is_sent_again_and_the_audit_says_so(
    weak: Shelf, client: Client, ada: Browser, name: str
) -> None:
    weak._behaviours["tools/call"] = _at_first(reset, 2)

    assert text(await client.call(f"weak_{name}")) == "here"

    assert len(weak.bodies("tools/call")) == 3
    entry = await _newest(ada, "weak")
    assert entry["outcome"] == "ok"
    shown = decoded(await ada.get(f"/api/workspaces/lab/audit/{entry['id']}"))
    assert shown["decision"]["earlier_attempts"] == ["disconnected", "disconnected"]


async def test_after_three_attempts_it_is_said_what_was_tried(weak: Shelf, client: Client) -> None:
    weak._behaviours["tools/call"] = reset
    refused = await client.call("weak_look")
    assert len(weak.bodies("tools/call")) == 3
    assert refused["structuredContent"]["earlier_attempts"] == ["disconnected", "disconnected"]
    assert "closed the connection without an answer" in text(refused)


async def test_what_may_have_done_something_is_never_sent_again(weak: Shelf, client: Client) -> None:
    weak._behaviours["tools/call"] = reset
    assert (await client.call("weak_send"))["isError"] is True
    assert len(weak.bodies("tools/call")) == 1


async def test_nothing_is_sent_again_to_which_an_answer_had_begun(weak: Shelf, client: Client) -> None:
    async def break_off(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
        await writer.drain()
        writer.close()

    weak._behaviours["tools/call"] = break_off
    assert (await client.call("weak_look"))["isError"] is True
    assert len(weak.bodies("tools/call")) == 1


async def test_a_crowd_in_front_of_a_dead_server_is_repeated_only_in_small_part(weak: Shelf, client: Client) -> None:
    weak._behaviours["tools/call"] = _late_reset
    answers = await asyncio.gather(*(client.call("weak_look") for _ in range(40)))
    assert all(a["isError"] for a in answers)
    assert len(weak.bodies("tools/call")) <= 40 + 2 * 8


def _at_first(behaviour: Any, times: int) -> Any:
    left = [times]
    well: Any = result(ANSWER)

    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        left[0] -= 1
        await (behaviour if left[0] >= 0 else well)(received, writer)

    return behave


async def _late_reset(received: Received, writer: asyncio.StreamWriter) -> None:
    await asyncio.wait([asyncio.create_task(hang(received, writer))], timeout=0.2)
    await reset(received, writer)


async def _newest(ada: Browser, connection: str) -> Any:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = decoded(await ada.get(f"/api/workspaces/lab/audit?kind=call&connection={connection}"))["items"][0]
            if found["outcome"]:
                return found
            await asyncio.sleep(0.02)
