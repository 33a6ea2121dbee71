"""PostgreSQL without an installation: our own supervisor over the binaries of a wheel.

Local sockets only, a password that is only in a 0600 file, and a server that the kernel shuts down when we die.
Why not the wheel's own Python interface: `docs/decisions/0002-embedded-postgresql.md`.
"""

import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen, TimeoutExpired
from urllib.parse import quote

from conducktor.core.errors import Unavailable
from conducktor.infra.child_process import spawn
from conducktor.infra.directory_lock import DirectoryLock
from conducktor.infra.postgres_home import ELSEWHERE, SOCKET_NAME, CannotHost, PostgresHome, remembered_home, settle

USER = "conducktor"
MAX_CONNECTIONS = 120
READY_WITHIN_S = 120.0  # recovery after a crash replays the log first
STOP_WITHIN_S = 20.0
LOG_LIMIT_BYTES = 20_000_000

# What a predecessor leaves behind for a moment when it and its parent were killed together: 15 s in all.
RETRIES_S = (0.1, 0.2, 0.4, 0.8, 1.5, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0)
LEFT_BEHIND = ("already exists", "pre-existing shared memory block")

# The whole environment: PGPORT, PGDATA and the like of whoever starts us must not reach the server, nor our secrets.
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC"}


class PostgresFailed(Unavailable):
    """The embedded database did not start."""


class EmbeddedPostgres:
    """One PostgreSQL server for `root` (`<data dir>/postgres`). Start it from the main thread."""

    def __init__(self, root: Path, *, elsewhere: Path = ELSEWHERE) -> None:
        """`elsewhere` takes the server's files when its account cannot enter `root`; see `postgres_home`."""
        self._root = root.absolute()
        self._elsewhere = elsewhere
        self._lock = DirectoryLock(self._root / "lock")
        self._dsn = ""
        self._process: Popen[bytes] | None = None
        self.is_new = False
        """Whether `start` made an empty database."""

    @property
    def dsn(self) -> str:
        """`postgresql://conducktor:…@/postgres?host=/dir`, understood by asyncpg, psycopg and SQLAlchemy alike."""
        if not self._dsn:
            raise PostgresFailed("The embedded database was not started.")
        return self._dsn

    def start(self) -> str:
        """Start the server and return its DSN. Raises DirectoryInUse, CannotHost or PostgresFailed."""
        try:
            for pause_s in self.starting():
                time.sleep(pause_s)
        except BaseException:
            self.stop()
            raise
        return self.dsn

    def starting(self) -> Iterator[float]:
        """`start` for an event loop: yields how many seconds to wait before asking for the next step.

        Also brings a server back that ended by itself. The caller stops it when a step raises.
        """
        _make_root(self._root)
        self._lock.acquire()
        self._root = self._root.resolve()
        home = settle(self._root, self._elsewhere)
        if not home.data.exists():
            self._create(home)
        self._dsn = _dsn(self._root, home.sockets)
        log_tail = ""
        for pause_s in RETRIES_S:
            _forget_dead_postmaster(home)
            log_begins = _rotate(home.log)
            process = self._process = _launch(home)
            yield from _until_ready_or_ended(home, process)
            if process.poll() is None:
                return
            log_tail = _tail(home.log, log_begins)
            if not any(sign in log_tail for sign in LEFT_BEHIND):
                break
            yield pause_s
        predecessor = next(iter(_lines(home.data / "postmaster.pid")), "")
        raise PostgresFailed(
            f"The embedded database did not start: {log_tail}",
            next_step=f"Stop process {predecessor}, which still uses it." if predecessor else f"Its log is {home.log}.",
        )

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the sessions and write everything down; returns when the server is gone. Stopping twice is fine."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_WITHIN_S)
            except TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)  # the next start recovers from the write-ahead log
                self._process.wait(STOP_WITHIN_S)
        self._process = None
        self._lock.release()

    def _create(self, home: PostgresHome) -> None:
        """Make an empty cluster beside its final place, so that a kill in between leaves no half one."""
        self.is_new = True
        draft = home.directory / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        home.give(draft)
        with tempfile.NamedTemporaryFile("w", dir=home.directory) as password, tempfile.TemporaryFile() as output:
            password.write(_new_password(self._root))
            password.flush()
            home.give(Path(password.name))
            # no locale of the operating system is needed; C.UTF-8 sorts the same everywhere
            options = (
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                "--auth=scram-sha-256",
                "--no-instructions",
            )
            argv = (home.binaries / "initdb", "-D", draft, "-U", USER, f"--pwfile={password.name}", *options)
            process = spawn(
                argv,
                environment=ENVIRONMENT,
                when_orphaned=signal.SIGKILL,
                account=home.account,
                directory=Path("/"),
                output=output,
            )
            if process.wait() != 0:
                output.seek(0)
                raise PostgresFailed(f"initdb failed: {output.read().decode(errors='replace')[-600:].strip()}")
        draft.rename(home.data)


