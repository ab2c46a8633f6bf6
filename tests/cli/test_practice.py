import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import Result

from voicecoach.practice.history import History

Run = Callable[..., Result]


@pytest.mark.usefixtures("no_sound")
def test_demo_flags_the_swapped_sounds_and_no_other(run: Run, tmp_path: Path) -> None:
    result = run("practice", "--demo", "--out", tmp_path / "takes")
    assert result.exit_code == 0
    correct, swapped = result.stdout.split("Take 2", 1)
    assert "Nothing to change" in correct
    assert "To change:" in swapped
    assert re.search(r"lips less|tongue tip back", swapped)
    assert re.search(r"Take 1: 0 of \d+ correct sounds flagged", result.stdout)
    assert re.search(r"Take 2: (\d+) of \1 swapped sounds flagged, 0 of \d+ others", result.stdout)
    assert result.stdout.count("Not played:") == 1
    for name in ("correct.wav", "swapped.wav"):
        samples, rate = soundfile.read(tmp_path / "takes" / name)
        assert len(samples) > rate


def test_demo_without_out_leaves_nothing_behind(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = run("practice", "--demo", "--no-audio", "--plain")
    assert result.exit_code == 0
    assert "Not played" not in result.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_sound")
def test_own_recording_works_without_a_loudspeaker(run: Run, spoken: Path) -> None:
    result = run("practice", "--wav", spoken, "--text", "we call it bear")
    assert result.exit_code == 0
    assert "Your recording" in result.stdout
    assert "Not played: there is no working loudspeaker" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--demo", "--wav", "a.wav"),
        ("--demo", "--text", "hello"),
        ("--demo", "--pairs"),
        ("--lesson", "a.txt", "--text", "hello"),
        ("--lesson", "missing.txt"),
        ("--text", "hello", "--level", "A1"),
        ("--text", "..."),
        ("--text", "hello", "--voice", "nobody"),
        ("--text", "hello", "--my-voice", "nobody"),
        ("--text", "hello", "--my-voice", "kathleen"),
        ("--text", "hello", "--my-voice", "ann", "--voice", "kathleen"),
        ("--demo", "--my-voice", "ann"),
        ("--level", "D1"),
        ("--pairs", "--focus", "weak forms"),
        ("--wav", "a.wav"),
        ("--wav", "missing.wav", "--text", "hello"),
    ],
)
def test_options_that_do_not_fit(run: Run, arguments: tuple[str, ...]) -> None:
    result = run("practice", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("voicecoach: ")
    assert result.stderr.count("\n") == 1


def test_out_that_cannot_be_made(run: Run, spoken: Path) -> None:
    result = run("practice", "--demo", "--no-audio", "--out", spoken / "takes")
    assert result.exit_code == 2
    assert "takes" in result.stderr


def test_what_to_do_is_said(run: Run, swapped: Path) -> None:
    text = "We saw the red roof near the river"
    result = run("practice", "--wav", swapped, "--text", text, "--no-audio")
    assert result.exit_code == 0
    assert result.stdout.index('1. In "river"') < result.stdout.index("ound your lips less")


def test_attempts_are_kept_and_compared(run: Run, spoken: Path, data_folder: Path) -> None:
    arguments = ("practice", "--wav", spoken, "--text", "we call it bear", "--no-audio")
    first = run(*arguments)
    assert first.exit_code == 0
    assert "This time" not in first.stdout
    again = run(*arguments)
    assert "your best is still" in again.stdout
    listed = run("history", "--json")
    assert len(json.loads(listed.stdout)["attempts"]) == 2
    run(*arguments, "--no-history")
    assert len(json.loads(run("history", "--json").stdout)["attempts"]) == 2
    assert not list(data_folder.rglob("*.flac"))


def test_a_damaged_history_costs_no_report(run: Run, spoken: Path, data_folder: Path) -> None:
    with History.open():
        pass
    (file,) = data_folder.glob("*.sqlite*")
    file.write_bytes(b"no database" * 100)
    result = run("practice", "--wav", spoken, "--text", "we call it bear", "--no-audio")
    assert result.exit_code == 0
    assert "Your recording" in result.stdout
    assert "Not kept in your history" in result.stderr


def test_what_cannot_be_judged_is_not_scored(run: Run, spoken: Path, tmp_path: Path) -> None:
    samples, rate = soundfile.read(spoken)
    silent = tmp_path / "silent.wav"
    soundfile.write(silent, 0 * samples, rate)
    result = run("practice", "--wav", silent, "--text", "we call it bear")
    assert result.exit_code == 2
    assert "Not scored" in result.stdout
    assert "It is silent" in result.stdout
    assert "Total" not in result.stdout
    with History.open() as history:
        assert history.best("we call it bear") is None


def test_a_remark_stands_under_the_report(run: Run, spoken: Path, tmp_path: Path) -> None:
    samples, rate = soundfile.read(spoken)
    loud = tmp_path / "loud.wav"
    soundfile.write(loud, np.clip(samples / np.quantile(abs(samples), 0.99), -1, 1), rate)
    result = run("practice", "--no-audio", "--wav", loud, "--text", "we call it bear")
    assert result.exit_code == 0
    assert result.stdout.index("Total") < result.stdout.index("It is clipped")
