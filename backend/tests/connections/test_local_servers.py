"""Servers that this installation runs: from the operator's file only, within limits, and gone when they should be."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from conducktor.connections.local.servers import read_local_servers
from conducktor.connections.mcp_client import Endpoint, Fault, Transport, UpstreamError
from conducktor.core.errors import Invalid
from conducktor.core.ids import ConnectionId, new_id
from conducktor.settings import Settings
from tests.gateway.client import Client, text
from tests.gateway.ear import listening
from tests.product import Browser, Product, decoded, eventually, running_product, signed_up
from tests.support.databases import copied
from tests.support.promptly import PATIENCE_S

SERVER = Path(__file__).with_name("stdio_server.py")
KEY = "k3y-of-the-operator"
LAB = "/api/workspaces/lab/connections"

_started: list[tuple[str, ...]] = []


def _watch_processes(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("subprocess.Popen", "os.posix_spawn", "os.system", "os.exec", "os.fork"):
        words = arguments[1] if event == "subprocess.Popen" else arguments
        _started.append(tuple(str(word) for word in words))  # type: ignore[attr-defined]


sys.addaudithook(_watch_processes)


@pytest.fixture(scope="module")
async def product(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    folder = tmp_path_factory.mktemp("local")
    file = folder / "servers.toml"
    file.write_text(
        f"""
