"""What is known about a speaker."""

from dataclasses import fields, replace

import numpy as np
import pytest

from voicecoach.conversion import frames, voiceprint
from voicecoach.conversion.voiceprint import Voiceprint
from voicecoach.errors import InputError


def test_a_lower_voice_has_a_lower_melody(reference_print, lower_print):
    ratio = np.exp(lower_print.log_f0[0] - reference_print.log_f0[0])
    assert ratio == pytest.approx(1 / 1.2, rel=0.05)
    assert lower_print.phones_per_s == pytest.approx(reference_print.phones_per_s / 1.2, rel=0.1)


def test_the_room_between_sounds_counts_less_where_loud_frames_tell(recordings):
    """A hum that is heard only where the speech is quiet."""
    clean = [frames.analyse(waveform) for waveform, _ in recordings]
    moved = np.eye(32)[5]
    noisy = [
        replace(x, mcep=x.mcep + np.outer(x.mcep[:, 0] < np.quantile(x.mcep[:, 0], 0.8), moved))
        for x in clean
    ]
    a, b = Voiceprint.of(clean), Voiceprint.of(noisy)
    plain, loud = (np.abs(y.mean - x.mean)[1, 5] for x, y in ((a, b), (a.loud, b.loud)))
    assert loud < 0.5 * plain


def test_comes_back_from_a_file(lower_print, tmp_path):
    lower_print.save(tmp_path / "me.safetensors")
    again = Voiceprint.load(tmp_path / "me.safetensors")
    for field in fields(Voiceprint):
        assert np.array_equal(getattr(again, field.name), getattr(lower_print, field.name))


def test_without_texts_there_is_no_pace(recordings):
    assert Voiceprint.measure([(w, None) for w, _ in recordings]).phones_per_s == 0.0


def test_too_little_speech_says_how_much_there_is(recordings):
    with pytest.raises(InputError, match=r"There are \d\.\d s of voice"):
        Voiceprint.measure(recordings[:1])
    with pytest.raises(InputError, match="finite samples"):
        Voiceprint.measure([(np.array([np.nan]), None)])


def test_other_files_are_refused(tmp_path, lower_print):
    path = tmp_path / "me.safetensors"
    with pytest.raises(InputError, match="has no me"):
        Voiceprint.load(path)
    path.write_bytes(b"nonsense")
    with pytest.raises(InputError, match="damaged"):
        Voiceprint.load(path)
    with pytest.raises(InputError, match="no voiceprint"):
        Voiceprint.from_tensors({}, "", path)
    smaller = {**lower_print.tensors(), "mean": lower_print.tensors()["mean"][:, :10]}
    with pytest.raises(InputError, match="another size"):
        Voiceprint.from_tensors(smaller, "", path)


def test_what_was_measured_in_another_way_is_measured_again(tmp_path, lower_print, monkeypatch):
    path = tmp_path / "me.safetensors"
    lower_print.save(path)
    monkeypatch.setattr(voiceprint, "VERSION", voiceprint.VERSION + 1)
    with pytest.raises(InputError, match="another version: measure it again"):
        Voiceprint.load(path)
