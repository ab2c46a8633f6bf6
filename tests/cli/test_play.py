import signal

import numpy as np
import pytest
import soundfile

from voicecoach.audio import io
from voicecoach.cli.play import _looks_like_a_file
from voicecoach.synthesis import voices

RATE = 16_000


def test_a_file_comes_out_of_the_loudspeaker(
    run, sound_server, sound_backend, melody, likeness, tmp_path
) -> None:
    path = tmp_path / "a.ogg"
    soundfile.write(path, np.stack([melody, melody], axis=1), RATE)
    with sound_server.listening() as heard:
        result = run("play", path, "--backend", sound_backend)
        sound = heard()
    assert result.exit_code == 0
    assert result.output == ""
    assert likeness(melody, sound) > 0.99


@pytest.mark.parametrize("voice", ["reference", "kathleen"])
def test_a_text_is_spoken(run, sound_server, likeness, voice) -> None:
    spoken = voices.load(voice).speak("we call it", rate=0.8)
    with sound_server.listening() as heard:
        result = run("play", "we call it", "--rate", "0.8", "--voice", voice)
        sound = heard()
    assert result.exit_code == 0
    assert likeness(io.resample(spoken.waveform, spoken.sample_rate, RATE), sound) > 0.99


def test_a_file_is_played_slower(run, sound_server, melody, tmp_path) -> None:
    io.save(tmp_path / "a.wav", melody, RATE)
    with sound_server.listening() as heard:
        assert run("play", tmp_path / "a.wav", "--rate", "0.5").exit_code == 0
        audible = np.flatnonzero(np.abs(heard()) > 0.01)
    duration_s = (audible[-1] - audible[0]) / RATE
    assert duration_s == pytest.approx(2 * len(melody) / RATE, rel=0.1)


def test_a_folder_and_a_long_text_are_no_files(run, no_sound, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hello").mkdir()
    for text in ("hello", "hello " * 60):
        assert "no working loudspeaker" in run("play", text).stderr


def test_another_loudspeaker(run, sound_server, melody, tmp_path) -> None:
    io.save(tmp_path / "a.wav", melody, RATE)
    with sound_server.listening() as heard:
        for backend in ("pulse", None):  # without --backend the one that has it is found
            chosen = ("--backend", backend) if backend else ()
            result = run("play", tmp_path / "a.wav", "--device", "microphone", *chosen)
            assert result.exit_code == 0
        assert np.abs(heard()).max() < 0.001


def test_ctrl_c_silences_it_at_once(start, sound_server, sound_backend, tmp_path) -> None:
    n_samples = 60 * RATE
    sound = 0.3 * np.sin(np.arange(n_samples) / 10)
    io.save(tmp_path / "a.wav", sound, RATE)
    with sound_server.listening() as heard:
        process = start("play", "a.wav", "--backend", sound_backend)
        sound_server.wait_until_playing()
        process.send_signal(signal.SIGINT)
        assert process.communicate() == ("", "voicecoach: Interrupted.\n")
        assert process.returncode == 130
        recorded = heard(1.5)  # a busy server still plays what it had
    assert len(recorded) < n_samples
    assert np.abs(recorded[-RATE // 8 :]).max() < 0.001


@pytest.mark.parametrize(
    "name", ["a.wav", "my take.wav", "takes/first", "/takes/first", "first.xyz", r"takes\first"]
)
def test_file_names(name) -> None:
    assert _looks_like_a_file(name)


@pytest.mark.parametrize(
    "text", ["Hello.", "Hello", "Is it 3.30 or 4.15?", "either/or is it", "Wait... what", "a.m. x"]
)
def test_texts(text) -> None:
    assert not _looks_like_a_file(text)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("missing.wav",), "There is no file missing.wav"),
        (("takes/missing",), "There is no file"),
        (("",), "no English word"),
        (("你好",), "Latin"),
        (("hello", "--rate", "9"), "rate 9 is out of range"),
        (("note.txt",), "not a recording"),
        (("note.txt", "--rate", "0.1"), "rate 0.1 is out of range"),
        (("hello", "--backend", "jack"), "portaudio, pulse, alsa"),
    ],
)
def test_bad_input(run, tmp_path, monkeypatch, arguments, message) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note.txt").write_text("hello")
    result = run("play", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.usefixtures("no_sound")
def test_without_a_loudspeaker(run) -> None:
    result = run("play", "hello")
    assert result.exit_code == 2
    assert "There is no working loudspeaker" in result.stderr
    assert "libportaudio2" in result.stderr


def test_a_loudspeaker_that_is_not_there(run, sound_server) -> None:
    result = run("play", "hello", "--device", "ear trumpet")
    assert result.exit_code == 2
    assert "The loudspeaker 'ear trumpet' cannot be used" in result.stderr
