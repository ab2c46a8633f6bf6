import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import soundfile
from matplotlib.image import imread
from typer.testing import Result

from voicecoach.audio.io import load
from voicecoach.coaching.coach import Coach
from voicecoach.coaching.export import schema, to_json

Run = Callable[..., Result]
BEAR, ROOF = "we call it bear", "We saw the red roof near the river"
RATE = 16_000


def test_what_was_heard_and_what_to_do(run: Run, swapped: Path) -> None:
    result = run("feedback", swapped, "--text", ROOF)
    assert result.exit_code == 0
    assert "1 sound was flagged." in result.stdout
    assert 'In "river", sound 1 of 4 should be ɹ as in "red": it sounded like w' in result.stdout
    assert "round your lips less" in result.stdout
    assert result.stderr == ""


def test_plain_feedback_has_sentences_only(run: Run, swapped: Path) -> None:
    result = run("feedback", swapped, "--text", ROOF, "--plain")
    assert "ound your lips less" in result.stdout
    assert not set(result.stdout) & set("█░▓↑↓")


def test_only_the_sound_that_is_spoken_of_is_changed(
    run: Run, swapped: Path, tmp_path: Path
) -> None:
    files = {}
    for times in ("1", "2"):
        files[times] = tmp_path / f"{times}.wav"
        arguments = ("-o", files[times], "--exaggerate", times)
        result = run("feedback", swapped, "--text", ROOF, *arguments)
        assert f"Wrote {files[times]}" in result.stderr.replace("\n", "")
    before, once, twice = (load(path, RATE) for path in (swapped, *files.values()))
    sound = Coach.from_pretrained().feedback(swapped, ROOF).phones[0].said
    start, end = (round(ms * RATE / 1000) for ms in sound.sound_ms)
    margin = RATE // 100
    for after in (once, twice):
        np.testing.assert_allclose(after[: start - margin], before[: start - margin], atol=1e-4)
        rest = len(before) - end - margin
        np.testing.assert_allclose(after[-rest:], before[-rest:], atol=1e-4)
    middle = slice(start + margin, end - margin)
    assert _level_db(once[middle] - before[middle], before[middle]) > -20
    assert not np.allclose(once[middle], twice[middle], atol=1e-3)


def _level_db(sound: np.ndarray, beside: np.ndarray) -> float:
    return 10 * np.log10(np.mean(sound**2) / np.mean(beside**2))


def test_prosody_changes_the_whole_sentence(run: Run, spoken: Path, tmp_path: Path) -> None:
    plain, whole = tmp_path / "plain.wav", tmp_path / "whole.wav"
    result = run("feedback", spoken, "--text", BEAR, "-o", plain)
    assert "No sound was flagged." in result.stdout
    assert "no sound is changed" in result.stderr
    np.testing.assert_allclose(load(plain, RATE), load(spoken, RATE), atol=1e-4)
    result = run("feedback", spoken, "--text", BEAR, "-o", whole, "--prosody")
    assert "no sound is changed" not in result.stderr
    changed, usual = (load(path, RATE) for path in (whole, plain))
    assert len(changed) == pytest.approx(len(usual), abs=RATE / 100)  # the rate is the learner's
    shorter = min(len(changed), len(usual))
    assert _level_db(changed[:shorter] - usual[:shorter], usual) > -10


def test_json_is_what_the_class_says(run: Run, swapped: Path) -> None:
    result = run("feedback", swapped, "--text", ROOF, "--json")
    assert result.exit_code == 0
    value = json.loads(result.stdout)
    jsonschema.validate(value, schema())
    coaching = Coach.from_pretrained().feedback(swapped, ROOF, contour=True)
    assert value == to_json(coaching, file=str(swapped))
    assert value["Pitch"]["TimesMs"]


def test_pictures(run: Run, swapped: Path, tmp_path: Path) -> None:
    png, svg = tmp_path / "a.png", tmp_path / "a.svg"
    arguments = ("feedback", swapped, "--text", ROOF, "--picture")
    assert run(*arguments, png).exit_code == 0
    assert imread(png).shape[1] == 1200
    result = run(*arguments, svg, "--panel", "pitch", "--panel", "durations")
    assert result.exit_code == 0
    text = svg.read_text(encoding="utf-8")
    assert "Pitch" in text
    assert "Spectrogram" not in text


@pytest.mark.usefixtures("no_sound")
def test_without_a_loudspeaker_it_says_so(run: Run, swapped: Path) -> None:
    result = run("feedback", swapped, "--text", ROOF, "--play", "--json")
    assert result.exit_code == 0
    json.loads(result.stdout)
    assert '"river": yours, improved, and the reference' in result.stderr
    assert "Not played: there is no working loudspeaker" in result.stderr


@pytest.mark.usefixtures("no_sound")
def test_nothing_to_play(run: Run, spoken: Path) -> None:
    result = run("feedback", spoken, "--text", BEAR, "--play")
    assert result.exit_code == 0
    assert "There is no word to play." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "--text"),
        (("--text", "  "), "--text"),
        (("--text", "你好"), "English"),
        (("--text", BEAR, "--exaggerate", "0"), "exaggerate"),
        (("--text", BEAR, "--exaggerate", "3.1"), "exaggerate"),
        (("--text", BEAR, "--exaggerate", "nan"), "exaggerate"),
        (("--text", BEAR, "--panel", "pitch"), "--picture"),
        (("--text", BEAR, "--panel", "lips", "--picture", "a.png"), "vowels"),
        (("--text", BEAR, "--picture", "a.txt"), "a.txt"),
        (("--text", BEAR, "-o", "a.txt"), "a.txt"),
        (("--text", BEAR, "--model", "nobody"), "nobody"),
        (("--text", BEAR, "--scorer", "nobody"), "nobody"),
        (("--text", BEAR, "--model", "scorer-en"), "no coach"),
    ],
)
def test_bad_input_is_one_sentence(run: Run, spoken: Path, arguments, word: str) -> None:
    result = run("feedback", spoken, *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("voicecoach: ")
    assert word in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_recording_without_speech(run: Run, spoken: Path, tmp_path: Path) -> None:
    silent = tmp_path / "silent.wav"
    soundfile.write(silent, np.zeros(2 * RATE), RATE)
    for name in (silent, tmp_path / "missing.wav"):
        result = run("feedback", name, "--text", BEAR)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert name.name in result.stderr
        assert result.stderr.count("\n") == 1


def test_what_can_hardly_be_judged_gets_a_warning(run: Run, spoken: Path) -> None:
    result = run("feedback", spoken, "--text", "he likes to swim")
    assert result.exit_code == 0
    assert "does not sound like this sentence" in result.stderr