[servers.lab-tools]
title = "Lab tools"
command = {json.dumps(sys.executable)}
args = [{json.dumps(str(SERVER))}]
env = {{ API_KEY = "{KEY}" }}
open_files = 64
cpu_s = 100
"""
    )
    file.chmod(0o600)
    async with copied(postgres, template) as url:
        settings = Settings(database_url=url, data_dir=folder, worker="separate", local_servers=file, call_deadline_s=10)
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
async def connected(ada: Browser) -> str:
    made = decoded(await ada.post(LAB, {"service": "local-lab-tools"}))
    assert (made["name"], made["state"]) == ("lab-tools", "ACTIVE"), made
    return "lab-tools"


async def test_an_entry_of_the_file_is_offered_and_its_tools_work(client: Client, ada: Browser, connected: str) -> None:
    entry = decoded(await ada.get("/api/workspaces/lab/catalog", params={"search": "Lab tools"}))["items"][0]
    assert (entry["id"], entry["category"], entry["needs"]) == ("local-lab-tools", "Run by this installation", "nothing")
    answers = await asyncio.gather(*(client.call("lab-tools_echo", text=f"hello {n}") for n in range(20)))
    assert [text(answer) for answer in answers] == [f"hello {n}" for n in range(20)]


async def test_it_gets_the_environment_and_limits_of_its_entry_and_nothing_else(client: Client, connected: str) -> None:
    environment = json.loads(text(await client.call("lab-tools_environment")))
    environment.pop("LC_CTYPE", None)  # Python's own
    assert environment == {"API_KEY": KEY}
    assert json.loads(text(await client.call("lab-tools_limits"))) == [64, 100]


async def test_a_list_that_changes_is_stored(client: Client, connected: str) -> None:
    async with listening(client, f"/{connected}", toolsListChanged=True) as ear:
        decoded(await client.legacy("tools/call", {"name": "change"}, path=f"/{connected}"))
        await ear.hears("notifications/tools/list_changed")


async def test_a_crash_in_the_middle_of_a_call_is_told_without_secrets_and_it_is_started_again_after_a_pause(
    client: Client, connected: str
) -> None:
    said = await client.call("lab-tools_crash")
    assert said["isError"] is True
    assert "lab-tools ended with exit code 3 before it answered. Its last words: I give up, my key was [redacted]" in text(said)
    await _answers(client)
    await client.call("lab-tools_crash")  # a short life this time
    assert "is started again in" in text(await client.call("lab-tools_echo", text="are you there?"))
    await _answers(client)


async def test_those_who_manage_connections_read_what_it_complained_about_without_secrets(
    client: Client, ada: Browser, connected: str
) -> None:
    await _answers(client)
    log = decoded(await ada.get(f"{LAB}/{connected}/log"))

    assert "started with key [redacted]" in log["lines"]
    assert KEY not in str(log)
    assert (log["process"], log["is_running"], log["since"] is not None) == (os.getpid(), True, True)


async def test_there_is_no_log_of_what_was_not_run_since_the_connection_was_changed(ada: Browser) -> None:
    made = decoded(await ada.post(LAB, {"service": "local-lab-tools", "name": "quiet"}))
    assert made["name"] == "quiet"
    decoded(await ada.patch(f"{LAB}/quiet", {"is_enabled": False}))

    log = decoded(await ada.get(f"{LAB}/quiet/log"))
    assert (log["since"], log["is_running"], log["lines"]) == (None, False, [])


async def test_nothing_that_a_request_says_starts_a_process(client: Client, ada: Browser, connected: str) -> None:
    _started.clear()
    command = {"command": "/bin/sh", "args": ["-c", "true"], "env": {"A": "b"}}
    for wish in (
        {"name": "evil", "url": "stdio:lab-tools", "transport": "stdio"},
        {"name": "evil", "url": "stdio:/bin/sh", "auth": "none"},
        {"name": "evil", "url": "http://127.0.0.1:9/mcp", "transport": "stdio", "auth": "none"},
        {"name": "evil", "transport": "stdio", **command},
        {"name": "evil", "service": "local-../../bin/sh"},
        {"name": "evil", "service": "local-lab-tools", "url": "stdio:/bin/sh"},
        {"name": "evil", "service": "local-lab-tools", "variables": {"command": "/bin/sh"}, "secret": "sesame-open"},
    ):
        assert (await ada.post(LAB, wish)).status_code == 422, wish
        answer = await client.legacy("tools/call", {"name": "conducktr_create_connection", "arguments": wish})
        assert "error" in answer.json() or answer.json()["result"]["isError"], wish
    for change in ({"transport": "sse"}, {"url": "https://example.com/mcp"}, {"auth": "bearer", "secret": "sesame-open"}):
        assert (await ada.patch(f"{LAB}/{connected}", change)).status_code == 422, change
    await client.call("lab-tools_echo", text="x", command="/bin/sh", env={"PATH": "/tmp"})
    assert {words for words in _started if words[:1] != ("/bin/sleep",)} <= {(sys.executable, str(SERVER))}


async def test_disabling_a_connection_ends_its_process_and_all_that_it_started(
    client: Client, ada: Browser, connected: str
) -> None:
    pids = json.loads(text(await client.call("lab-tools_offspring")))
    assert all(map(_runs, pids))
    decoded(await ada.patch(f"{LAB}/{connected}", {"is_enabled": False}))
    await eventually(lambda: not any(map(_runs, pids)))
    decoded(await ada.patch(f"{LAB}/{connected}", {"is_enabled": True}))


async def test_one_that_stops_reading_holds_up_no_call_for_long_and_is_ended_in_the_end(product: Product, connected: str) -> None:
    entry = Endpoint(connection_id=ConnectionId(new_id()), name="deaf", url="stdio:lab-tools", transport=Transport.STDIO)
    mcp = product.parts.mcp
    turns_deaf, large = b'{"name":"deaf","arguments":{}}', b'{"name":"echo","arguments":{"text":"%s"}}' % (b"x" * 1_000_000)
    try:
        async with asyncio.timeout(30):
            for wish in (turns_deaf, large):
                with pytest.raises(UpstreamError) as refused:
                    await mcp.request(entry, "tools/call", wish, deadline_s=1)
                assert refused.value.fault is Fault.TIMED_OUT
            many = [mcp.request(entry, "tools/call", large, deadline_s=25) for _ in range(20)]
            refusals = await asyncio.gather(*many, return_exceptions=True)
            assert all("before it answered" in str(refusal) for refusal in refusals)
            local = mcp.local(entry)
            assert local is not None
            assert any("stopped reading" in line for line in local.log)
            await eventually(lambda: not local.is_running, within_s=10)
    finally:
        await mcp.forget(entry)


async def test_a_complaint_that_is_too_long_to_keep_does_not_end_its_log(client: Client, ada: Browser, connected: str) -> None:
    assert text(await client.call("lab-tools_shout")) == "shouted"
    assert text(await client.call("lab-tools_shout")) == "shouted"

    assert "that was loud" in decoded(await ada.get(f"{LAB}/{connected}/log"))["lines"]


async def test_a_withdrawn_call_leaves_the_server_usable(client: Client, connected: str) -> None:
    hanging = asyncio.create_task(client.call("lab-tools_hang"))
    await asyncio.sleep(0)
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)
    assert text(await client.call("lab-tools_echo", text="still here")) == "still here"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[servers.x]\ncommand = 'echo'", "full path"),
        ("[servers.X]\ncommand = '/bin/echo'", "lower-case"),
        ("[servers.x]\ncommand = '/bin/echo'\nshell = true", "shell"),
        ("[servers.x]\ncommand = '/bin/echo'\nmemory_mb = 0", "above 0"),
        ("[servers.x\n", "cannot be used"),
    ],
)
def test_a_file_that_is_not_usable_is_refused_at_the_start(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "servers.toml"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(Invalid, match=complaint):
        read_local_servers(file)


def test_a_file_that_others_may_write_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "servers.toml"
    file.write_text("")
    file.chmod(0o666)
    with pytest.raises(Invalid, match="written by others"):
        read_local_servers(file)


async def _answers(client: Client) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while text(await client.call("lab-tools_echo", text="hello again")) != "hello again":
            await asyncio.sleep(0.1)


def _runs(pid: int) -> bool:
    with suppress(OSError):
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return False
