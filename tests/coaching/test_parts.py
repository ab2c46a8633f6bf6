import numpy as np
import pytest

from voicecoach.coaching.parts import (
    BANDS,
    MOMENT,
    N_MOMENTS,
    N_PARTS,
    SCALARS,
    WIDTH,
    band_edges_hz,
    band_filters,
    band_hz,
    split,
)


def test_parts_are_split_where_their_names_say():
    parts = np.arange(3 * N_PARTS).reshape(3, N_PARTS)
    scalars, moments = split(parts)
    assert scalars.shape == (3, len(SCALARS))
    assert moments.shape == (3, N_MOMENTS, WIDTH) == (3, 6, len(MOMENT) + BANDS)
    np.testing.assert_array_equal(np.concatenate([scalars, moments.reshape(3, -1)], 1), parts)
    np.testing.assert_array_equal(split(parts[1])[1], moments[1])


def test_bands_rise_and_widen():
    edges = band_edges_hz()
    assert (edges[0], edges[-1]) == pytest.approx((60, 8000))
    assert (np.diff(edges, n=2) > 0).all()
    assert band_hz().shape == (BANDS,)


@pytest.mark.parametrize("n_bins", [513, 1025])
def test_a_tone_is_loudest_in_its_own_band_and_a_flat_sound_is_flat(n_bins):
    filters = band_filters(n_bins, 8000.0)
    np.testing.assert_allclose(np.ones(n_bins) @ filters, 1.0)
    assert (filters >= 0).all()
    for band, hz in enumerate(band_hz()):
        nearest = round(hz / 8000 * (n_bins - 1))
        assert filters[nearest].argmax() == band
