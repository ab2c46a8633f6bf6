import numpy as np
import pytest

from voicecoach.audio import io
from voicecoach.practice.demo import SWAPS, TEXT, swap
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.phones import PHONE_INDEX
from voicecoach.text.transcribe import transcribe

pytest.importorskip("hama")


@pytest.fixture(scope="module")
def listener():
    from voicecoach.metrics.listener import Listener

    return Listener()


@pytest.fixture(scope="module")
def takes():
    """The sentence said well and with swapped sounds; 16 kHz."""
    voice, sentence = ReferenceVoice(), transcribe(TEXT)
    spoken = (voice.speak(sentence), voice.speak(swap(sentence, SWAPS)))
    return [io.resample(one.waveform, one.sample_rate, 16000) for one in spoken]


KEYS = [(w, p) for w, word in enumerate(transcribe(TEXT)) for p in range(len(word.phones))]
INTENDED = [PHONE_INDEX[phone] for word in transcribe(TEXT) for phone in word.phones]
SWAPPED = [KEYS.index(key) for key in SWAPS]


def test_sounds_said_right_are_clearer_than_swapped_ones(listener, takes):
    right, wrong = (listener.clarity(take, INTENDED, SWAPPED) for take in takes)
    assert (right > -0.5).all()
    assert (wrong < right - 2).all()
    said = list(INTENDED)
    for place, phone in zip(SWAPPED, SWAPS.values(), strict=True):
        said[place] = PHONE_INDEX[phone]
    as_said = listener.clarity(takes[1], said, SWAPPED)
    assert (as_said > wrong).all()


def test_clarity_is_a_log_probability_and_each_position_stands_for_itself(listener, takes):
    every = listener.clarity(takes[0], INTENDED, range(len(INTENDED)))
    assert every.shape == (len(INTENDED),)
    assert (every <= 0).all()
    assert np.median(every) > -0.1
    np.testing.assert_allclose(listener.clarity(takes[0], INTENDED, [4, 0]), every[[4, 0]])
    assert listener.clarity(takes[0], INTENDED, []).shape == (0,)


def test_all_phones_are_heard_every_20_ms(listener, takes):
    log_posteriors = listener.log_posteriors(takes[0])
    assert log_posteriors.shape[1] == 40
    assert len(log_posteriors) == pytest.approx(len(takes[0]) / 320, abs=3)
    assert (np.exp(log_posteriors).sum(1) <= 1 + 1e-3).all()
    best = log_posteriors[:, 1:].max(0)
    assert best[INTENDED].min() > best[PHONE_INDEX["ZH"]]


def test_swapped_sounds_are_errors(listener, takes):
    right, wrong = (listener.errors(take, INTENDED) for take in takes)
    assert right[1] == wrong[1] == len(INTENDED)
    assert right[0] < wrong[0]
