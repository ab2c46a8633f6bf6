"""Trajectories like those of speech, and what is left of them when they are smoothed."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from voicecoach import config
from voicecoach.audio.spec import AudioSpec
from voicecoach.postfilter.training import Pairs
from voicecoach.synthesis.features import SynthSpec


@pytest.fixture(scope="session")
def pairs() -> Pairs:
    rng = np.random.default_rng(0)
    natural, made = [], []
    for _ in range(12):
        steps = rng.standard_normal((int(rng.integers(150, 260)), 6))
        whole = gaussian_filter1d(steps, 2.0, axis=0) * np.array([8.0, 6.0, 5.0, 4.0, 3.0, 2.0])
        natural.append(whole + 0.2 * rng.standard_normal(whole.shape) + 3.0)
        made.append(0.7 * gaussian_filter1d(whole, 4.0, axis=0) + 3.0)
    return Pairs(natural, made, [f"u{i}" for i in range(12)])


@pytest.fixture(scope="session")
def synth_spec(repo) -> SynthSpec:
    return SynthSpec(audio=config.load(repo / "conf/audio/24k.yaml", AudioSpec))
