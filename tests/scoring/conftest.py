"""A sentence, its scores, and a scorer too small to be good."""

import numpy as np
import pytest

from voicecoach.data.utterance import Labels, WordLabels
from voicecoach.scoring.batching import answers_of, make_example
from voicecoach.scoring.model import ModelSpec
from voicecoach.text.sentence import Word


@pytest.fixture(scope="session")
def sentence():
    return (Word("WE", ("W", "IY")), Word("A", ("AH",)), Word("CALL", ("K", "AO", "L")))


@pytest.fixture(scope="session")
def labels():
    return Labels(
        accuracy=8,
        completeness=10,
        fluency=9,
        prosody=9,
        total=8,
        words=(
            WordLabels(10, 10, 10, (2.0, 2.0)),
            WordLabels(5, 10, 5, (0.4,)),
            WordLabels(8, 10, 8, (2.0, 1.2, 1.8)),
        ),
    )


@pytest.fixture(scope="session")
def segments():
    return np.array([[3, 10], [10, 20], [20, 24], [30, 38], [38, 50], [50, 55]])


@pytest.fixture(scope="session")
def make(sentence, labels, segments):
    """Makes an example of some length with random features."""

    def _make(n_frames=60, n_mels=5, scored=True):
        log_mel = np.random.default_rng(n_frames).normal(size=(n_frames, n_mels))
        answers = answers_of(sentence, labels if scored else None)
        return make_example(log_mel.astype(np.float16), sentence, segments, answers)

    return _make


@pytest.fixture(scope="session")
def tiny_spec():
    return ModelSpec(
        trunk="transformer",
        trunk_width=16,
        trunk_layers=1,
        trunk_heads=2,
        head_width=16,
        judges=2,
        judge_width=16,
        judge_layers=1,
        judge_heads=2,
        dropout=0.0,
    )
