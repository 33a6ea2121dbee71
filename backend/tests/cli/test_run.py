"""`conducktor run` as an operator meets it: it starts, heals, stops and survives being killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest

from conducktor.cli.serve import DRAIN_S
from tests.cli.installation import READY_WITHIN_S, Installation, is_gone, wait_until
from tests.product import Browser


@pytest.fixture
def other_program() -> Iterator[int]:
    """The port of a program that is not ours."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def remember_a_duck(installation: Installation) -> None:
    with psycopg.connect(installation.dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS duck AS SELECT 'Ada' AS name")


def the_duck(installation: Installation) -> object:
    with psycopg.connect(installation.dsn) as connection:
        return connection.execute("SELECT name FROM duck").fetchone()


def test_it_says_where_to_go_and_what_to_do_next(installation: Installation) -> None:
    assert f"http://localhost:{installation.port}\n" in installation.log
    assert f"http://localhost:{installation.port}/api/conducktor-mcp\n" in installation.log
    assert "chatgpt-mcp-client\n" in installation.log
    assert "Next step: open" in installation.log
    assert installation.is_healthy()


def test_no_password_is_in_a_command_line_or_in_the_log(installation: Installation) -> None:
    password = (installation.data_dir / "postgres" / "password").read_text()

    for pid in installation.children().values():
        assert password.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
    assert password not in installation.log


def test_while_a_killed_api_process_comes_back_no_connection_is_refused(installation: Installation) -> None:
    killed = installation.children()["api 0"]

    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: is_gone(killed))
    with ThreadPoolExecutor(8) as people:
        statuses = list(people.map(lambda _: installation.get("/healthz"), range(8)))

    assert statuses == [200] * 8
    assert installation.children()["api 0"] != killed
    assert "api 0 was killed by SIGKILL; starting it again" in installation.log


def test_a_killed_database_and_a_killed_sandbox_come_back(installation: Installation) -> None:
    remember_a_duck(installation)
    before = installation.children()

    for name in ("postgres", "sandbox"):
        os.kill(before[name], signal.SIGKILL)
    wait_until(lambda: installation.children().keys() == before.keys())
    wait_until(installation.is_healthy)

    after = installation.children()
    assert after["api 0"] == before["api 0"]
    assert the_duck(installation) == ("Ada",)
    assert "request.failed" not in installation.log  # away is an answer (503), not a failure of ours


def test_a_second_one_on_the_same_data_directory_is_refused_in_one_line(installation: Installation) -> None:
    second = installation.run("run", CONDUCKTOR_PORT="1024")

    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert f"is already used by process {installation.pid}" in second.stderr
    assert installation.is_healthy()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_the_next_start_finds_everything(
    installation: Installation, number: signal.Signals
) -> None:
    remember_a_duck(installation)
    children = installation.children()

    assert installation.signal(number) == 0

    assert all(is_gone(pid) for pid in children.values())
    log = (installation.data_dir / "postgres" / "server.log").read_text()
    assert log.rstrip().endswith("database system is shut down")
    installation.start()
    assert the_duck(installation) == ("Ada",)


async def test_an_open_page_does_not_hold_up_the_stop(installation: Installation) -> None:
    async with Browser(f"http://localhost:{installation.port}") as ada, httpx.AsyncClient(timeout=30) as http:
        workspace = (await ada.sign_up("ada@example.com"))["workspaces"][0]["slug"]
        cookies = "; ".join(f"{name}={value}" for name, value in ada.cookies.items())
        events = f"{ada.url}/api/workspaces/{workspace}/events"
        async with http.stream("GET", events, headers={"Cookie": cookies}) as page:
            lines = page.aiter_lines()
            await anext(lines)

            os.kill(installation.pid, signal.SIGTERM)

            began = time.monotonic()
            async for _ in lines:
                pass
            assert time.monotonic() - began < DRAIN_S / 2
    installation.stop()


def test_after_kill_9_nothing_stays_behind_and_a_start_right_away_loses_nothing(installation: Installation) -> None:
    remember_a_duck(installation)
    children = installation.children()

    assert installation.signal(signal.SIGKILL) == -signal.SIGKILL
    installation.start()

    assert the_duck(installation) == ("Ada",)
    wait_until(lambda: all(is_gone(pid) for pid in children.values()))


def test_the_sandbox_keeps_its_port_over_restarts(installation: Installation) -> None:
    port = (installation.data_dir / "sandbox" / "port").read_text()
    installation.stop()

    installation.start()

    command_line = Path(f"/proc/{installation.children()['sandbox']}/cmdline").read_bytes().decode()
    assert f"--port\0{port.strip()}\0" in command_line


def test_started_by_make_it_stops_when_make_is_killed(stopped_installation: Installation) -> None:
    installation = stopped_installation
    make = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys; child = subprocess.Popen(sys.argv[1:]); print(child.pid, flush=True); child.wait()",
            *(sys.executable, "-m", "conducktor.cli", "run", "--with-parent"),
        ],
        env=installation.environment(),
        stdout=subprocess.PIPE,
    )
    try:
        assert make.stdout
        run = int(make.stdout.readline())
        wait_until(installation.is_healthy, within_s=READY_WITHIN_S)
    finally:
        make.kill()
        make.communicate(timeout=30)

    wait_until(lambda: is_gone(run), within_s=60)


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("CONDUCKTOR_PORT", "{busy}", "Port {busy} is in use by another program. Stop that program, or choose another port"),
        ("CONDUCKTOR_SANDBOX_PORT", "{busy}", "Choose another with CONDUCKTOR_SANDBOX_PORT"),
        ("CONDUCKTOR_DATA_DIR", "/dev/null/var", "The data directory /dev/null/var cannot be written"),
        ("CONDUCKTOR_WEB_ROOT", "/nonexistent", "The web application is not built"),
        ("CONDUCKTOR_HOST", "192.0.2.1", "Set CONDUCKTOR_HOST to an address of this machine"),
        ("CONDUCKTOR_PORT", "eighty", "CONDUCKTOR_PORT='eighty' is not valid"),
        ("CONDUCKTOR_PUBLIC_URL", "http://conducktor.example.com", "must start with https://"),
        ("DATABASE_URL", "mysql://localhost/conducktor", "DATABASE_URL must start with postgresql://"),
    ],
)
def test_what_is_in_the_way_is_said_in_one_line(
    stopped_installation: Installation, other_program: int, setting: str, value: str, says: str
) -> None:
    refused = stopped_installation.run("run", **{setting: value.format(busy=other_program)})

    assert refused.returncode == 2
    assert says.format(busy=other_program) in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert "Traceback" not in refused.stdout + refused.stderr


def test_an_unreachable_database_is_said_without_its_password(stopped_installation: Installation) -> None:
    refused = stopped_installation.run("run", DATABASE_URL="postgresql://ada:a-secret-word@127.0.0.1:1/conducktor")

    assert refused.returncode == 2
    assert "The database cannot be reached" in refused.stderr
    assert "a-secret-word" not in refused.stdout + refused.stderr
