"""Enrolled voices beside those of the package, and how they speak."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voicecoach.conversion import voices
from voicecoach.conversion.converter import Converter
from voicecoach.conversion.profile import Profile
from voicecoach.errors import InputError
from voicecoach.synthesis.reference import ReferenceVoice

TEXT = "See the red ship near the river."


def test_speaks_at_the_pace_of_the_person(enrolled: Path) -> None:
    own, stretch = Profile.open("ann").voiceprint(Converter.from_pretrained()), 1.5
    pace = Converter.from_pretrained().reference.phones_per_s / stretch
    replace(own, phones_per_s=pace).save(enrolled / "voiceprint.safetensors")
    spoken, reference = voices.load("ann").speak(TEXT, 0.8, 3), ReferenceVoice().speak(TEXT, 0.8, 3)
    assert spoken.sample_rate == 16000
    assert spoken.duration_ms == pytest.approx(stretch * reference.duration_ms, abs=1)
    for own_spans, its in ((spoken.words, reference.words), (spoken.phones, reference.phones)):
        assert [label for label, *_ in own_spans] == [label for label, *_ in its]
        times, plain = (np.array([span[1:] for span in spans]) for spans in (own_spans, its))
        assert times == pytest.approx(stretch * plain)
    assert spoken.waveform.dtype == np.float32
    assert 0.05 < np.abs(spoken.waveform).max() <= 1.0
    again = voices.load("ANN").speak(TEXT, 0.8, 3)
    assert np.array_equal(spoken.waveform, again.waveform)


def test_at_the_pace_of_the_reference_voice_its_times_stay(enrolled: Path) -> None:
    spoken, reference = voices.load("ann").speak(TEXT), ReferenceVoice().speak(TEXT)
    assert spoken.words == reference.words
    assert spoken.phones == reference.phones
    assert spoken.duration_ms == pytest.approx(reference.duration_ms, abs=1)


def test_the_pitch_is_that_of_the_enrolled_speaker(enrolled: Path) -> None:
    converter = Converter.from_pretrained()
    own = Profile.open("ann").voiceprint(converter)
    spoken = voices.load("ann").speak(
        "We saw the red roof near the river, and my brother was there with all of our friends. "
        "Every morning I read the news, and then I walk to the station. The weather is lovely. "
        "My neighbors are moving to a larger house, and we are going to help them all day."
    )
    made = converter.voiceprint([(spoken.waveform, None)])
    assert abs(made.log_f0[0] - own.log_f0[0]) < 0.1
    assert abs(made.log_f0[0] - own.log_f0[0]) < abs(made.log_f0[0] - converter.reference.log_f0[0])


def test_packaged_voices_are_found_as_ever(enrolled: Path) -> None:
    assert voices.find("reference") is None
    assert voices.find("kathleen") is None
    assert isinstance(voices.load(), ReferenceVoice)
    assert voices.comment("kathleen") is None
    assert "ann" in (voices.comment("Ann") or "")


def test_a_folder_of_that_name_does_not_hide_a_voice(
    enrolled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ann").mkdir()
    monkeypatch.chdir(tmp_path)
    assert voices.find("ann") is not None
    with pytest.raises(InputError, match="no checkpoint"):
        voices.find("./ann")


def test_what_is_no_voice(enrolled: Path) -> None:
    with pytest.raises(InputError, match=r"reference or kathleen or ann, .*voicecoach enroll"):
        voices.load("nobody")
    with pytest.raises(InputError, match="no postfilter"):
        voices.load("ann", "gv")
    (enrolled / "profile.json").write_text(json.dumps({}))
    with pytest.raises(InputError, match="damaged"):
        voices.load("ann")
