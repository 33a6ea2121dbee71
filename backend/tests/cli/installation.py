"""A real installation: `conducktor run` in a process of its own, with its own data directory and ports."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

from conducktor.infra.embedded_postgres import running_dsn
from tests.support.ports import quiet_port

BACKEND = Path(__file__).parents[2]
READY_WITHIN_S = 90.0  # generous: the machine may be busy with other tests


class Installation:
    def __init__(self, place: Path) -> None:
        self.place = place
        self.data_dir = place / "var"
        self.port = quiet_port()
        self._log = place / "log"
        self._process: subprocess.Popen[bytes] | None = None
        (place / "web").mkdir()
        (place / "web" / "index.html").write_text("<!doctype html>")

    @property
    def log(self) -> str:
        return self._log.read_text()

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def dsn(self) -> str:
        dsn = running_dsn(self.data_dir / "postgres")
        assert dsn
        return dsn

    def ensure_running(self) -> None:
        if self._process is None or self._process.poll() is not None:
            self.start()

    def start(self, *options: str) -> None:
        self._spawn(*options)
        wait_until(self._is_ready, within_s=READY_WITHIN_S)

    def signal(self, number: signal.Signals) -> int:
        """Send it and return the exit code; negative when the signal killed it."""
        os.kill(self.pid, number)
        assert self._process
        return self._process.wait(60)

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self.signal(signal.SIGTERM)

    def run(self, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """A `conducktor` command to its end, with this installation's settings unless others are given."""
        argv = [sys.executable, "-m", "conducktor.cli", *arguments]
        environment = self.environment(**settings)
        return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=READY_WITHIN_S, check=False)

    def children(self) -> dict[str, int]:
        """Name → process id of what the parent runs: `api 0`, `sandbox`, `postgres`."""
        found: dict[str, int] = {}
        for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            if words == [""]:  # dead, and nobody has taken notice yet
                continue
            index = next((word.partition("=")[2] for word in words if word.startswith("--index=")), None)
            name = f"api {index}" if index else "postgres" if words[0].endswith("/postgres") else words[3]
            found[name] = int(pid)
        return found

    def get(self, path: str) -> int:
        """The status of a GET on a new connection, waiting for as long as the server lets it wait."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=READY_WITHIN_S)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status
        finally:
            connection.close()

    def is_healthy(self) -> bool:
        try:
            return self.get("/healthz") == 200
        except OSError:
            return False

    def environment(self, **settings: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCKTOR_")}
        return {
            **inherited,
            "PYTHONPATH": str(BACKEND),
            "DATABASE_URL": "",
            "CONDUCKTOR_PORT": str(self.port),
            "CONDUCKTOR_DATA_DIR": str(self.data_dir),
            "CONDUCKTOR_WEB_ROOT": str(self.place / "web"),
            "CONDUCKTOR_SANDBOX": "on",
            **settings,
        }

    def _spawn(self, *options: str) -> None:
        argv = [sys.executable, "-m", "conducktor.cli", "run", *options]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(argv, env=self.environment(), stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def _is_ready(self) -> bool:
        assert self._process
        assert self._process.poll() is None, self.log
        return "Conducktor is ready" in self.log


def wait_until(holds: Callable[[], object], *, within_s: float = 30.0) -> None:
    give_up_at = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < give_up_at, f"waited {within_s} s in vain"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Also when nobody has reaped it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
