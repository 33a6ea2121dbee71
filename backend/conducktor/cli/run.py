"""`conducktor run`: one parent process that starts, watches and stops everything an installation needs."""

import asyncio
import contextlib
import math
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import click
import msgspec

from conducktor.core.errors import Invalid, Unavailable
from conducktor.infra.data_directory import claim
from conducktor.infra.directory_lock import DirectoryLock
from conducktor.infra.embedded_postgres import EmbeddedPostgres
from conducktor.infra.listener import accepts, answers, any_free_port, is_free, listen
from conducktor.infra.supervisor import Service, Supervisor
from conducktor.settings import Settings, child_environment

CLIENT_ID = "chatgpt-mcp-client"
PYTHON = (sys.executable, "-P")  # -P: the current directory is not a place to import from
API_STOPS_WITHIN_S = 13.0  # it drains for 10 s, then closes what it opened
SANDBOX_STOPS_WITHIN_S = 5.0
MENTION_WAITING_AFTER_S = 20.0


class NotBuilt(Invalid):
    """The web application is not built."""


def run(settings: Settings) -> None:
    """Run until SIGINT, SIGTERM or SIGHUP, then stop in order. Raises ConducktorError when something is in the way."""
    settings = msgspec.structs.replace(settings, data_dir=settings.data_dir.absolute())
    if not (settings.web_root / "index.html").is_file():
        raise NotBuilt(
            f"The web application is not built: {settings.web_root / 'index.html'} is missing.",
            next_step="Run `make build`, or `make run`, which does it.",
        )
    lock = claim(settings.data_dir)
    try:
        with listen(settings.host, settings.port) as listener:
            asyncio.run(_run(settings, lock, listener))
    finally:
        lock.release()


async def _run(settings: Settings, lock: DirectoryLock, listener: socket.socket) -> None:
    await _Installation(settings, lock, listener).run()


