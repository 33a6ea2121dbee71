"""A place for a PostgreSQL of ours. As root it runs as another account, which pytest's own 0700 directories keep out."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def open_directory() -> Iterator[Path]:
    """A fresh directory that every user may pass through; it is removed afterwards."""
    path = Path(tempfile.mkdtemp(prefix="conducktor-test-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)
