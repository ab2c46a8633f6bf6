import json
from pathlib import Path

import pytest

from voicecoach.data.atomic import replacing, write_json, write_text
from voicecoach.errors import InputError


def test_a_failure_keeps_the_old_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old\n")
    with pytest.raises(KeyError), replacing(path) as temporary:
        temporary.write_text("half of the n")
        raise KeyError
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, float("nan"))
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.json"
    for value in ({"a": "é"}, [1]):
        write_json(path, value)
        assert json.loads(path.read_text(encoding="utf-8")) == value
    assert list(path.parent.iterdir()) == [path]


def test_a_full_disk_is_an_error_in_one_sentence(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with (
        pytest.raises(InputError, match=r"Cannot write .*a.txt \(No space left"),
        replacing(tmp_path / "a.txt"),
    ):
        full.write_text("x")
    assert not (tmp_path / "a.txt").exists()


def test_a_folder_that_is_a_file_is_an_error_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="Cannot write"):
        write_text(tmp_path / "file" / "a.txt", "x")
