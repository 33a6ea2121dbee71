"""The product as it is served: processes of their own, which may be killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from conducktor.settings import VARIABLES, Settings
from tests.gateway.client import Client
from tests.support.ports import quiet_port
from tests.support.promptly import PATIENCE_S

BACKEND = Path(__file__).parents[2]

_GIVEN = ("database_url", "data_dir", "outbound_allow", "local_servers", "call_deadline_s", "task_after_s", "stream_ping_s")


class Process:
    """`conducktor serve` on a port of its own, for the tokens of the product that the test runs.

    `under` are the words of a program that starts it, such as a tracer.
    """

    def __init__(self, settings: Settings, origin: str, log: Path, *, under: tuple[str, ...] = ()) -> None:
        self.port = quiet_port()
        given = {VARIABLES[field][0]: _said(getattr(settings, field)) for field in _GIVEN if getattr(settings, field)}
        given |= {VARIABLES["port"][0]: str(self.port), VARIABLES["public_url"][0]: origin, VARIABLES["worker"][0]: "separate"}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCKTOR_")}
        with log.open("ab") as written:
            self.process = subprocess.Popen(
                [*under, sys.executable, "-m", "conducktor.cli", "serve"],
                env={**environment, **given, "PYTHONPATH": str(BACKEND)},
                stdout=written, stderr=written, stdin=subprocess.DEVNULL, process_group=0,
            )  # fmt: skip

    async def ready(self) -> None:
        async with asyncio.timeout(2 * PATIENCE_S), httpx.AsyncClient(timeout=PATIENCE_S) as http:
            while True:
                try:
                    if (await http.get(f"{self.url}/healthz")).status_code == 200:
                        return
                except httpx.TransportError:
                    assert self.process.poll() is None
                await asyncio.sleep(0.05)

    def client(self, like: Client) -> Client:
        """The same ChatGPT, at this process."""
        other = Client(_Anywhere(self.url), like.token)  # type: ignore[arg-type]
        return other

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


class _Anywhere:
    def __init__(self, url: str) -> None:
        self.url = url


def _said(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


@contextmanager
def killed_in_the_end(processes: list[Process]) -> Iterator[list[Process]]:
    with ExitStack() as stack:
        for process in processes:
            stack.callback(process.kill)
        yield processes
