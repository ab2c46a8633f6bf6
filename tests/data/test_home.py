"""Where the learner's own data are."""

from pathlib import Path

import pytest

from voicecoach.data.home import data_folder, explained
from voicecoach.errors import InputError


def test_folder_is_the_argument_or_the_variable_or_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICECOACH_DATA", str(tmp_path / "variable"))
    assert data_folder(tmp_path / "argument") == tmp_path / "argument"
    assert data_folder() == tmp_path / "variable"
    monkeypatch.setenv("VOICECOACH_DATA", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert data_folder().name == "voicecoach"


def test_what_the_system_refuses_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(InputError, match=r"Cannot use the folder .*VOICECOACH_DATA"),
        explained(tmp_path / "file" / "data"),
    ):
        (tmp_path / "file" / "data").mkdir()
