import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from voicecoach.practice.clips import cut_sound, cut_word, equally_loud, in_turn

RATE = 16_000


@pytest.fixture
def tone() -> np.ndarray:
    return np.sin(np.arange(RATE) * 2 * np.pi * 200 / RATE).astype(np.float32)


def test_a_word_is_cut_with_a_margin_and_without_clicks(tone: np.ndarray) -> None:
    piece = cut_word(tone, RATE, 300, 500)
    assert len(piece) == round(0.26 * RATE)
    assert piece[0] == piece[-1] == 0
    inside = slice(round(0.02 * RATE), -round(0.02 * RATE))
    np.testing.assert_array_equal(piece[inside], tone[round(0.27 * RATE) :][: len(piece)][inside])


def test_a_cut_leaves_the_recording_alone(tone: np.ndarray) -> None:
    before = tone.copy()
    cut_word(tone, RATE, 0, 1000)
    np.testing.assert_array_equal(tone, before)


@pytest.mark.parametrize(("start_ms", "end_ms"), [(0, 40), (980, 1000), (500, 500), (400, 900)])
def test_a_sound_is_long_enough_to_be_heard(
    tone: np.ndarray, start_ms: float, end_ms: float
) -> None:
    piece = cut_sound(tone, RATE, start_ms, end_ms)
    assert len(piece) >= 0.12 * RATE  # at the edge of the recording half of it is missing
    if start_ms > 200 and end_ms < 800:
        assert len(piece) == round(max(0.24, (end_ms - start_ms) / 1000) * RATE)


def test_two_recordings_in_turn_are_equally_loud(tone: np.ndarray) -> None:
    both = in_turn([0.01 * tone, 0.9 * tone], RATE)
    first, second = both[:RATE], both[-RATE:]
    np.testing.assert_allclose(first, second, atol=1e-3)
    assert len(both) == round(2.4 * RATE)
    assert not both[RATE:-RATE].any()


def test_nothing_in_turn_is_nothing() -> None:
    assert len(in_turn([], RATE)) == 0
    assert not in_turn([np.zeros(10)], RATE).any()


@given(arrays(np.float32, st.integers(0, 50), elements=st.floats(-1, 1, width=32)))
def test_made_louder_nothing_clips(waveform: np.ndarray) -> None:
    louder = equally_loud(waveform)
    assert len(louder) == len(waveform)
    assert np.isfinite(louder).all()
    assert np.abs(louder).max(initial=0) <= 1
