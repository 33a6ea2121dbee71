"""One owner per directory: an advisory lock that the kernel releases when its holder dies, however it dies."""

import fcntl
import os
from pathlib import Path

from conducktor.core.errors import Conflict

STOPPING = "stopping"


class DirectoryInUse(Conflict):
    """Another process uses this directory."""

    @property
    def is_about_to_end(self) -> bool:
        return bool(self.facts.get("owner_is_stopping"))


class DirectoryLock:
    """Held from `acquire` to `release` or the end of this process; children do not inherit it."""

    def __init__(self, path: Path) -> None:
        """`path` is the lock file; it holds the owner's process id for messages and stays behind."""
        self.path = path
        self._fd: int | None = None

    def acquire(self) -> None:
        """Raises DirectoryInUse, which names the owner's process id. Acquiring twice is fine."""
        if self._fd is not None:
            return
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner, _, state = os.read(fd, 64).decode("ascii", "replace").strip().partition(" ")
            os.close(fd)
            raise DirectoryInUse(
                f"{self.path.parent} is already used by process {owner or '(starting)'}.",
                next_step="Stop that process, or choose another directory with CONDUCKTOR_DATA_DIR.",
                owner_is_stopping=state == STOPPING,
            ) from None
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd

    def announce_stop(self) -> None:
        """Tell whoever wants the directory next that waiting is worth it."""
        if self._fd is not None:
            os.pwrite(self._fd, f"{os.getpid()} {STOPPING}\n".encode(), 0)

    def is_held_by_anyone(self) -> bool:
        """Whether some process, maybe this one, holds the lock."""
        try:
            fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(fd)
        return False

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
