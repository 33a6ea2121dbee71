"""The product as `conducktor run` starts it, in a data directory of its own."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.support.ports import quiet_port
from tests.support.promptly import PATIENCE_S

BACKEND = Path(__file__).resolve().parents[2] / "backend"
READY_S = 90.0
STOP_S = 60.0
OWN_SETTINGS = ("CONDUCKTOR_", "DATABASE_URL", "QUEUE_URL")
KEPT_SETTINGS = ("CONDUCKTOR_WEB_ROOT",)


class Product:
    """One running installation. `log` is everything that it printed so far."""

    def __init__(self, data_dir: Path, port: int, environ: Mapping[str, str]) -> None:
        self.data_dir = data_dir
        self.port = port
        self.origin = environ.get("CONDUCKTOR_PUBLIC_URL") or f"http://localhost:{port}"
        self.endpoint = f"{self.origin}/api/conducktor-mcp"
        self._environ = environ
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._lines: list[str] = []

    @classmethod
    async def start(cls, data_dir: Path, **extra: str) -> "Product":
        port = quiet_port()
        environ = {
            **_foreign_environment(),
            "CONDUCKTOR_PORT": str(port),
            "CONDUCKTOR_SANDBOX_PORT": str(quiet_port()),
            "CONDUCKTOR_DATA_DIR": str(data_dir),
            "CONDUCKTOR_SANDBOX": "on",
            "CONDUCKTOR_OUTBOUND_ALLOW": "127.0.0.0/8,::1",
            # Each person of a journey comes from a network of his own, so that they do not share the limits of one.
            "CONDUCKTOR_TRUSTED_PROXIES": "127.0.0.1",
            "PYTHONPATH": str(BACKEND),
            **extra,
        }
        product = cls(data_dir, port, environ)
        await product.boot()
        return product

    @property
    def log(self) -> str:
        return "\n".join(self._lines)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def boot(self) -> None:
        """Start (again) and wait until it answers."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "conducktor.cli", "run", "--with-parent",
            env=self._environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
            limit=2**20,  # of one line
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read())
        health = f"http://127.0.0.1:{self.port}/healthz"  # also when TLS ends in front of it
        async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
            deadline = time.monotonic() + READY_S
            while time.monotonic() < deadline:
                if self._process.returncode is not None:
                    raise AssertionError(f"conducktor run ended with {self._process.returncode}:\n{self.log}")
                try:
                    if (
                        await http.get(health, headers={"Host": urlsplit(self.origin).netloc}, timeout=PATIENCE_S)
                    ).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.1)
        await self.stop(signal.SIGTERM)
        raise AssertionError(f"not ready after {READY_S} s:\n{self.log}")

    async def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it as Ctrl-C does (or as `number` does) and return its exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        async with asyncio.timeout(STOP_S):
            code = await self._process.wait()
        if self._reader:
            await self._reader
        return code

    async def printed(self, pattern: str, timeout_s: float = PATIENCE_S) -> str:
        """The first group of the last match of `pattern` in the log, waiting for it."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if found := re.findall(pattern, self.log):
                return str(found[-1])
            await asyncio.sleep(0.05)
        raise AssertionError(f"{pattern!r} was not printed:\n{self.log[-3000:]}")

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._lines.append(line.decode("utf-8", "replace").rstrip())


def _foreign_environment() -> dict[str, str]:
    """What this process was given, without settings that whoever runs the journeys uses for a product of his own."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OWN_SETTINGS) or name in KEPT_SETTINGS}