def running_dsn(root: Path) -> str | None:
    """The DSN of the server that another process of ours runs for `root`, or None."""
    root = root.resolve()
    if not DirectoryLock(root / "lock").is_held_by_anyone():
        return None
    lines = _lines((remembered_home(root) or root) / "data" / "postmaster.pid")
    return _dsn(root, Path(lines[4])) if _says_ready(lines) else None


def _make_root(root: Path) -> None:
    if not root.exists():
        root.mkdir(parents=True)
        root.chmod(0o711)  # whatever the umask: the server's account passes through, nobody lists


def _dsn(root: Path, sockets: Path) -> str:
    try:
        password = (root / "password").read_text()
    except FileNotFoundError:
        raise CannotHost(
            f"{root / 'password'} is gone, and the database cannot be opened without it.",
            next_step="Bring it back from a backup.",
        ) from None
    return f"postgresql://{USER}:{password}@/postgres?host={quote(str(sockets))}"


def _new_password(root: Path) -> str:
    password = secrets.token_urlsafe(24)
    path = root / "password"
    path.unlink(missing_ok=True)
    with open(path, "x", opener=_private) as file:
        file.write(password)
    return password


def _launch(home: PostgresHome) -> "Popen[bytes]":
    settings = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": f'"{str(home.sockets).replace(chr(34), chr(34) * 2)}"',
        "unix_socket_permissions": "0700",
        "max_connections": str(MAX_CONNECTIONS),
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "off",
        # rows and statements may hold what people typed; the log gets the error and its place only
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }
    argv: list[str | Path] = [home.binaries / "postgres", "-D", home.data]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    with open(home.log, "ab", opener=_private) as log:
        # SIGINT is PostgreSQL's "fast" shutdown: sessions end, everything is written, no recovery needed
        return spawn(
            argv, environment=ENVIRONMENT, when_orphaned=signal.SIGINT, account=home.account, directory=Path("/"), output=log
        )


def _until_ready_or_ended(home: PostgresHome, process: "Popen[bytes]") -> Iterator[float]:
    give_up_at = time.monotonic() + READY_WITHIN_S
    while process.poll() is None:
        lines = _lines(home.data / "postmaster.pid")
        if _says_ready(lines) and lines[0] == str(process.pid):
            return
        if time.monotonic() > give_up_at:
            process.send_signal(signal.SIGQUIT)
            process.wait()
        yield 0.02


def _forget_dead_postmaster(home: PostgresHome) -> None:
    """Remove lock files whose process is no server of this cluster: a zombie nobody reaped, or a stranger after a reboot.

    PostgreSQL itself would take any live process of that number for its predecessor. Sessions that outlived
    their server are still noticed by it, through the shared memory they hold.
    """
    for lock_file in (home.data / "postmaster.pid", home.sockets / f"{SOCKET_NAME}.lock"):
        if (lines := _lines(lock_file)) and not _may_be_server(lines[0], home.data):
            lock_file.unlink(missing_ok=True)


def _may_be_server(pid: str, data: Path) -> bool:
    """A server's working directory is its data directory. True when that cannot be seen."""
    try:
        return sys.platform != "linux" or os.path.samefile(f"/proc/{pid}/cwd", data)
    except PermissionError:
        return True
    except (FileNotFoundError, ProcessLookupError):
        return False


def _lines(lock_file: Path) -> list[str]:
    """Process id, data directory, start time, port, socket directory, address, shared memory, status; [] when absent."""
    try:
        return lock_file.read_text().splitlines()
    except FileNotFoundError:
        return []


def _says_ready(lines: list[str]) -> bool:
    return len(lines) > 7 and lines[7].strip() == "ready"


def _rotate(log: Path) -> int:
    """The position at which the next start writes."""
    if not log.exists():
        return 0
    if (size := log.stat().st_size) <= LOG_LIMIT_BYTES:
        return size
    log.rename(log.with_suffix(".log.1"))
    return 0


def _tail(log: Path, begins: int) -> str:
    with log.open("rb") as file:
        file.seek(begins)
        return file.read()[-600:].decode(errors="replace").strip()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
