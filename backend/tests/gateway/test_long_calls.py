"""A call that takes long is a task toward clients that can follow one; it goes on, and its answer is there for them alone."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from conducktor.gateway import jobs, long_calls
from conducktor.settings import Settings
from tests.connections.shelf import Shelf, tool
from tests.gateway.client import META, MODERN, Client, text
from tests.product import Browser, Product, decoded, running_product, signed_up
from tests.support.databases import copied, execute
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import event, reply
from tests.support.served import Process, killed_in_the_end

LAB = "/api/workspaces/lab"
TASKS = "io.modelcontextprotocol/tasks"
ABLE = {**META, "io.modelcontextprotocol/clientCapabilities": {"extensions": {TASKS: {}}}}
AFTER_S = 0.2
OK = '{"content":[{"type":"text","text":"write to somebody@example.com"}]}'


class Slow(Shelf):
    """Answers calls with `raw` as soon as it may; `cancelled` once it heard that nobody waits."""

    def __init__(self) -> None:
        super().__init__(tool("echo"))
        self._behaviours["tools/call"] = self._wait
        self._behaviours["notifications/cancelled"] = self._cancelled
        self.raw = f'"result":{OK}'
        self.may_answer = asyncio.Event()
        self.cancelled = asyncio.Event()

    def begin(self, raw: str = f'"result":{OK}') -> None:
        self.raw = raw
        self.may_answer.clear()
        self.cancelled.clear()
        self.received.clear()

    async def _wait(self, received: Received, writer: asyncio.StreamWriter) -> None:
        await self.may_answer.wait()
        writer.write(answer(f'{{"jsonrpc":"2.0","id":{json.dumps(received.json["id"])},{self.raw}}}'.encode()))

    async def _cancelled(self, _received: Received, writer: asyncio.StreamWriter) -> None:
        self.cancelled.set()
        writer.write(answer(b"", "202 Accepted"))


@pytest.fixture(scope="module")
async def product(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    async with copied(postgres, template) as url:
        settings = Settings(
            database_url=url,
            data_dir=tmp_path_factory.mktemp("long"),
            outbound_allow=("127.0.0.0/8",),
            worker="separate",
            call_deadline_s=60.0,
            task_after_s=AFTER_S,
        )
        async with running_product(settings) as running:
            yield running


@pytest.fixture(scope="module")
async def ada(product: Product) -> AsyncIterator[Browser]:
    async with await signed_up(product, "ada@example.com") as browser:
        yield browser


@pytest.fixture(scope="module")
async def client(product: Product, ada: Browser) -> AsyncIterator[Client]:
    async with await Client.authorized(product, ada, "lab") as authorized:
        yield authorized


@pytest.fixture(scope="module")
async def elsewhere(product: Product, client: Client) -> AsyncIterator[Client]:
    """The same app, at another process."""
    settings = msgspec.structs.replace(product.parts.settings, public_url=product.url)
    async with running_product(settings, process_index=1) as other:
        same = Client(product, client.token)
        same.url = f"http://127.0.0.1:{other.parts.settings.port}/api/conducktor-mcp"
        async with same:
            yield same


@pytest.fixture(scope="module")
async def server(ada: Browser) -> AsyncIterator[Slow]:
    async with Slow() as server:
        decoded(await ada.post(f"{LAB}/connections", {"name": "slow", "url": server.url, "auth": "none"}))
        yield server


@pytest.fixture
async def slow(server: Slow) -> AsyncIterator[Slow]:
    server.begin()
    yield server
    server.may_answer.set()


async def send(client: Client, method: str, params: dict[str, Any], meta: dict[str, Any] = ABLE, **more: str) -> httpx.Response:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": meta}}
    name = params["name"] if method == "tools/call" else params["taskId"]
    headers = {"MCP_Protocol_Version": MODERN, "Mcp_Method": method, "Mcp_Name": name}
    return await client.send(json.dumps(body).encode(), **(headers | more))


async def told(client: Client, method: str, task: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = decoded(await send(client, method, {"taskId": task["taskId"]}))["result"]
    return found


async def call(client: Client, meta: dict[str, Any] = ABLE) -> dict[str, Any]:
    asked = {"name": "slow_echo", "arguments": {"text": uuid4().hex}}
    answered: dict[str, Any] = decoded(await send(client, "tools/call", asked, meta))["result"]
    return answered


async def begun(client: Client) -> dict[str, Any]:
    task = await call(client)
    assert (task["resultType"], task["status"]) == ("task", "working"), task
    return task


async def ended(client: Client, task: dict[str, Any]) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        while (now := await told(client, "tasks/get", task))["status"] == "working":
            await asyncio.sleep(0.05)
    return now


async def lines(ada: Browser, method: str) -> list[dict[str, Any]]:
    found = decoded(await ada.get(f"{LAB}/audit", params={"tool": "echo"}))["items"]
    return [line for line in found if line["method"] == method]


async def test_a_long_call_is_a_task_that_any_process_tells_the_end_of(
    client: Client, elsewhere: Client, slow: Slow, ada: Browser
) -> None:
    before = len(await lines(ada, "tools/call"))
    task = await begun(client)
    waiting = [(await told(one, "tasks/get", task))["status"] for one in (client, elsewhere)]
    slow.may_answer.set()
    done = await ended(elsewhere, task)

    assert waiting == ["working", "working"]
    assert task["ttlMs"] > task["pollIntervalMs"] > 0
    assert (done["status"], done["resultType"]) == ("completed", "complete")
    assert text(done["result"]) == "write to somebody@example.com"
    assert (await ended(client, task))["result"] == done["result"]
    assert len(slow.bodies("tools/call")) == 1
    async with asyncio.timeout(PATIENCE_S):
        while (now := await lines(ada, "tools/call"))[0]["outcome"] != "ok":
            await asyncio.sleep(0.05)
        assert len(now) == before + 1
        while not await lines(ada, "tasks/get"):
            await asyncio.sleep(0.05)


async def test_a_call_that_ends_in_time_and_an_app_that_follows_no_tasks_get_the_plain_answer(
    product: Product, client: Client, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = product.parts.clock()
    slow.may_answer.set()
    with monkeypatch.context() as patient:
        patient.setattr(product.parts.long_calls, "_after_s", PATIENCE_S)
        assert text(await call(client)) == "write to somebody@example.com"
    slow.begin()
    waiting = asyncio.create_task(call(client, META))
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.wait({waiting}, timeout=3 * AFTER_S)
        assert not waiting.done()
        slow.may_answer.set()
        assert text(await waiting) == "write to somebody@example.com"
    rows = "ASSERT NOT EXISTS (SELECT FROM long_calls WHERE created_at >= "
    await execute(product.parts.settings.database_url, f"DO $$ BEGIN {rows}'{began.isoformat()}'); END $$")


async def test_what_the_service_says_later_does_not_reach_a_stream_that_ended(
    client: Client, slow: Slow, caplog: pytest.LogCaptureFixture
) -> None:
    async def speak(received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        await slow.may_answer.wait()
        token = received.json["params"]["_meta"]["progressToken"]
        note = {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": token, "progress": 1}}
        writer.write(event(json.dumps(note)) + event(reply(received, OK)))
        await writer.drain()
        writer.close()

    plain, slow._behaviours["tools/call"] = slow._behaviours["tools/call"], speak
    asked = {"name": "slow_echo", "arguments": {"text": "x"}}
    answered = await send(
        client, "tools/call", asked, {**ABLE, "progressToken": "mine"}, Accept="application/json, text/event-stream"
    )
    task = answered.json()["result"]
    slow.may_answer.set()
    done = await ended(client, task)
    slow._behaviours["tools/call"] = plain
    gc.collect()
    assert "never retrieved" not in caplog.text  # what asyncio says of a writer that failed alone
    assert text(done["result"]) == "write to somebody@example.com"


@pytest.mark.parametrize(
    ("raw", "status", "said"),
    [
        ('"error":{"code":-32050,"message":"no such project"}', "failed", "no such project"),
        ('"result":[]', "completed", "isError"),
        ('"result":{"resultType":"input_required","inputRequests":{},"requestState":"x"}', "completed", "nobody could be asked"),
    ],
)
async def test_ends_that_are_no_answer(client: Client, slow: Slow, raw: str, status: str, said: str) -> None:
    slow.begin(raw)
    task = await begun(client)
    slow.may_answer.set()
    done = await ended(client, task)
    assert done["status"] == status
    assert said in json.dumps(done)


async def test_an_answer_that_is_too_large_is_not_kept_and_says_so(
    client: Client, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_calls, "LARGEST_ANSWER", 10)
    task = await begun(client)
    slow.may_answer.set()
    done = await ended(client, task)
    assert done["result"]["isError"] is True
    assert "too large to be kept" in text(done["result"])


async def test_cancelling_in_another_process_ends_the_call_there(
    client: Client, elsewhere: Client, slow: Slow, ada: Browser
) -> None:
    task = await begun(client)
    assert await told(elsewhere, "tasks/cancel", task) == {"resultType": "complete"}
    async with asyncio.timeout(PATIENCE_S):
        await slow.cancelled.wait()
    assert (await told(elsewhere, "tasks/get", task))["status"] == "cancelled"
    async with asyncio.timeout(PATIENCE_S):
        while (await lines(ada, "tools/call"))[0]["outcome"] != "cancelled":
            await asyncio.sleep(0.05)


async def test_cancelling_too_late_changes_nothing(client: Client, slow: Slow) -> None:
    task = await begun(client)
    slow.may_answer.set()
    await ended(client, task)
    assert await told(client, "tasks/cancel", task) == {"resultType": "complete"}
    assert (await told(client, "tasks/get", task))["status"] == "completed"


async def test_when_its_process_was_killed_nobody_knows_what_became_of_it(product: Product, client: Client, slow: Slow) -> None:
    settings = product.parts.settings
    process = Process(settings, product.url, settings.data_dir / "killed.log")
    with killed_in_the_end([process]):
        await process.ready()
        async with process.client(client) as there:
            task = await begun(there)
        assert (await told(client, "tasks/get", task))["status"] == "working"
        process.kill()
    await execute(settings.database_url, "UPDATE long_calls SET lease_until = now() WHERE ended_at IS NULL")
    lost = await ended(client, task)
    assert lost["status"] == "failed"
    assert "it is not known whether the call was carried out" in lost["error"]["message"]


@pytest.mark.parametrize("method", ["tasks/get", "tasks/cancel"])
async def test_the_task_is_unknown_to_other_apps(product: Product, ada: Browser, client: Client, slow: Slow, method: str) -> None:
    task = await begun(client)
    async with await Client.authorized(product, ada, "lab") as other:
        refused = await send(other, method, {"taskId": task["taskId"]})
    assert refused.json()["error"]["code"] == -32602
    assert (await told(client, "tasks/get", task))["status"] == "working"


async def test_the_answer_is_given_out_under_todays_rules(client: Client, slow: Slow, ada: Browser) -> None:
    task = await begun(client)
    slow.may_answer.set()
    assert "somebody@example.com" in json.dumps(await ended(client, task))
    settings = {"what": ["emails"], "in_arguments": False, "in_results": True}
    wish = {"name": "Hide", "kind": "redact", "settings": settings, "what": {"tools": ["slow_*"]}}
    made = decoded(await ada.post(f"{LAB}/policies", wish))
    async with asyncio.timeout(PATIENCE_S):
        while "somebody@example.com" in json.dumps(await ended(client, task)):
            await asyncio.sleep(0.05)
    decoded(await ada.delete(f"{LAB}/policies/{made['id']}"))


async def test_beyond_the_bound_of_a_person_a_call_is_answered_when_it_ends(
    product: Product, client: Client, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while product.parts.long_calls._counts:
            await asyncio.sleep(0.01)
        monkeypatch.setattr(long_calls, "MOST_FOR_ONE", 1)
        task = await begun(client)
        second = asyncio.create_task(call(client))
        await asyncio.wait({second}, timeout=3 * AFTER_S)
        assert not second.done()
        slow.may_answer.set()
        assert text(await second) == "write to somebody@example.com"
        assert (await ended(client, task))["status"] == "completed"


async def test_what_is_kept_no_longer_has_expired_and_is_purged(product: Product, client: Client, slow: Slow) -> None:
    task = await begun(client)
    slow.may_answer.set()
    await ended(client, task)
    url = product.parts.settings.database_url
    await execute(url, "UPDATE long_calls SET expires_at = now() - interval '1 second'")
    async with asyncio.timeout(PATIENCE_S):
        while (gone := await send(client, "tasks/get", {"taskId": task["taskId"]})).status_code == 200:
            await asyncio.sleep(0.05)
    assert "expired" in gone.json()["error"]["message"]
    await jobs.purge_unfinished({"database": product.parts.database, "clock": product.parts.clock})
    await execute(url, "DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM long_calls); END $$")


async def test_when_the_product_stops_the_call_ends_and_another_process_says_that_nobody_knows(
    product: Product, client: Client, slow: Slow
) -> None:
    settings = msgspec.structs.replace(product.parts.settings, public_url=product.url)
    async with running_product(settings, process_index=1) as other:
        there = Client(product, client.token)
        there.url = f"http://127.0.0.1:{other.parts.settings.port}/api/conducktor-mcp"
        async with there:
            task = await begun(there)
    assert (await told(client, "tasks/get", task))["status"] == "failed"
