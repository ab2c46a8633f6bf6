"""Magnitudes of a sound made lively, its phase kept."""

from dataclasses import replace

import numpy as np
import pytest

from voicecoach.errors import InputError
from voicecoach.postfilter import bands, parametric
from voicecoach.postfilter.bands import BandsSpec
from voicecoach.postfilter.stft import Stft, coarser, enhance, seam


class Plus:
    """Makes all magnitudes larger."""

    def __init__(self, nepers: float) -> None:
        self.nepers = nepers

    def enhance(self, features, seed=0):
        return features + self.nepers


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return np.random.default_rng(0).standard_normal(9_999).astype(np.float32) * 0.1


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("gain", [1.0, 0.5, 2.0])
def test_only_magnitudes_change(sound, synth_spec, stride, gain) -> None:
    audio = coarser(synth_spec.audio, stride)
    assert audio.hop_length == stride * synth_spec.audio.hop_length
    found = enhance(sound, Plus(np.log(gain)), audio)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, gain * sound, atol=1e-4)


def test_silence_stays_silent(synth_spec) -> None:
    assert np.abs(enhance(np.zeros(5000), Plus(0.0), synth_spec.audio)).max() == 0.0


def test_too_short_a_sound_is_one_sentence(synth_spec) -> None:
    with pytest.raises(InputError, match="too short"):
        enhance(np.zeros(100), Plus(0.0), synth_spec.audio)


def test_a_seam_is_seen() -> None:
    rng = np.random.default_rng(0)
    cuts = bands.cut(120, BandsSpec(n_bands=3, shared_rows=10))
    natural = rng.standard_normal((50, 120))
    np.testing.assert_allclose(seam(natural, natural, cuts), 1.0)
    assert seam(0.5 * natural, natural, cuts)[0] == pytest.approx(1.0)  # smoother everywhere
    stepped = natural.copy()
    stepped[:, cuts[1].start + 5 :] += 4.0 * rng.standard_normal((50, 1))
    assert seam(stepped, natural, cuts)[0] > 1.1
    assert seam(stepped, natural, cuts).shape == (50,)


def test_a_voice_is_compared_in_step(natural, stft_small) -> None:
    """Where a voice says what was recorded, columns are those of the recording."""
    kind = Stft(stft_small)
    pairs = kind.pairs(natural, natural)
    for index, (recorded, made) in enumerate(zip(pairs.natural, pairs.made, strict=True)):
        n_frames = len(natural.vocoded(index).mcep)
        assert recorded.shape == made.shape == (-(-n_frames // 2), 513)
        loud = recorded > np.quantile(recorded, 0.7)
        assert np.median(np.abs(recorded - made)[loud]) < 0.5
        late = np.abs(recorded[:-5] - made[5:])[loud[:-5]]
        assert np.median(np.abs(recorded - made)[loud]) < 0.7 * np.median(late)
    louder = natural.world.copy()
    louder[:, 0] += 1.0
    again = kind.pairs(natural, replace(natural, world=louder))
    assert np.median(again.made[0] - pairs.made[0]) > 0.5


def test_what_is_said(natural, stft_small) -> None:
    kind = Stft(stft_small)
    plain, louder = (kind.say(natural, natural, 0, e) for e in (None, Plus(np.log(2.0))))
    np.testing.assert_allclose(louder.rows - plain.rows, np.log(2.0), atol=1e-5)
    np.testing.assert_allclose(louder.sound, 2 * plain.sound, atol=1e-3)
    assert louder.seconds > plain.seconds
    assert kind.changed(plain.rows) is plain.rows
    found = kind.distances(louder.rows, plain.rows)
    n_bands = stft_small.bands.n_bands
    assert set(found) == {"lsd_db", "seam", *(f"lsd_{n + 1}_db" for n in range(n_bands))}
    np.testing.assert_allclose(found["lsd_db"], 20 * np.log10(2.0), atol=1e-3)
    np.testing.assert_allclose(found["lsd_2_db"], 20 * np.log10(2.0), atol=1e-3)


def test_a_postfilter_may_come_before(natural, tmp_path) -> None:
    seen = []
    progress = lambda *at: seen.append(at)  # noqa: E731
    found = parametric.enhance_folder(natural, Plus(0.1), tmp_path / "lively", progress)
    assert seen == [(1, 3), (2, 3), (3, 3)]
    last = natural.spec.order + 1
    np.testing.assert_allclose(found.world[:, 1:last], natural.world[:, 1:last] + 0.1, atol=1e-5)
    others = np.delete(np.arange(natural.world.shape[1]), np.arange(1, last))
    np.testing.assert_allclose(found.world[:, others], natural.world[:, others], atol=1e-6)
