"""The process: what it keeps, how it ends, what it refuses to start with, and how little it logs."""

import asyncio
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.process import DEADLINE_S, SandboxProcess, command, environment
from tests.support.promptly import PATIENCE_S

Start = Callable[[], SandboxProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts sandboxes one after the other on the same data; what still runs at the end is killed."""
    started: list[SandboxProcess] = []

    def start_one() -> SandboxProcess:
        started.append(SandboxProcess(tmp_path / "data", tmp_path / f"log-{len(started)}"))
        return started[-1]

    yield start_one
    for process in started:
        process.kill_if_running()


async def test_state_survives_a_restart_and_the_first_issue_is_the_guides(start: Start) -> None:
    first = start()
    async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
        assert (await http.get(f"http://127.0.0.1:{first.port}/healthz")).status_code == 200
        assert (
            await call(http, first, "issue-tracker", "create_issue", title="Fix login bug")
            == "Created issue ENG-456: Fix login bug"
        )
        await call(http, first, "code-host", "create_pr", repo="web", title="Fix it", head="fix-login")
        await call(http, first, "team-chat", "post_message", channel="#engineering", text="Login is fixed")
        refused_text = await call(http, first, "team-chat", "post_message", channel="#nowhere", text="Login is fixed")
        assert refused_text.startswith("There is no channel")
    assert first.stop(signal.SIGTERM) == 0
    assert len(first.log().splitlines()) == 1, "calls leave no trace in the log, least of all their arguments"

    second = start()
    async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
        assert "ENG-456" in await call(http, second, "issue-tracker", "search_issues", query="fix login")
        assert "web#84 [open] Fix it" in await call(http, second, "code-host", "list_prs", repo="web")
        assert "#engineering: How we build it. 2 messages" in await call(http, second, "team-chat", "list_channels")
        assert "ENG-457" in await call(http, second, "issue-tracker", "create_issue", title="Next")
    with socket.create_connection(("127.0.0.1", second.port)) as half_sent:
        half_sent.sendall(b"POST /team-chat/mcp HTTP/1.1\r\nHost: 127.0.0.1:1\r\nContent-Length: 100\r\n\r\n{")
        assert second.stop(signal.SIGINT) == 0


async def test_kill_9_loses_nothing_that_was_acknowledged(start: Start) -> None:
    victim = start()
    acknowledged: list[str] = []
    enough = asyncio.Event()

    async def create_until_the_end(http: httpx.AsyncClient) -> None:
        with suppress(httpx.TransportError):
            while True:
                acknowledged.append(await call(http, victim, "issue-tracker", "create_issue", title="Under load"))
                if len(acknowledged) == 60:
                    enough.set()

    async with httpx.AsyncClient(timeout=PATIENCE_S) as http, asyncio.TaskGroup() as callers:
        for _ in range(8):
            callers.create_task(create_until_the_end(http))
        await asyncio.wait_for(enough.wait(), timeout=PATIENCE_S)
        assert victim.stop(signal.SIGKILL) == -signal.SIGKILL

    survivor = start()
    kept = (survivor.data / "issue-tracker.json").read_text()
    missing = [text for text in acknowledged if f'"{text.split()[2].rstrip(":")}"' not in kept]
    assert not missing
    assert not list(survivor.data.glob("*.corrupt-*"))


def test_a_second_process_on_the_same_data_or_port_is_refused_in_one_line(sandbox: SandboxProcess, tmp_path: Path) -> None:
    same_data, same_port = refused(command(sandbox.data)), refused(command(tmp_path, sandbox.port))

    assert "another sandbox uses" in one_line(same_data)
    assert f"cannot listen on 127.0.0.1:{sandbox.port}: Address already in use" in one_line(same_port)


async def test_only_loopback_names_are_answered_on_loopback_and_only_by_post(sandbox: SandboxProcess) -> None:
    async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
        rebound = await http.post(sandbox.url("team-chat"), json={}, headers={"Host": "attacker.example.com"})
        foreign = await http.post(sandbox.url("team-chat"), json={}, headers={"Origin": "https://attacker.example.com"})
        stream = await http.get(sandbox.url("team-chat"), headers={"Accept": "text/event-stream"})

    assert (rebound.status_code, foreign.status_code, stream.status_code) == (421, 403, 405)


async def call(http: httpx.AsyncClient, process: SandboxProcess, service: str, tool: str, **arguments: Any) -> str:
    """The text of the answer. Plain HTTP, because a client of the SDK does not outlive the server's death quietly."""
    response = await http.post(
        process.url(service),
        headers={"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"},
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}},
    )
    text: str = response.raise_for_status().json()["result"]["content"][0]["text"]
    return text


def refused(arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(arguments, env=environment(), stderr=subprocess.PIPE, text=True)


def one_line(process: subprocess.Popen[str]) -> str:
    _, said = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 1
    assert len(said.splitlines()) == 1
    return said
