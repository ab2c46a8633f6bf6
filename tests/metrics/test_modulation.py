import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.metrics.modulation import (
    SEGMENT,
    distance_db,
    drawn_distances_db,
    log_global_variance_db,
    log_modulation_spectrum_db,
)


def noise(n: int = 3, n_frames: int = 400, seed: int = 0) -> list[np.ndarray]:
    return list(np.random.default_rng(seed).standard_normal((n, n_frames, 4)))


def test_variance_of_a_known_trajectory() -> None:
    trajectory = np.stack([np.tile([1.0, -1.0], 50), np.tile([10.0, -10.0], 50)], axis=1)
    np.testing.assert_allclose(log_global_variance_db([trajectory]), [[0.0, 20.0]], atol=1e-9)


def test_a_tone_lies_in_its_bin() -> None:
    time = np.arange(1000)[:, None]
    tone = np.sin(2 * np.pi * time * np.array([[8, 20]]) / SEGMENT)
    spectrum = log_modulation_spectrum_db([tone])
    assert spectrum.shape == (1, SEGMENT // 2 + 1, 2)
    assert spectrum[0].argmax(axis=0).tolist() == [8, 20]


def test_white_noise_is_flat() -> None:
    spectrum = log_modulation_spectrum_db(noise(1, 60_000))[0, 3:-1]
    assert np.abs(spectrum).max() < 1.5


@settings(deadline=None)
@given(st.floats(0.1, 10.0), st.integers(20, 300))
def test_louder_by_as_many_db(gain, n_frames) -> None:
    """Also where an utterance is shorter than a segment."""
    natural = noise(2, n_frames)
    made = [gain * trajectory + 5.0 for trajectory in natural]
    expected = abs(20 * np.log10(gain))
    for measure in (log_global_variance_db, log_modulation_spectrum_db):
        assert distance_db(measure(made), measure(natural)) == pytest.approx(expected, abs=1e-6)


def test_a_drawn_utterance_counts_as_often_as_drawn() -> None:
    made, natural = np.array([[1.0], [5.0]]), np.zeros((2, 1))
    assert distance_db(made, natural) == 3.0
    drawn = drawn_distances_db(made, natural, np.array([[2, 0], [1, 1], [0, 1]]))
    assert drawn.tolist() == [1.0, 3.0, 5.0]
