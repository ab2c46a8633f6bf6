"""``voicecoach convert``: what it writes, and what it refuses."""

from pathlib import Path

import pytest
import soundfile

from voicecoach.audio.io import read_comment


def test_native_speech_in_an_enrolled_voice(run, enrolled, clips, tmp_path: Path) -> None:
    (path, text), out = next(iter(clips.items())), tmp_path / "out.wav"
    arguments = ("convert", path, "--to", "native", "--text", text, "--voice-of", "ann")
    result = run(*arguments, "-o", out)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert "out.wav" in result.stderr and "synthetic voice of ann" in result.stderr
    assert soundfile.info(out).samplerate == 16000
    assert "synthetic voice of ann" in read_comment(out)
    run(*arguments, "-o", tmp_path / "again.wav")
    assert (tmp_path / "again.wav").read_bytes() == out.read_bytes()


def test_several_recordings_go_past_a_bad_one(run, enrolled, clips, tmp_path: Path) -> None:
    first, second = list(clips)[:2]
    folder = tmp_path / "made"
    result = run(
        *("convert", first, "missing.wav", second, "-o", folder),
        *("--to", "ann", "--voice-of", "reference"),
    )
    assert result.exit_code == 3
    assert "1 of 3 recordings were not converted" in result.stderr
    assert "missing.wav" in result.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["garden.wav", "river.wav"]
    for path in (first, second):
        made = folder / path.name
        assert "synthetic voice of ann" in read_comment(made)
        assert soundfile.info(made).duration == pytest.approx(
            soundfile.info(path).duration, abs=0.001
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "ann"], "too short to tell the voice"),
        (["--to", "native", "--voice-of", "ann"], "what is read"),
        (["--to", "native", "--text", "hello"], "too short to tell the voice"),
        (["--to", "native", "--text", "...", "--voice-of", "ann"], ""),
        (["--to", "ann", "--text", "hello"], "--to native"),
        (["--to", "native", "--text", "hello", "--rhythm", "0.5"], "--to NAME"),
        (["--to", "nobody"], "nobody"),
        (["--to", "kathleen"], "kathleen"),
        (["--to", "ann", "--voice-of", "nobody"], "nobody"),
    ],
)
def test_bad_input_writes_nothing(run, enrolled, clips, tmp_path, arguments, message) -> None:
    result = run("convert", next(iter(clips)), "-o", tmp_path / "out.wav", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_outputs_that_do_not_fit(run, enrolled, clips, tmp_path: Path) -> None:
    first, second = list(clips)[:2]
    (tmp_path / "file").touch()
    for inputs, output, message in [
        ([first, second], tmp_path / "out.wav", "folder"),
        ([first, second], tmp_path / "file", "is a file"),
        ([first, first], tmp_path / "made", "both write"),
        ([first], first, "replace a recording"),
        ([first], tmp_path / "out.mp3", ".wav or .flac"),
    ]:
        before = first.read_bytes()
        result = run("convert", *inputs, "-o", output, "--to", "ann", "--voice-of", "reference")
        assert result.exit_code == 2
        assert message in result.stderr
        assert first.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_voice_that_is_damaged(run, enrolled, clips, tmp_path: Path) -> None:
    (enrolled / "profile.json").write_text("nothing")
    result = run("convert", next(iter(clips)), "-o", tmp_path / "out.wav", "--to", "ann")
    assert result.exit_code == 2
    assert "The voice 'ann' is damaged" in result.stderr
