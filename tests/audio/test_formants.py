from pathlib import Path

import numpy as np
import pytest
from scipy.signal import lfilter

from voicecoach.audio import io
from voicecoach.audio.formants import measure_formants
from voicecoach.errors import InputError

RATE = 16000
DEBIAN = Path("/usr/share/sounds/alsa/Front_Center.wav")


def vowel(formants_hz: tuple[float, ...], f0_hz: float = 100, duration_s: float = 0.4):
    """An impulse train through one resonator after another."""
    wave = np.zeros(round(duration_s * RATE))
    wave[:: round(RATE / f0_hz)] = 1.0
    wave = lfilter([1.0], [1.0, -0.97], wave)  # the slope of a glottis
    for hz, bandwidth_hz in zip(formants_hz, (60, 80, 120, 160, 200), strict=False):
        radius, angle = np.exp(-np.pi * bandwidth_hz / RATE), 2 * np.pi * hz / RATE
        wave = lfilter([1.0], [1.0, -2 * radius * np.cos(angle), radius**2], wave)
    return (0.5 * wave / np.abs(wave).max()).astype(np.float32)


@pytest.mark.parametrize(
    ("formants_hz", "ceilings_hz"),
    [
        ((700, 1220, 2600, 3500, 4400), (4800.0, 5200.0)),
        ((300, 2200, 2900, 3500, 4400), (4800.0, 5200.0)),
        ((450, 1100, 2400, 3400, 4300), (4800.0, 5000.0)),
        ((850, 1500, 2950, 4100, 5100), (5500.0, 5700.0)),
    ],
)
def test_formants_of_a_made_up_vowel_are_found(formants_hz, ceilings_hz):
    found = measure_formants(vowel(formants_hz), RATE, np.linspace(0.1, 0.3, 9), ceilings_hz)
    assert found.shape == (9, len(ceilings_hz), 3)
    truth = np.broadcast_to(formants_hz[:3], found.shape)
    np.testing.assert_allclose(found, truth, rtol=0.05)


def test_loudness_and_sample_rate_do_not_matter():
    wave = vowel((700, 1220, 2600, 3500, 4400))
    times_s = np.linspace(0.1, 0.3, 5)
    found = measure_formants(wave, RATE, times_s, (4800.0,))
    np.testing.assert_allclose(measure_formants(0.02 * wave, RATE, times_s, (4800.0,)), found, 1e-3)
    finer = io.resample(wave, RATE, 44100)
    np.testing.assert_allclose(measure_formants(finer, 44100, times_s, (4800.0,)), found, rtol=0.01)


def test_silence_has_no_formants_and_edges_do_no_harm():
    silent = measure_formants(np.zeros(RATE, np.float32), RATE, np.array([0.0, 0.5]), (5000.0,))
    assert np.isnan(silent).all()
    wave = vowel((700, 1220, 2600, 3500, 4400))
    found = measure_formants(wave, RATE, np.array([-1.0, 0.0, 0.2, 0.4, 9.0]), (4800.0,))[:, 0]
    np.testing.assert_array_equal(found[[0, 4]], found[[1, 3]])
    assert found[2, 0] == pytest.approx(700, rel=0.05)
    known = found[np.isfinite(found).all(1)]
    assert (np.diff(known, axis=1) >= 0).all()
    assert measure_formants(wave[:3], RATE, np.array([0.0]), (4800.0,)).shape == (1, 1, 3)
    assert measure_formants(wave, RATE, np.zeros(0), (4800.0,)).shape == (0, 1, 3)


@pytest.mark.parametrize("wrong", [np.full(100, np.nan), np.zeros(0), np.zeros((2, 100))])
def test_what_is_no_recording_is_refused(wrong):
    with pytest.raises(InputError, match="without finite samples"):
        measure_formants(wrong, RATE, np.array([0.0]), (5000.0,))


@pytest.mark.parametrize("ceiling_hz", [4800.0, 5700.0])
def test_it_agrees_with_praat(ceiling_hz):
    parselmouth = pytest.importorskip("parselmouth")
    if not DEBIAN.exists():
        pytest.skip("needs a recording of Debian (apt install alsa-utils)")
    wave = io.load(DEBIAN, RATE)
    sound = parselmouth.Sound(wave.astype(np.float64), RATE)
    pitch = sound.to_pitch(0.01)
    praat = sound.to_formant_burg(0.01, 5, ceiling_hz, 0.025, 50.0)
    times_s = np.arange(0.1, len(wave) / RATE - 0.1, 0.004)
    times_s = np.array([t for t in times_s if pitch.get_value_at_time(t) > 0])
    assert len(times_s) > 30
    theirs = np.array([[praat.get_value_at_time(k, t) for k in (1, 2, 3)] for t in times_s])
    ours = measure_formants(wave, RATE, times_s, (ceiling_hz,))[:, 0]
    error = np.abs(np.log(ours / theirs))
    assert np.median(error) < 0.003
    assert np.mean(error < 0.03) > 0.9
