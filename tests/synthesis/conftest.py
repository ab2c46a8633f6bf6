"""A small corpus that the reference voice speaks, and a small voice that was trained on it."""

from pathlib import Path

import pytest

from voicecoach import config
from voicecoach.audio import io
from voicecoach.audio.spec import AudioSpec
from voicecoach.data.utterance import Utterance
from voicecoach.synthesis import features, training
from voicecoach.synthesis.features import SynthSpec, VoiceFolder
from voicecoach.synthesis.model import AcousticModelSpec
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.synthesis.training import SynthTrainSpec
from voicecoach.text.transcribe import transcribe

TEXTS = (
    "See the red ship.",
    "We call it bear.",
    "The bird sat in the tree, and sang.",
    "Is it a big dog?",
)


@pytest.fixture(scope="session")
def synth_spec(repo) -> SynthSpec:
    return SynthSpec(audio=config.load(repo / "conf/audio/24k.yaml", AudioSpec))


@pytest.fixture(scope="session")
def spoken_corpus(tmp_path_factory) -> list[Utterance]:
    folder = tmp_path_factory.mktemp("spoken")
    voice, utterances = ReferenceVoice(), []
    for number, text in enumerate(TEXTS):
        speech, path = voice.speak(text), folder / f"a{number}.wav"
        io.save(path, speech.waveform, speech.sample_rate)
        utterances.append(Utterance(f"a{number}", "a", path, text, transcribe(text)))
    return utterances


@pytest.fixture(scope="session")
def voice_features(spoken_corpus, synth_spec, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("features") / "a"
    assert features.extract(spoken_corpus, folder, synth_spec) == {}
    return folder


@pytest.fixture(scope="session")
def voice_folder(voice_features) -> VoiceFolder:
    return features.load(voice_features)


@pytest.fixture(scope="session")
def tiny_model_spec() -> AcousticModelSpec:
    return AcousticModelSpec(
        width=16,
        heads=2,
        encoder_layers=1,
        attention_layers=1,
        decoder_layers=2,
        kernel=3,
        dropout=0.1,
    )


@pytest.fixture(scope="session")
def train_spec(repo) -> SynthTrainSpec:
    spec = config.load(repo / "conf/train/synth.yaml", SynthTrainSpec)
    return spec.model_copy(update={"epochs": 2, "batch_size": 2, "dev_every": 3})


@pytest.fixture(scope="session")
def trained(voice_folder, tiny_model_spec, train_spec, tmp_path_factory) -> Path:
    """Checkpoint of a voice that has hardly learnt anything."""
    out = tmp_path_factory.mktemp("voice")
    training.train(voice_folder, out, tiny_model_spec, train_spec)
    return out / "last"
