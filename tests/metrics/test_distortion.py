import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.audio import world
from voicecoach.metrics.distortion import (
    log_spectral_distance_db,
    mel_cepstral_distortion_db,
    pitch_errors,
)


def test_a_known_value() -> None:
    first, second = np.zeros((2, 5)), np.zeros((2, 5))
    second[0, 0], second[1, 2] = 7.0, 1.0  # c_0 does not count
    expected = 10 / np.log(10) * np.sqrt(2)
    np.testing.assert_allclose(mel_cepstral_distortion_db(first, second), [0.0, expected])


def test_it_is_the_difference_of_the_spectra_in_db() -> None:
    """Parseval: on an unwarped axis the distortion is the root mean square in dB."""
    rng = np.random.default_rng(0)
    first, second = rng.normal(0, 0.1, (2, 3, 25))
    second[:, 0] = first[:, 0]
    envelopes = [world.from_mcep(mcep, 4096, alpha=0.0) for mcep in (first, second)]
    difference = 10 * np.log10(envelopes[0] / envelopes[1])
    rms = np.sqrt(np.mean(difference**2, axis=1))
    np.testing.assert_allclose(mel_cepstral_distortion_db(first, second), rms, rtol=1e-2)


@given(st.floats(-3, 3))
def test_a_louder_spectrum(gain_db) -> None:
    spectrum = np.random.default_rng(0).normal(size=(4, 9))
    found = log_spectral_distance_db(spectrum, spectrum + gain_db * np.log(10) / 20)
    np.testing.assert_allclose(found, abs(gain_db), atol=1e-9)


def test_pitch() -> None:
    log_f0 = np.log([100.0, 200.0, 400.0, 100.0])
    voiced = np.array([True, True, True, False])
    same = pitch_errors(log_f0, voiced, log_f0, voiced)
    assert same == {
        "f0_rmse_cents": 0.0,
        "f0_correlation": pytest.approx(1.0),
        "voicing_error": 0.0,
    }
    octave = pitch_errors(log_f0 + np.log(2), voiced, log_f0, ~voiced | voiced)
    assert octave["f0_rmse_cents"] == pytest.approx(1200)
    assert octave["voicing_error"] == 0.25
    nowhere = pitch_errors(log_f0, voiced, log_f0, ~voiced)
    assert np.isnan(nowhere["f0_rmse_cents"])
    assert nowhere["voicing_error"] == 1.0
