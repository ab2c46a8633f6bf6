import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voicecoach.audio import io

RATE = 16_000


def wait_for(process, text: str) -> str:
    """Reads standard error up to a line with ``text``."""
    read = ""
    for line in process.stderr:
        read += line
        if text in line:
            return read
    raise AssertionError(f"no {text!r} in {read!r}")


def test_what_is_said_is_in_the_file(
    start, sound_server, sound_backend, melody, likeness, tmp_path
) -> None:
    process = start("record", "a.wav", "--backend", sound_backend)
    wait_for(process, "Recording: Ctrl-C ends it.")
    sound_server.say(melody).wait()
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate()
    assert process.returncode == 0
    assert stdout == ""
    assert f"by {sound_backend}" in stderr
    assert stderr.count("\n") == 1  # neither silent nor clipped
    assert likeness(melody, io.load(tmp_path / "a.wav", RATE)) > 0.99
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_so_many_seconds_of_silence(start, sound_server, tmp_path) -> None:
    process = start("record", "a.flac", "--seconds", "0.5", "--sample-rate", "24000")
    stderr = process.communicate()[1]
    assert process.returncode == 0
    assert "It is silent (peak 120 dB below full scale)" in stderr
    info = soundfile.info(tmp_path / "a.flac")
    assert (info.frames, info.samplerate, info.channels) == (12_000, 24_000, 1)


def test_too_loud(start, sound_server, melody, tmp_path) -> None:
    process = start("record", "a.wav")
    wait_for(process, "Recording")
    sound_server.say(np.clip(20 * melody, -1, 1)).wait()
    process.send_signal(signal.SIGTERM)
    assert "It is clipped (" in process.communicate()[1]
    assert process.returncode == 0


def test_enter_ends_it_and_the_terminal_shows_the_level(start, sound_server, tmp_path) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    process = start("record", "a.wav", stdin=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while b" dB" not in shown and b"[" not in shown:
        shown += os.read(ours, 1000)
    assert b"Recording: Enter or Ctrl-C ends it." in shown
    os.write(ours, b"\n")
    try:
        while data := os.read(ours, 1000):
            shown += data
    except OSError:  # so Linux says that the other side is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    assert b"Wrote a.wav" in shown
    assert soundfile.info(tmp_path / "a.wav").frames > 0


def test_a_microphone_that_goes_away(
    start, mortal_sound_server, sound_backend, melody, likeness, tmp_path
) -> None:
    process = start("record", "a.wav", "--backend", sound_backend)
    wait_for(process, "Recording")
    mortal_sound_server.say(melody).wait()
    mortal_sound_server.stop()
    stderr = process.communicate()[1]
    assert process.returncode == 3
    assert "The microphone went away" in stderr
    assert "Wrote a.wav" in stderr
    assert soundfile.info(tmp_path / "a.wav").frames > 0


def test_a_folder_that_goes_away(start, sound_server, tmp_path, monkeypatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "takes").mkdir()
    monkeypatch.setenv("TMPDIR", str(elsewhere))
    process = start("record", "takes/a.wav")
    wait_for(process, "Recording")
    shutil.rmtree(tmp_path / "takes")
    process.send_signal(signal.SIGINT)
    stderr = process.communicate()[1]
    assert process.returncode == 3
    assert "Cannot write takes/a.wav" in stderr
    (kept,) = elsewhere.glob("*/a.wav")
    assert f"Wrote {kept}" in stderr


@pytest.mark.usefixtures("no_sound")  # refused before a microphone is looked for
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing/a.wav", "no folder missing"),
        ("a.mp3", r"a.mp3: the name must end in .wav or .flac"),
        ("folder.wav", "is a folder"),
        ("file/a.wav", "no folder file"),
    ],
)
def test_a_file_that_cannot_be_written(run, tmp_path, monkeypatch, name, message) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "file").touch()
    result = run("record", name)
    assert result.exit_code == 2
    assert result.stderr.startswith("voicecoach: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"file", "folder.wav"}


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")
def test_a_folder_that_takes_no_files(run) -> None:
    result = run("record", "/proc/a.wav")
    assert result.exit_code == 2
    assert "Cannot write /proc/a.wav" in result.stderr


@pytest.mark.usefixtures("no_sound")
def test_without_a_microphone(run, tmp_path) -> None:
    result = run("record", tmp_path / "a.wav")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    for package in ("libportaudio2", "pulseaudio-utils", "alsa-utils"):
        assert f"apt install {package}" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_microphone_that_is_not_there(run, sound_server, tmp_path) -> None:
    result = run("record", tmp_path / "a.wav", "--device", "hearing trumpet")
    assert result.exit_code == 2
    assert "The microphone 'hearing trumpet' cannot be used" in result.stderr
    assert run("record", tmp_path / "a.wav", "--backend", "jack").exit_code == 2
    assert run("record", tmp_path / "a.wav", "--seconds", "-1").exit_code == 2
    assert not list(tmp_path.iterdir())