class _Installation:
    def __init__(self, settings: Settings, lock: DirectoryLock, listener: socket.socket) -> None:
        self._settings = settings
        self._lock = lock
        self._listener = listener
        self._database = None if settings.database_url else EmbeddedPostgres(settings.data_dir / "postgres")
        self._supervisor = Supervisor(_say, self._database)
        self._sandbox: Service | None = None
        self._apis: tuple[Service, ...] = ()

    async def run(self) -> None:
        """Cancellation is the way to stop: the first signal cancels, the next one stops waiting for anybody."""
        task = asyncio.current_task()
        assert task
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # `nohup` means it
                asyncio.get_running_loop().add_signal_handler(number, self._stop_requested, task)
        try:
            await self._start()
            self._greet()
            await self._supervisor.keep_running()
        except asyncio.CancelledError:
            pass
        finally:
            await self._stop()

    def _stop_requested(self, task: "asyncio.Task[None]") -> None:
        if task.cancelling():
            self._supervisor.hurry()
        else:
            _say("stopping; once more to stop at once")
            task.cancel()

    async def _start(self) -> None:
        if self._database:
            for pause_s in self._database.starting():
                await asyncio.sleep(pause_s)
            self._settings = msgspec.structs.replace(self._settings, database_url=self._database.dsn)
        if self._settings.sandbox == "on":
            self._start_sandbox(_sandbox_port(self._settings))
        async with self._apis_loading():
            await self._migrate()
        await self._until_ready()

    def _start_sandbox(self, port: int) -> None:
        allowed = (*self._settings.outbound_allow, f"127.0.0.1:{port}")
        self._settings = msgspec.structs.replace(self._settings, sandbox_port=port, outbound_allow=allowed)
        self._sandbox = Service(
            name="sandbox",
            argv=(*PYTHON, "-m", "sandbox", "--port", str(port), "--data", str(self._settings.data_dir / "sandbox")),
            environment=self._environment(),
            stops_within_s=SANDBOX_STOPS_WITHIN_S,
        )
        self._supervisor.launch(self._sandbox)

    @contextlib.asynccontextmanager
    async def _apis_loading(self) -> AsyncIterator[None]:
        """Let API processes import their code while the block prepares the database; then they go on.

        They wait at a pipe whose other end closes after the block. Those started later find it closed.
        """
        gate, held = os.pipe()
        listener = self._listener.fileno()
        try:
            self._apis = tuple(
                Service(
                    name=f"api {index}",
                    argv=(*PYTHON, "-m", "conducktor.cli", "serve", f"--fd={listener}", f"--index={index}", f"--gate={gate}"),
                    environment=self._environment(),
                    file_descriptors=(listener, gate),
                    # without us the database is gone too: nothing is left to drain, and the port must become free
                    when_orphaned=signal.SIGKILL,
                    stops_within_s=API_STOPS_WITHIN_S,
                )
                for index in range(self._settings.api_processes)
            )
            for service in self._apis:
                self._supervisor.launch(service)
            yield
        finally:
            os.close(held)

    async def _migrate(self) -> None:
        argv = (*PYTHON, "-m", "conducktor.cli", "migrate")
        code = await self._supervisor.run_once(Service(name="migrate", argv=argv, environment=self._environment()))
        if code != 0:
            raise Unavailable("The database could not be brought to this version's shape.", next_step="The lines above say why.")

    async def _until_ready(self) -> None:
        """Waits as long as it takes: a database elsewhere may come later. Raises ServiceEnded."""
        mention_at = time.monotonic() + MENTION_WAITING_AFTER_S
        while not await self._is_ready():
            self._supervisor.raise_if_ended()
            if time.monotonic() > mention_at:
                _say("still waiting for GET /healthz to answer 200; the lines above may say why")
                mention_at = math.inf
            await asyncio.sleep(0.05)

    async def _is_ready(self) -> bool:
        address = self._listener.getsockname()
        if not await answers(address[0], address[1], self._settings.public_host, "/healthz"):
            return False
        return not self._sandbox or await accepts("127.0.0.1", self._settings.sandbox_port)

    async def _stop(self) -> None:
        self._lock.announce_stop()
        self._listener.close()
        await self._supervisor.stop(*self._apis)
        if self._sandbox:
            await self._supervisor.stop(self._sandbox)
        if self._database:
            self._database.stop()
        _say("stopped")

    def _environment(self) -> dict[str, str]:
        return child_environment(self._settings, "data_dir", "database_url", "sandbox_port", "outbound_allow")

    def _greet(self) -> None:
        settings = self._settings
        is_first = self._database is not None and self._database.is_new
        next_step = "create your account; the first one becomes the owner" if is_first else "sign in or create your account"
        click.echo(
            f"\nConducktor is ready.\n\n"
            f"  Web application   {settings.origin}\n"
            f"  MCP endpoint      {settings.resource}\n"
            f"  Client id         {CLIENT_ID}\n\n"
            f"  Next step: open {settings.origin} and {next_step}.\n"
            + (
                "  ChatGPT reaches public https addresses only: set CONDUCKTOR_PUBLIC_URL to yours when you connect it.\n"
                if settings.is_loopback
                else ""
            )
            + "  Ctrl-C stops everything.\n"
        )


def _sandbox_port(settings: Settings) -> int:
    """The port set, else the one of the last run, else the one after ours: stored connections hold its address."""
    if settings.sandbox_port:
        if not is_free(settings.sandbox_port):
            raise Unavailable(
                f"Port {settings.sandbox_port} is in use by another program.",
                next_step="Choose another with CONDUCKTOR_SANDBOX_PORT, or 0 to let Conducktor choose.",
            )
        return settings.sandbox_port
    memory = settings.data_dir / "sandbox" / "port"
    usual = _remembered_port(memory)
    port = usual or settings.port + 1
    if not is_free(port):
        port = any_free_port()
        if usual:
            _say(f"port {usual} of the sandbox is in use; until it is free, sandbox connections made before do not answer")
    if not usual:
        memory.parent.mkdir(exist_ok=True)
        memory.write_text(f"{port}\n")
    return port


def _remembered_port(memory: Path) -> int | None:
    try:
        return int(memory.read_text())
    except (FileNotFoundError, ValueError):
        return None


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone, and stopping must go on
        click.echo(f"conducktor: {line}")
