"""The directory everything local lives in: made, tried and claimed before anything starts."""

import tempfile
import time
from pathlib import Path

from conducktor.core.errors import Invalid
from conducktor.infra.directory_lock import DirectoryInUse, DirectoryLock

PREDECESSOR_STOPS_WITHIN_S = 30.0  # it drains calls for 10 s, then stops the sandbox and the database


class CannotWrite(Invalid):
    """The data directory cannot be written."""


def claim(directory: Path) -> DirectoryLock:
    """Make `directory` when it is missing and hold it for this process. Raises CannotWrite or DirectoryInUse."""
    try:
        if not directory.exists():
            directory.mkdir(parents=True)
            directory.chmod(0o711)  # whatever the umask: the database's account passes through, nobody lists
        with tempfile.TemporaryFile(dir=directory):
            pass
        return _hold(DirectoryLock(directory / "lock"))
    except OSError as error:
        raise CannotWrite(
            f"The data directory {directory} cannot be written: {error.strerror}.",
            next_step="Make it writable for this user, or choose another with CONDUCKTOR_DATA_DIR.",
        ) from None


def _hold(lock: DirectoryLock) -> DirectoryLock:
    give_up_at = time.monotonic() + PREDECESSOR_STOPS_WITHIN_S
    while True:
        try:
            lock.acquire()
        except DirectoryInUse as error:
            if not error.is_about_to_end or time.monotonic() > give_up_at:
                raise
            time.sleep(0.1)
        else:
            return lock
