"""From names and folders to checkpoints."""

import subprocess
import sys
from pathlib import Path

import pytest

from voicecoach import pretrained
from voicecoach.errors import InputError


@pytest.fixture
def resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A packaged folder with two checkpoints and one folder that is none."""
    for name in ("scorer-en", "scorer-small"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").write_text("a: 1\n")
    (tmp_path / "lexicon").mkdir()
    monkeypatch.setattr(pretrained, "RESOURCES", tmp_path)
    return tmp_path


def test_none_is_the_default(resources: Path) -> None:
    assert pretrained.resolve() == pretrained.resolve("scorer-en") == resources / "scorer-en"


def test_finds_a_packaged_name(resources: Path) -> None:
    assert pretrained.available() == ["scorer-en", "scorer-small"]
    assert pretrained.resolve("scorer-small") == resources / "scorer-small"


def test_finds_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.yaml").write_text("a: 1\n")
    assert pretrained.resolve(str(folder)) == pretrained.resolve(folder) == folder


@pytest.mark.parametrize("name", ["scorer-fr", "lexicon", "", "../scorer-en", "no/such/folder"])
def test_unknown_names_list_the_known_ones(
    resources: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    elsewhere = tmp_path / "elsewhere" / "deep"
    elsewhere.mkdir(parents=True)
    monkeypatch.chdir(elsewhere)
    with pytest.raises(InputError) as caught:
        pretrained.resolve(name)
    if name:  # an empty path is the current folder, which is no checkpoint
        assert "scorer-en, scorer-small" in str(caught.value)


def test_a_folder_that_is_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no config\.yaml"):
        pretrained.resolve(tmp_path)


def test_says_when_nothing_is_packaged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pretrained, "RESOURCES", tmp_path)
    with pytest.raises(InputError, match="none in this installation"):
        pretrained.resolve()


def test_needs_no_torch() -> None:
    """The command line resolves names before it loads anything heavy."""
    code = "import sys, voicecoach.pretrained; sys.exit('torch' in sys.modules)"
    root = Path(__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
