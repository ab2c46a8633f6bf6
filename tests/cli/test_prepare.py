from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from voicecoach.data import kaldi

Run = Callable[..., Result]


def test_the_real_corpus_becomes_two_folders(run: Run, shared_data: Path, tmp_path: Path) -> None:
    result = run("prepare", shared_data / "speechocean762", "--out", tmp_path, "--task", "score")
    assert result.exit_code == 0
    assert "2500 utterances" in result.stderr
    assert len(kaldi.read(tmp_path / "test")) == 100


def test_wrong_folders_names_and_tasks_end_with_one_sentence(run: Run, tmp_path: Path) -> None:
    for arguments, message in (
        ((tmp_path / "none",), "There is no corpus folder"),
        ((tmp_path,), "holds none of the corpora"),
        ((tmp_path, "--name", "speechocean762"), "is not speechocean762"),
        ((tmp_path, "--name", "timit"), "no corpus 'timit'"),
    ):
        result = run("prepare", *arguments, "--out", tmp_path / "out")
        assert result.exit_code == 2
        assert message in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1
    assert run("prepare", tmp_path, "--task", "dance").exit_code == 2
    assert not (tmp_path / "out").exists()
