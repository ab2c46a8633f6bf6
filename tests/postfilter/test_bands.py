import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach import config
from voicecoach.errors import InputError
from voicecoach.postfilter.bands import BandsSpec, cut, join, windows

SPECS = st.builds(BandsSpec, n_bands=st.integers(1, 5), shared_rows=st.integers(1, 40))


@given(SPECS, st.integers(300, 600))
def test_bands_cover_everything_and_join_to_what_was_cut(spec, height) -> None:
    bands = cut(height, spec)
    assert len(bands) == spec.n_bands
    assert (bands[0].start, bands[-1].stop) == (0, height)
    assert all(
        low.stop - high.start >= spec.shared_rows - 1 for low, high in itertools.pairwise(bands)
    )
    found = windows(bands, height)
    np.testing.assert_allclose(found.sum(axis=0), 1.0)
    assert found.min() >= 0.0
    features = np.random.default_rng(0).standard_normal((3, height))
    np.testing.assert_allclose(join([features[:, b] for b in bands], bands, height), features)


def test_no_step_at_a_border() -> None:
    """Two constant bands meet in a slope whose steps are small."""
    bands = cut(513, BandsSpec(n_bands=2, shared_rows=32))
    parts = [np.full((1, bands[0].stop), 0.0), np.full((1, 513 - bands[1].start), 1.0)]
    steps = np.diff(join(parts, bands, 513)[0])
    assert steps.min() >= 0.0
    assert steps.max() < 2.0 / 32


def test_what_makes_no_sense(tmp_path) -> None:
    with pytest.raises(ValueError, match="9 bands"):
        cut(20, BandsSpec(n_bands=9, shared_rows=10))
    (tmp_path / "bands.yaml").write_text("n_bands: 2\nshared_rows: 0\n")
    with pytest.raises(InputError, match="seams"):
        config.load(tmp_path / "bands.yaml", BandsSpec)
