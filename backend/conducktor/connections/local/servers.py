"""The operator's file of local servers, read once at the start."""

import re
import tomllib
from pathlib import Path

import msgspec

from conducktor.core.errors import Invalid
from conducktor.infra.piped_process import Limits, Program

SCHEME = "stdio:"
"""The address of a connection to one of them is this and its name."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_WRITABLE_BY_OTHERS = 0o022
_SHORTEST_SECRET = 8


class LocalServer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file. `env` is the whole environment: nothing of Conducktor's own is passed on."""

    command: str
    args: tuple[str, ...] = ()
    env: dict[str, str] = {}
    cwd: str | None = None
    title: str = ""
    description: str = "Runs on this installation."
    memory_mb: int = 2048
    cpu_s: int = 3600
    processes: int = 0
    open_files: int = 1024
    idle_s: float = 600.0

    @property
    def program(self) -> Program:
        limits = Limits(
            memory_bytes=self.memory_mb * 1024 * 1024, cpu_s=self.cpu_s, processes=self.processes, files=self.open_files
        )
        directory = Path(self.cwd) if self.cwd else None
        return Program(argv=(self.command, *self.args), environment=self.env, directory=directory, limits=limits)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values of its environment that must not be shown, long ones first."""
        values = (value for value in self.env.values() if len(value) >= _SHORTEST_SECRET)
        return tuple(sorted(values, key=len, reverse=True))


class LocalServers(msgspec.Struct, frozen=True):
    """By name. Empty without a file."""

    servers: dict[str, LocalServer] = {}

    def at(self, url: str) -> LocalServer | None:
        return self.servers.get(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None


def read_local_servers(file: Path | None) -> LocalServers:
    """Raises Invalid: the file is not usable, or others than its owner may write it."""
    if file is None:
        return LocalServers()
    try:
        if file.stat().st_mode & _WRITABLE_BY_OTHERS:
            raise Invalid(f"{file} may be written by others than its owner.", next_step=f"chmod go-w {file}")
        servers = msgspec.convert(tomllib.loads(file.read_text()), _File).servers
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Invalid(f"CONDUCKTOR_LOCAL_SERVERS={file} cannot be used: {error}") from None
    for name, server in servers.items():
        _check(file, name, server)
    return LocalServers(servers)


def _check(file: Path, name: str, server: LocalServer) -> None:
    where = f"{file}, [servers.{name}]"
    if not _NAME.fullmatch(name):
        raise Invalid(f"{where}: a name has up to 40 lower-case letters, digits and hyphens.")
    if not Path(server.command).is_absolute() or not Path(server.command).is_file():
        raise Invalid(f"{where}: `command` must be the full path of a program that exists.")
    if server.cwd is not None and not Path(server.cwd).is_dir():
        raise Invalid(f"{where}: `cwd` must be a folder that exists.")
    numbers = (server.memory_mb, server.cpu_s, server.open_files, server.idle_s)
    if min(numbers) <= 0 or server.processes < 0:
        raise Invalid(f"{where}: limits must be above 0 (`processes` may be 0: no limit).")


class _File(msgspec.Struct, forbid_unknown_fields=True):
    servers: dict[str, LocalServer] = {}
