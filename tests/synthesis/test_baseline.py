import numpy as np

from voicecoach.synthesis.baseline import symbol_means


def test_means_of_a_constant_and_of_itself(voice_folder) -> None:
    means, steps = symbol_means(voice_folder, voice_folder)
    world = np.asarray(voice_folder.world, np.float64)
    assert means.world.shape == world.shape
    assert means.spectrum is voice_folder.spectrum
    # The mean over all is kept, and what is left is less than around the mean of all.
    np.testing.assert_allclose(means.world.mean(0), world.mean(0), rtol=1e-3, atol=1e-3)
    inside = np.square(means.world - world).sum()
    assert 0 < inside < 0.7 * np.square(world - world.mean(0)).sum()
    assert np.isclose(steps.sum(), voice_folder.symbols[:, 2].sum())


def test_the_same_symbol_always_sounds_alike(voice_folder) -> None:
    _, steps = symbol_means(voice_folder, voice_folder)
    symbols = voice_folder.symbols[:, 0]
    assert all(len(set(steps[symbols == symbol])) == 1 for symbol in set(symbols))
