"""Sounds that the tests of the audio package share."""

import numpy as np
import pytest

from voicecoach.audio import io
from voicecoach.audio.spec import AudioSpec


@pytest.fixture
def spec() -> AudioSpec:
    return AudioSpec(
        sample_rate=16000, n_fft=400, win_length=400, hop_length=160, n_mels=80, fmin=0, fmax=8000
    )


@pytest.fixture
def syllables() -> np.ndarray:
    """2 s at 16 kHz: bursts of noise and buzz between pauses, with clear beginnings."""
    rng = np.random.default_rng(0)
    time_s = np.arange(32000) / 16000
    buzz = sum(np.sin(2 * np.pi * 130 * k * time_s) / k for k in range(1, 30))
    voiced = np.sin(2 * np.pi * 1.5 * time_s) > 0
    envelope = np.repeat(rng.random(20) > 0.4, 1600)
    return (0.2 * envelope * np.where(voiced, buzz / 3, rng.normal(size=32000) / 3)).astype("f4")


@pytest.fixture
def recording(shared_data) -> np.ndarray:
    """A learner's sentence, 16 kHz."""
    path = shared_data / "speechocean762" / "WAVE" / "SPEAKER0001" / "000010011.ogg"
    return io.load(path, 16000)
