"""The public class, as it is packaged."""

from dataclasses import replace

import numpy as np
import pytest

from voicecoach.conversion import frames
from voicecoach.conversion.converter import LONGEST, Converter
from voicecoach.errors import InputError
from voicecoach.synthesis.reference import ReferenceVoice

TEXTS = ("We call it bear.", "She likes red apples in the morning.")


@pytest.fixture(scope="module")
def converter():
    return Converter.from_pretrained()


def test_the_melody_is_the_persons(converter, lower_print, say):
    said = say(TEXTS[1])
    made = converter.personalise(said, lower_print, rhythm=0.0)
    assert len(made) == len(said)
    assert np.abs(made).max() <= 1
    pitch = [frames.analyse(x) for x in (said, made)]
    medians = [np.median(x.log_f0[x.voiced]) for x in pitch]
    assert medians[1] - medians[0] == pytest.approx(np.log(1 / 1.2), abs=0.08)


def test_rhythm_goes_to_the_pace_of_the_person(converter, lower_print, say):
    said = say(TEXTS[0])
    lengths = [len(converter.personalise(said, lower_print, rhythm=r)) for r in (0.0, 0.5, 1.0)]
    assert lengths[0] == len(said) < lengths[1] < lengths[2]
    slow = replace(lower_print, phones_per_s=1.0)
    assert converter.stretch(slow) == LONGEST
    assert len(converter.personalise(said, slow)) == round(LONGEST * len(said))


def test_without_a_pace_or_to_a_quicker_one_nothing_is_stretched(converter, lower_print):
    for pace in (0.0, 30.0):
        other = replace(lower_print, phones_per_s=pace)
        assert converter.stretch(other) == 1.0
        assert converter.stretch(lower_print, source=replace(other, phones_per_s=0.0)) == 1.0


def test_times_are_where_the_sound_is(converter, lower_print):
    spoken = converter.speak(TEXTS[1], replace(lower_print, phones_per_s=8.0))
    power = np.square(spoken.waveform)
    start, end = (round(16 * ms) for ms in (spoken.phones[0][1], spoken.phones[-1][2]))
    assert power[start - 500 : end + 1500].sum() > 0.99 * power.sum()
    assert power[start : start + 3200].sum() > 0.01 * power.sum()
    assert power[end - 3200 : end].sum() > 0.001 * power.sum()


@pytest.mark.parametrize(("rate", "own_rate"), [(0.8, 0.8), (1.2, 1.0), (1.5, 1.0), (1.8, 1.2)])
def test_nothing_is_made_quicker_to_be_stretched_again(converter, lower_print, rate, own_rate):
    slow = replace(lower_print, phones_per_s=converter.reference.phones_per_s / 1.5)
    spoken = converter.speak(TEXTS[1], slow, rate=rate)
    plain = ReferenceVoice().speak(TEXTS[1], own_rate)
    assert spoken.duration_ms == pytest.approx(1.5 * own_rate / rate * plain.duration_ms, abs=1)


def test_a_rate_out_of_range_is_refused(converter, lower_print):
    with pytest.raises(InputError, match="rate"):
        converter.speak(TEXTS[0], lower_print, rate=3.0)


def test_a_slow_learner_is_answered_slowly(converter, lower_print, say):
    quick = say(TEXTS[1])
    slow = np.repeat(quick, 2)  # nothing but how long it lasts is heard of it
    native = [converter.nativise(take, TEXTS[1], lower_print) for take in (quick, slow)]
    assert len(native[0]) < len(native[1])
    assert np.array_equal(native[0], converter.nativise(quick, TEXTS[1], lower_print))


def test_errors_are_sentences(converter, lower_print, say, tmp_path):
    with pytest.raises(InputError, match="finite samples"):
        converter.personalise(np.zeros(0), lower_print)
    with pytest.raises(InputError):
        converter.nativise(say(TEXTS[0]), "", lower_print)
    with pytest.raises(InputError, match="no converter"):
        Converter.from_pretrained("scorer-en")
    with pytest.raises(InputError):
        Converter.from_pretrained(tmp_path / "none")
