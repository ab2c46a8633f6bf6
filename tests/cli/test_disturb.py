import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

from voicecoach.audio import io
from voicecoach.audio.codec import CODECS
from voicecoach.data import kaldi
from voicecoach.data.utterance import Utterance
from voicecoach.text.transcribe import transcribe

Run = Callable[..., Result]
TEXT = "we call it bear"


@pytest.fixture
def data(spoken: Path, tmp_path: Path) -> Path:
    sentence = transcribe(TEXT)
    kaldi.write(
        tmp_path / "data", [Utterance(utt, "s", spoken, TEXT, sentence) for utt in ("u1", "u2")]
    )
    return tmp_path / "data"


@pytest.fixture
def voices(tmp_path: Path) -> Path:
    (tmp_path / "voices").mkdir()
    waveform = 0.1 * np.random.default_rng(0).normal(size=16000)
    io.save(tmp_path / "voices" / "v.flac", waveform, 16000)
    return tmp_path / "voices"


def test_folder_is_written(run: Run, data: Path, voices: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("disturb", data, "--out", out, "--babble", voices, "--snr-db", "10")
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert [u.wav for u in kaldi.read(out)] == [out / "wav" / f"{u}.flac" for u in ("u1", "u2")]
    settings = json.loads((out / "disturb.json").read_text())
    assert (settings["kind"], settings["snr_db"], settings["seed"]) == ("babble", 10.0, 0)


def test_same_command_again_keeps_what_is_there(run: Run, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("disturb", data, "--out", out, "--codec", "gsm")
    kept = out / "wav" / "u1.flac"
    kept.write_bytes(b"kept")
    assert run("disturb", data, "--out", out, "--codec", "gsm").exit_code == 0
    assert kept.read_bytes() == b"kept"
    result = run("disturb", data, "--out", out, "--codec", "mp3")
    assert result.exit_code == 2
    assert "other settings (source)" in result.stderr
    assert kept.read_bytes() == b"kept"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "exactly one"),
        (("--codec", "gsm", "--room", "rooms"), "exactly one"),
        (("--codec", "aac"), "no codec 'aac': use one of opus"),
        (("--codec", "gsm", "--snr-db", "10"), "leave it out"),
        (("--noise", "noises"), "add one"),
        (("--noise", "noises", "--snr-db", "nan"), "snr-db"),
        (("--noise", "noises", "--snr-db", "200"), "snr-db"),
        (("--noise", "noises", "--snr-db", "10"), "noises has no folders"),
        (("--room", "rooms"), "rooms holds no sound files"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    run: Run, data: Path, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    result = run("disturb", data, "--out", tmp_path / "out", *options)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_bad_file_is_listed_and_the_rest_is_done(
    run: Run, data: Path, tmp_path: Path, jobs: str
) -> None:
    bad = tmp_path / "notes.wav"
    bad.write_text("not a recording")
    table = data / "wav.scp"
    table.write_text(f"u1\t{bad}\n" + table.read_text().splitlines()[1] + "\n")
    out = tmp_path / "out"
    result = run("disturb", data, "--out", out, "--codec", "telephone", "--jobs", jobs)
    assert result.exit_code == 3
    assert "could not be disturbed (1)" in result.stderr
    assert f"u1: {bad}" in result.stderr
    assert [u.utt for u in kaldi.read(out)] == ["u2"]


def test_data_and_out_that_cannot_be_used(run: Run, data: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    for arguments, word in (
        ((tmp_path / "nowhere", "--out", tmp_path / "out"), "nowhere"),
        ((data, "--out", in_the_way / "out"), "file"),
        ((data, "--out", in_the_way), "file"),
        ((data, "--out", data), "choose another --out"),
    ):
        result = run("disturb", *arguments, "--codec", "gsm")
        assert result.exit_code == 2
        assert word in result.stderr
        assert "Traceback" not in result.stderr


def test_help_names_every_codec(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert "|".join(CODECS) in run("disturb", "--help").output
