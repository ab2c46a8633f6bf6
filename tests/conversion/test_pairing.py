"""How training features are made."""

from dataclasses import replace

import numpy as np

from voicecoach.conversion.pairs import SPLITS


def test_both_sides_are_in_step(some_pairs):
    source, target = (np.array(x, np.float64) for x in (some_pairs.source, some_pairs.target))
    well = some_pairs.weight > 0
    # Loudness of the same sound, said more slowly, rises and falls at the same time.
    assert np.corrcoef(source[well, 0], target[well, 0])[0, 1] > 0.9


def test_an_utterance_does_not_tell_its_own_voice(some_pairs):
    own = some_pairs.chosen.reshape(-1, 2, SPLITS)
    assert (own[:, 0] != own[:, 1]).all()
    assert len(some_pairs.voiceprints) == 6 * SPLITS * 2


def test_badly_said_phones_count_nothing(some_pairs):
    assert set(np.unique(some_pairs.weight)) == {0.0, 1.0}  # nobody scored them
    assert replace(some_pairs).frames(0) == slice(0, int(some_pairs.offsets[1]))
