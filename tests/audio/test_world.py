from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.audio import world
from voicecoach.errors import InputError

ALPHA = 0.41


def vowel(f0_hz: float, sample_rate: int = 16000, duration_s: float = 0.6) -> np.ndarray:
    """A buzz through three resonances."""
    time_s = np.arange(round(duration_s * sample_rate)) / sample_rate
    wave = np.zeros_like(time_s)
    for k in range(1, int(sample_rate / 2 / f0_hz)):
        hz = k * f0_hz
        gain = sum(1 / (1 + ((hz - formant) / 100) ** 2) for formant in (700, 1200, 2600))
        wave += (gain + 0.01) * np.cos(2 * np.pi * hz * time_s + k)
    return 0.3 * wave / np.abs(wave).max()


def cents(f0: np.ndarray, other: float | np.ndarray) -> np.ndarray:
    return np.abs(1200 * np.log2(f0 / other))


def distance_db(envelope: np.ndarray, other: np.ndarray) -> float:
    """Log-spectral distance, the root mean square over bins averaged over frames."""
    return float(np.sqrt(np.mean((10 * np.log10(envelope / other)) ** 2, axis=1)).mean())


@settings(deadline=None, max_examples=10)
@given(st.floats(90, 400), st.sampled_from([16000, 24000, 44100]), st.floats(0.3, 0.7))
def test_analysis_and_synthesis_keep_pitch_and_duration(f0_hz, sample_rate, duration_s) -> None:
    wave = vowel(f0_hz, sample_rate, duration_s)
    features = world.analyse(wave, sample_rate)
    steady = slice(15, len(features.f0) - 15)
    assert cents(features.f0[steady], f0_hz).max() < 5
    spoken = world.synthesise(features)
    assert spoken.shape == wave.shape and spoken.dtype == np.float32
    again = world.analyse(spoken, sample_rate)
    assert np.median(cents(again.f0[steady], f0_hz)) < 5


def test_a_recording_comes_back_alike(recording) -> None:
    features = world.analyse(recording, 16000)
    again = world.analyse(world.synthesise(features), 16000)
    voiced = (features.f0 > 0) & (again.f0 > 0)
    assert voiced.mean() > 0.2
    envelope, other = (x.spectral_envelope[voiced] for x in (features, again))
    assert distance_db(envelope, other) < 6.0
    assert np.median(cents(again.f0[voiced], features.f0[voiced])) < 20


def test_frames_are_as_far_apart_as_asked() -> None:
    features = world.analyse(vowel(120), 16000, frame_shift_ms=10.0)
    assert len(features.f0) == 61
    assert features.spectral_envelope.shape == features.aperiodicity.shape == (61, 513)
    assert world.synthesise(features).shape == (9600,)


def test_mcep_of_a_smooth_envelope_is_exact() -> None:
    coefficients = np.array([[-2.0, 0.8, -0.3, 0.1], [-1.0, 0.2, 0.2, -0.2]])
    envelope = world.from_mcep(coefficients, 1024, ALPHA)
    np.testing.assert_allclose(world.to_mcep(envelope, 3, ALPHA), coefficients, atol=1e-3)


def test_more_coefficients_come_nearer(recording) -> None:
    features = world.analyse(recording, 16000)
    distances = []
    for order in (12, 24, 59):
        mcep = world.to_mcep(features.spectral_envelope, order, ALPHA)
        assert mcep.shape == (len(features.f0), order + 1)
        coded = world.with_mcep(features, mcep, ALPHA)
        distances.append(distance_db(features.spectral_envelope, coded.spectral_envelope))
    assert distances[0] > distances[1] > distances[2]
    assert distances[2] < 1.0


def test_gain_is_in_the_first_coefficient_alone() -> None:
    envelope = world.analyse(vowel(150), 16000).spectral_envelope
    change = world.to_mcep(100 * envelope, 24, ALPHA) - world.to_mcep(envelope, 24, ALPHA)
    np.testing.assert_allclose(change[:, 0], np.log(10))
    np.testing.assert_allclose(change[:, 1:], 0, atol=1e-9)


@pytest.mark.parametrize("n_samples", [1, 10, 300, 16000])
def test_silence_of_any_length_is_unvoiced(n_samples) -> None:
    features = world.analyse(np.zeros(n_samples), 16000)
    assert not features.f0.any()
    spoken = world.synthesise(features)
    assert spoken.shape == (n_samples,) and np.abs(spoken).max() < 1e-3


def test_strided_float32_input_is_taken() -> None:
    wave = vowel(150).astype(np.float32)
    doubled = np.stack([wave, wave], axis=1)
    np.testing.assert_allclose(
        world.analyse(doubled[:, 0], 16000).f0, world.analyse(wave, 16000).f0
    )


@pytest.mark.parametrize("waveform", [np.zeros(0), np.full(1600, np.nan), np.zeros((1600, 2))])
def test_no_samples_nan_and_stereo_are_refused(waveform) -> None:
    with pytest.raises(InputError, match="without finite samples"):
        world.analyse(waveform, 16000)


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(InputError, match="4000 Hz"):
        world.analyse(np.zeros(4000), 4000)
    with pytest.raises(ValueError, match="frame_shift_ms"):
        world.analyse(np.zeros(4000), 16000, frame_shift_ms=0)
    features = world.analyse(vowel(150), 16000)
    with pytest.raises(ValueError, match="do not fit"):
        world.synthesise(replace(features, f0=features.f0[:-1]))
    with pytest.raises(ValueError, match="order 513"):
        world.to_mcep(features.spectral_envelope, 513, ALPHA)


@pytest.mark.parametrize(("sample_rate", "n_bands"), [(16000, 1), (24000, 3), (44100, 5)])
def test_aperiodicity_is_a_few_numbers(sample_rate, n_bands) -> None:
    features = world.analyse(vowel(150, sample_rate), sample_rate)
    bands_db = world.to_band_aperiodicity(features.aperiodicity, sample_rate)
    assert bands_db.shape == (len(features.f0), n_bands)
    assert bands_db.max() <= 0.0
    n_fft = world.fft_length(sample_rate)
    assert n_fft == features.n_fft
    back = world.from_band_aperiodicity(bands_db, sample_rate, n_fft)
    np.testing.assert_allclose(
        back[features.voiced], features.aperiodicity[features.voiced], atol=0.02
    )


def test_what_is_voiced() -> None:
    features = world.analyse(np.concatenate([vowel(150), np.zeros(8000)]), 16000)
    assert features.voiced[10:110].all()
    assert not features.voiced[-60:].any()
