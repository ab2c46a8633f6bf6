import re

import numpy as np
import pytest
import soundfile
import typer
from typer.testing import CliRunner, Result

from voicecoach.cli.synth import synth
from voicecoach.errors import InputError

app = typer.Typer()
app.command()(synth)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_writes_the_spoken_text(tmp_path) -> None:
    path = tmp_path / "bird.wav"
    result = run("The bird sat in the tree.", "-o", path)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert re.search(r"bird\.wav \(\d\.\d s\)", result.stderr)
    waveform, sample_rate = soundfile.read(path)
    assert sample_rate == 24000
    assert 1.0 < len(waveform) / sample_rate < 4.0
    assert np.abs(waveform).max() > 0.1
    assert list(tmp_path.iterdir()) == [path]


def test_rate_and_seed(tmp_path) -> None:
    for name, options in {"a": [], "b": [], "slow": ["--rate", 0.6]}.items():
        run("See the ship.", "-o", tmp_path / f"{name}.flac", *options, "--seed", 3)
    files = {path.stem: soundfile.read(path)[0] for path in tmp_path.iterdir()}
    assert np.array_equal(files["a"], files["b"])
    assert len(files["slow"]) > 1.3 * len(files["a"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["你好"], "Latin"),
        ([""], "no English word"),
        (["Hello.", "--rate", 9], "rate"),
    ],
)
def test_bad_input_writes_nothing(tmp_path, arguments, message) -> None:
    result = run(*arguments, "-o", tmp_path / "a.wav")
    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there(tmp_path) -> None:
    result = run("Hello.", "-o", tmp_path / "missing" / "a.wav")
    assert isinstance(result.exception, InputError)
    assert "missing" in str(result.exception)


def test_help_shows_examples() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert "voicecoach synth" in result.stdout


def test_another_voice(tmp_path) -> None:
    assert run("See the ship.", "-o", tmp_path / "a.wav", "--voice", "kathleen").exit_code == 0
    assert run("See the ship.", "-o", tmp_path / "b.wav").exit_code == 0
    own, reference = (soundfile.read(tmp_path / f"{name}.wav")[0] for name in "ab")
    assert len(own) != len(reference)


def test_a_voice_that_is_none(tmp_path) -> None:
    result = run("Hello.", "-o", tmp_path / "a.wav", "--voice", "nobody")
    assert isinstance(result.exception, InputError)
    assert "nobody" in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_postfilters(tmp_path) -> None:
    """Each makes another sound, all of the same length."""
    sounds = {}
    for choice in ("none", "gv", "parametric", "stft", "auto"):
        path = tmp_path / f"{choice}.wav"
        result = run("See it.", "-o", path, "--voice", "kathleen", "--postfilter", choice)
        assert result.exit_code == 0, result.output
        sounds[choice] = soundfile.read(path)[0]
    assert len({len(sound) for sound in sounds.values()}) == 1
    assert np.array_equal(sounds["auto"], sounds["stft"])
    assert not np.array_equal(sounds["auto"], sounds["parametric"])
    assert np.abs(sounds["none"] - sounds["gv"]).max() > 0.01


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--postfilter", "gv"], "reference voice has no postfilter"),
        (["--postfilter", "magic", "--voice", "kathleen"], "magic"),
    ],
)
def test_postfilters_that_are_none(tmp_path, arguments, message) -> None:
    result = run("Hello.", "-o", tmp_path / "a.wav", *arguments)
    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_an_enrolled_voice_speaks_and_the_file_says_so(enrolled, tmp_path) -> None:
    assert run("See the ship.", "-o", tmp_path / "a.wav", "--voice", "ann").exit_code == 0
    assert run("See the ship.", "-o", tmp_path / "b.wav").exit_code == 0
    own, reference = (soundfile.SoundFile(tmp_path / f"{name}.wav") for name in "ab")
    assert "synthetic voice of ann" in own.comment
    assert reference.comment == ""
    assert own.frames / own.samplerate == pytest.approx(reference.frames / reference.samplerate)
