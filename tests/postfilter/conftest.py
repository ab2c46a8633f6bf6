"""Trajectories like those of speech, and what is left of them when they are smoothed."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from voicecoach import config
from voicecoach.audio import io
from voicecoach.audio.spec import AudioSpec
from voicecoach.data.utterance import Utterance
from voicecoach.postfilter.model import PostfilterModelSpec
from voicecoach.postfilter.training import Pairs
from voicecoach.synthesis import features
from voicecoach.synthesis.features import SynthSpec, VoiceFolder
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.transcribe import transcribe


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


@pytest.fixture(scope="session")
def natural(synth_spec, tmp_path_factory) -> VoiceFolder:
    folder, utterances = tmp_path_factory.mktemp("corpus"), []
    for number, text in enumerate(("See the red ship.", "We call it bear.", "She likes apples.")):
        speech, path = ReferenceVoice().speak(text), folder / f"a{number}.wav"
        io.save(path, speech.waveform, speech.sample_rate)
        utterances.append(Utterance(f"a{number}", "a", path, text, transcribe(text)))
    features.extract(utterances, folder / "features", synth_spec)
    return features.load(folder / "features")


@pytest.fixture(scope="session")
def small(repo) -> PostfilterModelSpec:
    return config.load(repo / "conf/model/postfilter_small.yaml", PostfilterModelSpec)


@pytest.fixture(scope="session")
def stft_small(repo) -> PostfilterModelSpec:
    return config.load(repo / "conf/model/postfilter_stft_small.yaml", PostfilterModelSpec)
