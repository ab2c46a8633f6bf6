import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

from voicecoach.data import kaldi, scores_json
from voicecoach.data.utterance import Labels, Utterance, WordLabels
from voicecoach.text.sentence import Word

Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Thirty scored utterances of six speakers."""
    rng = np.random.default_rng(0)
    sentence = (Word("WE", ("W", "IY"), (0, 0)), Word("CALL", ("K", "AO", "L"), (0, 1, 0)))
    utterances = []
    for index in range(30):
        scores = rng.choice([0.0, 1.0, 2.0], size=5).tolist()
        total = float(rng.integers(2, 10))
        words = (
            WordLabels(total, 10.0, total, tuple(scores[:2])),
            WordLabels(10.0 - total, 10.0, 10.0 - total, tuple(scores[2:])),
        )
        labels = Labels(total, 10.0, total, total, total, words)
        utterances.append(
            Utterance(
                utt=f"u{index:02d}",
                speaker=f"s{index % 6}",
                wav=tmp_path / "a.wav",
                text="WE CALL",
                sentence=sentence,
                labels=labels,
                age=7 + 4 * (index % 6),
                gender="f",
            )
        )
    kaldi.write(tmp_path / "data", utterances)
    return tmp_path / "data"


@pytest.fixture
def scores(data: Path, tmp_path: Path) -> Path:
    """What a scorer without a fault would write, flags left out."""
    records = [{"utt": u.utt, **scores_json.to_entry(u)} for u in kaldi.read(data)]
    path = tmp_path / "scores.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_files_and_tables(run: Run, data: Path, scores: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    result = run("measure", scores, data, "--out", out, "--train", data, "--draws", "50")
    assert result.exit_code == 0
    metrics = json.loads((out / "metrics.json").read_text())
    assert metrics["phone"]["pcc"]["value"] == pytest.approx(1.0)
    assert metrics["counts"]["not_scored"] == 0
    assert 0 < metrics["baselines"]["phone_mean"]["pcc"]["value"] < 0.7
    assert set(metrics["breakdown"]["age"]) == {"adult", "child"}
    assert "| phone PCC | 1.000 | 1.000 to 1.000 |" in (out / "results.md").read_text()
    assert "phone PCC" in result.stdout
    assert "30 utterances of 6 speakers" in result.stdout
    as_json = run("measure", scores, data, "--out", out, "--draws", "0", "--json")
    assert json.loads(as_json.stdout) == json.loads((out / "metrics.json").read_text())


def test_a_frozen_threshold_is_used(run: Run, data: Path, scores: Path, tmp_path: Path) -> None:
    arguments = ("measure", scores, data, "--out", tmp_path / "a", "--draws", "0")
    assert run(*arguments).exit_code == 0
    first = json.loads((tmp_path / "a" / "metrics.json").read_text())
    assert first["detection"]["flagged"] is None
    frozen = tmp_path / "frozen.json"
    frozen.write_text(json.dumps({"detection": {"at_precision": {"threshold": 1.5}}}))
    assert run(*arguments, "--threshold-from", frozen).exit_code == 0
    flagged = json.loads((tmp_path / "a" / "metrics.json").read_text())["detection"]["flagged"]
    assert flagged["threshold"] == 1.5
    assert flagged["recall"]["value"] == 1.0
    assert flagged["precision"]["value"] < 0.7  # the accented ones are flagged too


def test_missing_scores_are_told(run: Run, data: Path, scores: Path, tmp_path: Path) -> None:
    scores.write_text("".join(scores.read_text().splitlines(keepends=True)[2:]))
    result = run("measure", scores, data, "--out", tmp_path, "--draws", "0", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["counts"]["not_scored"] == 2
    assert "2 utterances of" in result.stderr


def test_what_does_not_fit_ends_with_one_sentence(
    run: Run, data: Path, scores: Path, tmp_path: Path
) -> None:
    unscored = tmp_path / "unscored"
    kaldi.write(unscored, [replace(u, labels=None) for u in kaldi.read(data)])
    other = tmp_path / "other.json"
    other.write_text('{"detection": 3}')
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{\n")
    for arguments, message in (
        ((tmp_path / "none.jsonl", data), "none.jsonl"),
        ((broken, data), "broken.jsonl line 1"),
        ((scores, tmp_path / "none"), "There is no data folder"),
        ((scores, unscored), "None of the scored utterances"),
        ((scores, data, "--threshold-from", other), "no detection.at_precision.threshold"),
        ((scores, data, "--threshold-from", tmp_path / "x.json"), "Cannot read"),
    ):
        result = run("measure", *arguments, "--out", tmp_path / "out")
        assert result.exit_code == 2
        assert message in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
