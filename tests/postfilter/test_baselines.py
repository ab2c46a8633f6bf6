import numpy as np

from voicecoach.metrics.modulation import (
    distance_db,
    log_global_variance_db,
    log_modulation_spectrum_db,
)
from voicecoach.postfilter.baselines import MatchedNoise, VarianceScaling
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
