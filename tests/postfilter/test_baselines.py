import numpy as np

from voicecoach.metrics.modulation import (
    distance_db,
    log_global_variance_db,
    log_modulation_spectrum_db,
)
from voicecoach.postfilter.baselines import (
    MatchedNoise,
    ModulationFilters,
    VarianceScaling,
    modulation_filters,
)
from voicecoach.postfilter.training import liveliness


def test_scaling_closes_the_gap_in_variance(pairs) -> None:
    scaling = VarianceScaling.fit(pairs.natural)
    made = [scaling.enhance(features) for features in pairs.made]
    natural = log_global_variance_db(pairs.natural)
    assert distance_db(log_global_variance_db(pairs.made), natural) > 3.0
    assert distance_db(log_global_variance_db(made), natural) < 1e-6
    # Only the scale changes: no mean, no order of frames.
    np.testing.assert_allclose(made[0].mean(axis=0), pairs.made[0].mean(axis=0))
    for before, after in zip(pairs.made[0].T, made[0].T, strict=True):
        assert np.corrcoef(before, after)[0, 1] > 0.999999


def test_a_constant_stays_one() -> None:
    scaling = VarianceScaling.fit([np.random.default_rng(0).standard_normal((50, 2))])
    np.testing.assert_allclose(scaling.enhance(np.full((20, 2), 3.0)), 3.0)


def test_noise_closes_the_gap_in_the_modulation_spectrum(pairs) -> None:
    noise = MatchedNoise.fit(pairs.natural, pairs.made)
    made = [noise.enhance(features, seed) for seed, features in enumerate(pairs.made)]
    natural = log_modulation_spectrum_db(pairs.natural)
    before = distance_db(log_modulation_spectrum_db(pairs.made), natural)
    after = distance_db(log_modulation_spectrum_db(made), natural)
    assert after < 0.2 * before
    assert np.array_equal(made[0], noise.enhance(pairs.made[0], 0))
    assert not np.array_equal(made[0], noise.enhance(pairs.made[0], 1))


def test_liveliness(pairs) -> None:
    same = liveliness(pairs.natural, pairs.natural)
    assert set(same.values()) == {0.0}
    dull = liveliness(pairs.natural, pairs.made)
    assert all(value > 1.0 for value in dull.values())
    assert dull["distance"] == (dull["variance"] + dull["modulation"]) / 2


def test_filters_give_what_is_slow_its_modulation_back(pairs) -> None:
    """Scaling gives it back in the sum only; a filter at each speed."""
    filters = modulation_filters(pairs.natural, pairs.made)
    assert filters.shape == (6, 65)
    made = [
        np.stack([np.convolve(row, h, mode="same") for row, h in zip(x.T, filters, strict=True)], 1)
        for x in pairs.made
    ]

    def gap_db(trajectories) -> np.ndarray:
        spectra = map(log_modulation_spectrum_db, (trajectories, pairs.natural))
        made_db, natural_db = (spectrum.mean(axis=0) for spectrum in spectra)
        return (made_db - natural_db)[2:9]  # up to 14 Hz

    assert np.abs(gap_db(made)).mean() < 0.4 * np.abs(gap_db(pairs.made)).mean()
    flat = modulation_filters(pairs.natural, pairs.natural)
    np.testing.assert_allclose(flat, np.eye(65)[[32] * 6], atol=1e-6)


def test_filters_close_both_gaps_and_keep_the_mean(pairs) -> None:
    filters = ModulationFilters.fit(pairs.natural, pairs.made, 0)
    made = [filters.enhance(features) for features in pairs.made]
    natural, dull, lively = (
        liveliness(pairs.natural, each) for each in (pairs.natural, pairs.made, made)
    )
    assert natural["distance"] == 0.0
    assert lively["variance"] < 1e-6
    assert lively["modulation"] < dull["modulation"]
    for before, after in zip(pairs.made, made, strict=True):
        np.testing.assert_allclose(before.mean(axis=0), after.mean(axis=0), atol=0.05)


def test_noise_comes_where_speech_is_unvoiced(pairs) -> None:
    """Context is left alone, and the same seed gives the same noise."""

    def with_context(features) -> np.ndarray:
        voiced = np.arange(len(features)) < len(features) // 2
        return np.concatenate([features[:, :1] + 50.0, voiced[:, None], features], axis=1)

    natural, made = ([with_context(x) for x in side] for side in (pairs.natural, pairs.made))
    filters = ModulationFilters.fit(natural, made, 2)
    first, again, other = (filters.enhance(made[0], seed) for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert np.array_equal(first[:, :2], made[0][:, :2])
    half = len(first) // 2
    difference = np.abs(first - other)[:, 2:]
    assert difference[: half - 6].max() < 1e-3 * difference[half + 6 :].max()


def test_filters_come_back_from_a_checkpoint(pairs) -> None:
    filters = ModulationFilters.fit(pairs.natural, pairs.made, 0)
    again = ModulationFilters.from_tensors(filters.tensors(), 0)
    assert np.array_equal(filters.enhance(pairs.made[0]), again.enhance(pairs.made[0]))
