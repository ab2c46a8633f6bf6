import numpy as np
import pytest

from voicecoach.audio.stretch import stretch

RATE = 16_000


@pytest.mark.parametrize("rate", [0.5, 0.8, 1.25, 2.0])
def test_a_tone_keeps_pitch_and_level_and_lasts_longer(rate) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 217 * np.arange(2 * RATE) / RATE)
    result = stretch(tone, RATE, rate)
    assert len(result) == round(len(tone) / rate)
    spectrum = np.abs(np.fft.rfft(result[:RATE] * np.hanning(RATE)))
    assert abs(int(spectrum.argmax()) - 217) <= 1
    inside = result[1000:-1000]
    assert np.sqrt(np.mean(inside**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.03)


def test_what_happens_when_is_scaled_too() -> None:
    rng = np.random.default_rng(0)
    waveform = np.zeros(3 * RATE)
    waveform[RATE : RATE + 4000] = rng.normal(scale=0.2, size=4000)
    audible = np.flatnonzero(np.abs(stretch(waveform, RATE, 0.5)) > 0.05) / RATE
    assert audible[0] == pytest.approx(2.0, abs=0.03)
    assert audible[-1] == pytest.approx(2.5, abs=0.03)


def test_the_own_pace_changes_nothing() -> None:
    waveform = np.random.default_rng(0).uniform(-1, 1, size=5000).astype(np.float32)
    np.testing.assert_array_equal(stretch(waveform, RATE, 1.0), waveform)


@pytest.mark.parametrize("n_samples", [0, 1, 10, 500])
def test_short_sounds(n_samples) -> None:
    assert len(stretch(np.ones(n_samples), RATE, 0.5)) == 2 * n_samples
    assert np.isfinite(stretch(np.ones(n_samples), RATE, 1.7)).all()
