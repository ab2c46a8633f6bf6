"""Training features."""

from dataclasses import replace

import numpy as np
import pytest

from voicecoach.conversion import pairs
from voicecoach.errors import InputError


def test_times_are_stretched_phone_by_phone():
    source, target = np.array([[0.0, 100.0], [100.0, 200.0]]), np.array([[50, 100], [100, 400]])
    found = pairs.stretched(np.array([0.0, 50.0, 100.0, 150.0, 900.0]), source, target)
    assert found == pytest.approx([50, 75, 100, 250, 400])


def test_rows_between_frames():
    rows = np.array([[0.0], [2.0], [4.0]])
    assert pairs.sample(rows, np.array([-1.0, 0.5, 2.0, 9.0]))[:, 0].tolist() == [0, 1, 4, 4]


def test_weights_are_those_of_the_phone_and_none_between_words():
    phones = np.array([[10.0, 20.0], [40.0, 50.0]])
    found = pairs.weights(np.array([0.0, 10.0, 19.0, 30.0, 45.0, 60.0]), phones, np.array([1, 0.5]))
    assert found.tolist() == [0, 1, 1, 0, 0.5, 0]


def test_both_sides_are_in_step(some_pairs):
    source, target = (np.array(x, np.float64) for x in (some_pairs.source, some_pairs.target))
    well = some_pairs.weight > 0
    # Loudness of the same sound, said more slowly, rises and falls at the same time.
    assert np.corrcoef(source[well, 0], target[well, 0])[0, 1] > 0.9


def test_an_utterance_does_not_tell_its_own_voice(some_pairs):
    own = some_pairs.chosen.reshape(-1, 2, pairs.SPLITS)
    assert (own[:, 0] != own[:, 1]).all()
    assert len(some_pairs.voiceprints) == 6 * pairs.SPLITS * 2


def test_comes_back_from_a_folder(some_pairs, tmp_path):
    pairs.save(tmp_path, some_pairs)
    again = pairs.load(tmp_path)
    assert again.utts == some_pairs.utts
    assert np.array_equal(again.target, some_pairs.target)
    assert again.voiceprints[3].mean == pytest.approx(some_pairs.voiceprints[3].mean, rel=1e-5)
    (tmp_path / pairs.INDEX).unlink()
    with pytest.raises(InputError, match="run stage 3"):
        pairs.load(tmp_path)


def test_badly_said_phones_count_nothing(some_pairs):
    assert set(np.unique(some_pairs.weight)) == {0.0, 1.0}  # nobody scored them
    assert replace(some_pairs).frames(0) == slice(0, int(some_pairs.offsets[1]))
