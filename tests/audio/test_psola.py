"""Another pitch and pace: what changes, and what does not."""

import numpy as np
import pytest

from voicecoach.audio import io, psola, world
from voicecoach.synthesis.reference import ReferenceVoice

RATE = 16000


@pytest.fixture(scope="module")
def spoken():
    speech = ReferenceVoice().speak("She likes red apples in the morning.")
    waveform = io.resample(speech.waveform, speech.sample_rate, RATE)
    return waveform, pitch(waveform)


def pitch(waveform):
    found = world.analyse(waveform, RATE, fast=True)
    return np.where(found.voiced, found.f0, 0.0)


def correlation_db(made, waveform):
    """Of levels every 10 ms."""
    levels = [
        10 * np.log10(np.square(x[: len(x) // 160 * 160].reshape(-1, 160)).mean(1) + 1e-7)
        for x in (made, waveform)
    ]
    return np.corrcoef(*levels)[0, 1]


def test_with_the_same_pitch_it_is_the_recording(spoken):
    waveform, f0 = spoken
    made = psola.respeak(waveform, RATE, f0, f0, 5.0)
    assert made.dtype == np.float32
    assert len(made) == len(waveform)
    assert np.corrcoef(made, waveform)[0, 1] > 0.99


@pytest.mark.parametrize("ratio", [0.6, 0.8, 1.3, 1.7])
def test_pitch_goes_where_it_is_sent_and_loudness_stays(spoken, ratio):
    waveform, f0 = spoken
    made = psola.respeak(waveform, RATE, f0, ratio * f0, 5.0)
    found = pitch(made)
    both = (f0 > 0) & (found > 0)
    assert both.sum() > 0.8 * (f0 > 0).sum()
    assert np.median(found[both] / f0[both]) == pytest.approx(ratio, rel=0.02)
    assert correlation_db(made, waveform) > 0.95
    levels_db = [10 * np.log10(np.mean(np.square(x))) for x in (made, waveform)]
    assert levels_db[0] == pytest.approx(levels_db[1], abs=3.0)


@pytest.mark.parametrize("stretch", [0.7, 1.4])
def test_pace_changes_and_pitch_stays(spoken, stretch):
    waveform, f0 = spoken
    made = psola.respeak(waveform, RATE, f0, f0, 5.0, stretch)
    assert len(made) == round(stretch * len(waveform))
    own, found = (x[x > 0] for x in (f0, pitch(made)))
    assert np.median(found) == pytest.approx(np.median(own), rel=0.03)


def test_stretched_voice_changes_from_period_to_period():
    """A buzz that grows louder has no steps where a period is said twice."""
    at = np.arange(8000) / RATE
    buzz = at * sum(np.cos(2 * np.pi * 100 * k * at) for k in range(1, 30))
    made = psola.respeak(buzz, RATE, np.full(101, 100.0), np.full(101, 100.0), 5.0, 2.0)
    levels = np.sqrt(np.square(made[1600:14400].reshape(-1, 160)).mean(1))
    steps = np.diff(levels)
    assert (steps > 0.9 * steps.mean()).all()


def test_loud_recordings_are_not_clipped(spoken):
    waveform, f0 = spoken
    loud = 3.0 * waveform
    made = psola.respeak(loud, RATE, f0, 1.2 * f0, 5.0)
    assert made == pytest.approx(3.0 * psola.respeak(waveform, RATE, f0, 1.2 * f0, 5.0), abs=1e-4)


@pytest.mark.parametrize("n_samples", [1, 40, 700])
def test_takes_any_length_without_voice(n_samples):
    noise = np.random.default_rng(0).normal(0, 0.1, n_samples).astype(np.float32)
    f0 = np.zeros(n_samples // 80 + 1)
    made = psola.respeak(noise, RATE, f0, f0, 5.0, 1.3)
    assert len(made) == round(1.3 * n_samples)
    assert np.isfinite(made).all()


def test_voice_up_to_both_ends_is_kept():
    """A buzz with nothing around it."""
    at = np.arange(8000) / RATE
    buzz = (0.05 * sum(np.cos(2 * np.pi * 150 * k * at) for k in range(1, 20))).astype(np.float32)
    f0 = np.full(101, 150.0)
    made = psola.respeak(buzz, RATE, f0, f0, 5.0)
    assert np.corrcoef(made[800:-800], buzz[800:-800])[0, 1] > 0.95


def test_pitches_that_do_not_fit_together_are_refused(spoken):
    waveform, f0 = spoken
    with pytest.raises(ValueError, match="same voiced frames"):
        psola.respeak(waveform, RATE, f0, np.zeros_like(f0), 5.0)
