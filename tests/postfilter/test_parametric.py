import numpy as np
import pytest

from voicecoach.postfilter import parametric
from voicecoach.synthesis.acoustics import Vocoded


@pytest.fixture
def vocoded() -> Vocoded:
    rng = np.random.default_rng(0)
    return Vocoded(
        rng.standard_normal((30, 7)),
        rng.standard_normal(30),
        rng.random(30) > 0.5,
        rng.standard_normal((30, 3)),
    )


def test_only_the_shape_of_the_spectrum_changes(vocoded) -> None:
    class Twice:
        def enhance(self, features, seed=0):
            assert np.array_equal(features[:, 0], vocoded.mcep[:, 0])
            assert np.array_equal(features[:, 1], vocoded.voiced)
            return 2 * features + seed

    found = parametric.enhance(vocoded, Twice(), seed=3)
    np.testing.assert_allclose(found.mcep[:, 1:], 2 * vocoded.mcep[:, 1:] + 3)
    for name in ("log_f0", "voiced", "aperiodicity_db"):
        assert getattr(found, name) is getattr(vocoded, name)
    assert np.array_equal(found.mcep[:, 0], vocoded.mcep[:, 0])


def test_the_baseline_works_on_the_same_features(vocoded) -> None:
    features = parametric.features(vocoded)
    deviation = 2 * features[:, parametric.CONTEXT :].std(axis=0)
    found = parametric.enhance(vocoded, parametric.scaling(deviation))
    ratio = found.mcep.std(axis=0) / vocoded.mcep.std(axis=0)
    np.testing.assert_allclose(ratio, [1, 2, 2, 2, 2, 2, 2])
