"""Times of one recording on those of another."""

import numpy as np
import pytest

from voicecoach.conversion.stretching import sample, stretched, weights


def test_times_are_stretched_phone_by_phone():
    source, target = np.array([[0.0, 100.0], [100.0, 200.0]]), np.array([[50, 100], [100, 400]])
    found = stretched(np.array([0.0, 50.0, 100.0, 150.0, 900.0]), source, target)
    assert found == pytest.approx([50, 75, 100, 250, 400])


def test_rows_between_frames():
    rows = np.array([[0.0], [2.0], [4.0]])
    assert sample(rows, np.array([-1.0, 0.5, 2.0, 9.0]))[:, 0].tolist() == [0, 1, 4, 4]


def test_weights_are_those_of_the_phone_and_none_between_words():
    phones = np.array([[10.0, 20.0], [40.0, 50.0]])
    found = weights(np.array([0.0, 10.0, 19.0, 30.0, 45.0, 60.0]), phones, np.array([1, 0.5]))
    assert found.tolist() == [0, 1, 1, 0, 0.5, 0]
