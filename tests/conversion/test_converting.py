"""Files in, marked files out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voicecoach.audio import io
from voicecoach.conversion.converter import Converter
from voicecoach.conversion.converting import Conversion
from voicecoach.conversion.profile import Profile
from voicecoach.errors import InputError


def test_another_voice_says_the_same_at_the_same_time(enrolled, clips, tmp_path: Path) -> None:
    path, out = next(iter(clips)), tmp_path / "out.wav"
    conversion = Conversion.open("reference", "ann")
    assert not conversion.needs_text
    duration_s, whose = conversion.convert_file(path, out)
    before, after = io.load(path, 16000), io.load(out, 16000)
    assert whose == "reference" and duration_s == len(after) / 16000
    assert len(before) == len(after)

    def loudness(waveform: np.ndarray) -> np.ndarray:
        return np.log(
            np.square(waveform[: len(waveform) // 800 * 800]).reshape(-1, 800).mean(1) + 1e-6
        )

    assert np.corrcoef(loudness(before), loudness(after))[0, 1] > 0.9
    assert io.read_comment(out).startswith("Converted by voicecoach")


def test_rhythm_says_how_far_to_go_to_the_pace_of_the_voice(
    enrolled: Path, clips, tmp_path: Path
) -> None:
    converter = Converter.from_pretrained()
    own, pace = Profile.open("ann").voiceprint(converter), converter.reference.phones_per_s / 1.44
    replace(own, phones_per_s=pace).save(enrolled / "voiceprint.safetensors")
    path, out = next(iter(clips)), tmp_path / "out.wav"
    length = len(io.load(path, 16000))
    for voice_of, rhythm, stretch in [
        ("reference", 1.0, 1.44),
        ("reference", 0.5, 1.2),
        ("reference", 0.0, 1.0),
        ("ann", 1.0, 1.0),
    ]:
        Conversion.open("ann", voice_of, rhythm=rhythm).convert_file(path, out)
        assert len(io.load(out, 16000)) == pytest.approx(stretch * length, abs=1)


def test_native_speech_keeps_the_speaker(enrolled, clips, tmp_path: Path) -> None:
    (path, text), out = next(iter(clips.items())), tmp_path / "out.flac"
    conversion = Conversion.open("native", "ann")
    assert conversion.needs_text
    assert conversion.convert_file(path, out, text)[1] == "ann"
    assert "synthetic voice of ann" in io.read_comment(out)
    with pytest.raises(InputError, match="give its text"):
        conversion.convert_file(path, out)


def test_a_long_recording_tells_its_own_voice(clips, tmp_path: Path) -> None:
    long = tmp_path / "long.wav"
    io.save(long, np.concatenate([io.load(path, 16000) for path in clips]), 16000)
    conversion = Conversion.open("reference")
    assert conversion.convert_file(long, tmp_path / "out.wav")[1] == "reference"
    with pytest.raises(InputError, match=r"river\.wav is too short .*--voice-of"):
        conversion.convert_file(next(iter(clips)), tmp_path / "none.wav")
    assert not (tmp_path / "none.wav").exists()


@pytest.mark.parametrize(
    ("to", "voice_of", "message"),
    [
        ("nobody", None, "no enrolled voice 'nobody'"),
        ("native", "nobody", "no enrolled voice 'nobody'"),
        ("kathleen", None, "'kathleen' cannot be converted"),
        ("../ann", None, "cannot be called"),
    ],
)
def test_voices_that_cannot_be_used(enrolled, to, voice_of, message) -> None:
    with pytest.raises(InputError, match=message):
        Conversion.open(to, voice_of)
