"""The files below the data directory, in process."""

from pathlib import Path

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from sandbox.store import Store, owned


class Count(BaseModel, frozen=True):
    value: int


SEED = Count(value=1)


@pytest.mark.parametrize("corrupt", ["", '{"value": 4', '{"value": "many"}', '{"worth": 4}', "\0\0\0\0"])
def test_a_corrupt_file_is_set_aside_with_a_log_line_and_reseeded(tmp_path: Path, corrupt: str) -> None:
    (tmp_path / "count.json").write_text(corrupt)

    with capture_logs() as logged:
        store = Store(tmp_path, "count", Count, lambda: SEED)

    assert store.state == SEED
    assert Count.model_validate_json((tmp_path / "count.json").read_bytes()) == SEED
    assert [path.read_text() for path in tmp_path.glob("count.json.corrupt-*")] == [corrupt]
    assert [(line["event"], line["log_level"]) for line in logged] == [("state.set_aside", "warning")]


def test_a_draft_left_by_a_killed_process_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "count.json").write_text('{"value": 7}')
    (tmp_path / "count.json.tmp").write_text('{"val')

    assert Store(tmp_path, "count", Count, lambda: SEED).state.value == 7


def test_a_change_that_cannot_be_written_is_not_held_either(tmp_path: Path) -> None:
    store = Store(tmp_path, "count", Count, lambda: SEED)
    (tmp_path / "count.json.tmp").mkdir()

    with pytest.raises(IsADirectoryError):
        store.replace(Count(value=2))

    assert store.state == SEED
    assert Count.model_validate_json((tmp_path / "count.json").read_bytes()) == SEED


def test_a_data_directory_has_one_owner_at_a_time(tmp_path: Path) -> None:
    with owned(tmp_path), pytest.raises(BlockingIOError), owned(tmp_path):
        pass

    with owned(tmp_path) as directory:
        assert directory == tmp_path
