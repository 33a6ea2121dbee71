"""What a service remembers: one JSON file per service, replaced whole by every change."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar

import structlog
from pydantic import BaseModel, ValidationError

Clock = Callable[[], datetime]
"""Returns the present moment, timezone-aware UTC."""

State = TypeVar("State", bound=BaseModel)

_log = structlog.get_logger()


@contextmanager
def owned(directory: Path) -> Iterator[Path]:
    """Make the folder that holds the files, and keep other processes from using it meanwhile.

    Raises BlockingIOError when another process has it, any other OSError when it cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    # A lock of the kernel, which drops it with the process, also after kill -9.
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield directory


class Store(Generic[State]):
    """The state of one service, in a directory that is `owned`. What `replace` returned from survives the death of the process.

    A missing file starts from `seed`; an unreadable one is set aside under another name first.
    """

    def __init__(self, directory: Path, name: str, state_type: type[State], seed: Callable[[], State]) -> None:
        self._path = directory / f"{name}.json"
        loaded = _load(self._path, state_type)
        if loaded is None:
            self.replace(seed())
        else:
            self.state = loaded

    def replace(self, state: State) -> None:
        """Write the new state, then hold it. Raises OSError and keeps the old one when it cannot be written."""
        draft = self._path.with_suffix(".json.tmp")
        draft.write_text(state.model_dump_json(indent=1), encoding="utf-8")
        # No fsync: it would stall the event loop, and only a power cut needs it (a file torn by one is set aside).
        os.replace(draft, self._path)
        self.state = state


def _load(path: Path, state_type: type[State]) -> State | None:
    try:
        return state_type.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        aside = path.with_name(f"{path.name}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
        os.replace(path, aside)
        _log.warning("state.set_aside", file=str(path), kept_as=str(aside), faults=error.error_count())
        return None
