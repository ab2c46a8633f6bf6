import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import Result

from voicecoach.data import kaldi

Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four recordings of two seconds by two speakers."""
    folder = tmp_path / "data"
    folder.mkdir()
    lines = {"wav.scp": [], "text": [], "utt2spk": []}
    for utt in ("a", "b", "c", "d"):
        soundfile.write(folder / f"{utt}.wav", np.zeros(32000), 16000)
        lines["wav.scp"].append(f"{utt} {utt}.wav")
        lines["text"].append(f"{utt} we call it bear")
        lines["utt2spk"].append(f"{utt} {'s1' if utt in 'ab' else 's2'}")
    for name, content in lines.items():
        (folder / name).write_text("\n".join(content) + "\n")
    return folder


def test_good_data(run: Run, data: Path) -> None:
    result = run("validate", data)
    assert result.exit_code == 0
    assert "4 of 4 utterances are good, 2 speakers, 0 with scores" in result.stdout


def test_bad_recordings_are_listed_and_can_be_dropped(run: Run, data: Path, tmp_path: Path) -> None:
    (data / "a.wav").unlink()
    (data / "b.wav").write_text("this is text")
    (data / "text").write_text("a bear\nb bear\nc 你好\nd bear\n", encoding="utf-8")
    (data / kaldi.EXPERTS).write_text('{"a": [], "d": [[[2, 2]]]}')
    result = run("validate", data, "--json")
    assert result.exit_code == 3
    summary = json.loads(result.stdout)
    assert set(summary["bad"]) == {"a", "b", "c"}
    assert (summary["good"], summary["longest_s"], summary["speakers"]) == (1, 2.0, 1)
    assert "bad: a: there is no file" in result.stderr

    good = tmp_path / "good"
    assert run("validate", data, "--drop-bad", good).exit_code == 0
    assert [u.utt for u in kaldi.read(good)] == ["d"]
    assert json.loads((good / kaldi.EXPERTS).read_text()) == {"d": [[[2, 2]]]}
    assert run("validate", good).exit_code == 0


def test_the_longest_duration_can_be_chosen(run: Run, data: Path) -> None:
    result = run("validate", data, "--max-duration-s", "1.5")
    assert result.exit_code == 3
    assert "2.0 s long, more than 1.5 s" in result.stderr


def test_tables_that_contradict_each_other_end_with_one_sentence(run: Run, data: Path) -> None:
    (data / "text").write_text("a bear\n")
    result = run("validate", data)
    assert result.exit_code == 2
    assert "b is in" in result.stderr
    assert run("validate", data / "none").exit_code == 2


def test_nothing_good_is_left(run: Run, data: Path, tmp_path: Path) -> None:
    for utt in "abcd":
        (data / f"{utt}.wav").write_bytes(b"")
    result = run("validate", data, "--drop-bad", tmp_path / "good")
    assert result.exit_code == 2
    assert "no utterance to write" in result.stderr


def test_the_real_corpus_is_good(run: Run, shared_data: Path) -> None:
    result = run("validate", shared_data / "speechocean762" / "test", "--json")
    assert result.exit_code == 0
    summary = json.loads(result.stdout)
    assert (summary["good"], summary["scored"], summary["bad"]) == (100, 100, {})
