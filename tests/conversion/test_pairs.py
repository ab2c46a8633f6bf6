"""Training features in a folder."""

import numpy as np
import pytest

from voicecoach.conversion import pairs
from voicecoach.errors import InputError


def test_comes_back_from_a_folder(some_pairs, tmp_path):
    pairs.save(tmp_path, some_pairs)
    again = pairs.load(tmp_path)
    assert again.utts == some_pairs.utts
    assert np.array_equal(again.target, some_pairs.target)
    assert again.voiceprints[3].mean == pytest.approx(some_pairs.voiceprints[3].mean, rel=1e-5)
    (tmp_path / pairs.INDEX).unlink()
    with pytest.raises(InputError, match="run stage 3"):
        pairs.load(tmp_path)
