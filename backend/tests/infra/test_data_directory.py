"""Claiming the data directory, and waiting for a predecessor that is about to end."""

import threading
from pathlib import Path

import pytest

from conducktor.infra.data_directory import CannotWrite, claim
from conducktor.infra.directory_lock import DirectoryInUse, DirectoryLock


def test_it_is_made_with_all_its_parents(tmp_path: Path) -> None:
    claim(tmp_path / "a" / "b").release()

    assert (tmp_path / "a" / "b").is_dir()


def test_a_second_claim_is_refused_at_once_and_names_the_owner(tmp_path: Path) -> None:
    first = claim(tmp_path)

    with pytest.raises(DirectoryInUse, match="is already used by process"):
        claim(tmp_path)

    first.release()
    claim(tmp_path).release()


def test_a_predecessor_that_said_it_is_stopping_is_waited_for(tmp_path: Path) -> None:
    predecessor = claim(tmp_path)
    predecessor.announce_stop()
    threading.Timer(0.2, predecessor.release).start()

    claim(tmp_path).release()


def test_a_file_in_its_place_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").touch()

    with pytest.raises(CannotWrite, match="cannot be written") as refused:
        claim(tmp_path / "var")
    assert "CONDUCKTOR_DATA_DIR" in str(refused.value.next_step)


def test_whether_a_lock_is_held_can_be_asked(tmp_path: Path) -> None:
    lock = DirectoryLock(tmp_path / "lock")
    assert not lock.is_held_by_anyone()

    lock.acquire()
    assert DirectoryLock(tmp_path / "lock").is_held_by_anyone()

    lock.release()
    assert not lock.is_held_by_anyone()
