"""The sandbox as people run it: a process of its own, on a free port."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from mcp import Client

Connect = Callable[[str], Client]
"""service → a client for it, to be entered with `async with`"""

BACKEND = Path(__file__).resolve().parents[2]
DEADLINE_S = 60  # a cold import of the SDK on a busy machine


class SandboxProcess:
    """A running `python -m sandbox`. Starting it waits until it listens."""

    def __init__(self, data: Path, log: Path, port: int = 0) -> None:
        self.data, self._log = data, log
        with log.open("w") as stderr:
            self._process = subprocess.Popen(command(data, port), env=environment(), stderr=stderr)
        self.port = self._wait_for_port()

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.port}/{service}/mcp"

    def log(self) -> str:
        return self._log.read_text()

    def stop(self, wanted: signal.Signals = signal.SIGTERM) -> int:
        """Signal it and return its exit status."""
        self._process.send_signal(wanted)
        return self._process.wait(DEADLINE_S)

    def kill_if_running(self) -> None:
        if self._process.poll() is None:
            self.stop(signal.SIGKILL)

    def _wait_for_port(self) -> int:
        give_up_at = time.monotonic() + DEADLINE_S
        while time.monotonic() < give_up_at and self._process.poll() is None:
            if found := re.search(r"event=sandbox\.listening .*port=(\d+)", self.log()):
                return int(found[1])
            time.sleep(0.02)
        self._process.kill()
        raise AssertionError(f"the sandbox did not start: {self.log()}")


def command(data: Path, port: int = 0) -> list[str]:
    return [sys.executable, "-m", "sandbox", "--port", str(port), "--data", str(data)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(BACKEND)}
