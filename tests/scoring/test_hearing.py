import os

import numpy as np
import pytest
import torch

from voicecoach import config
from voicecoach.audio.spec import AudioSpec
from voicecoach.core.trunk import TransformerTrunk
from voicecoach.data.augment import AugmentSpec
from voicecoach.data.first_alignment import Alignments
from voicecoach.data.utterance import Utterance
from voicecoach.scoring import features
from voicecoach.scoring.hearing import hear


@pytest.fixture
def augment(repo):
    return config.load(repo / "conf/train/augment.yaml", AugmentSpec)


@pytest.fixture
def trunk():
    torch.manual_seed(0)
    return TransformerTrunk(n_mels=5, width=16, layers=1, heads=2)


@pytest.fixture
def folder(tmp_path, sentence, segments):
    """Three utterances of different length in two copies, in files."""
    lengths = np.array([60, 75, 68])
    rng = np.random.default_rng(0)
    for copy in range(2):
        np.save(tmp_path / f"copy{copy}.npy", rng.normal(size=(203, 5)).astype(np.float16))
    names = ("a", "b", "c")
    return features.FeatureFolder(
        utterances=tuple(Utterance(name, "s", None, "", sentence) for name in names),
        copies=tuple(np.load(tmp_path / f"copy{copy}.npy", mmap_mode="r") for copy in range(2)),
        offsets=np.tile(np.concatenate([[0], lengths.cumsum()]), (2, 1)),
        speeds=np.ones((2, 3)),
        alignments=Alignments(dict.fromkeys(names, segments)),
        audio=AudioSpec(
            sample_rate=16000,
            n_fft=400,
            win_length=400,
            hop_length=160,
            n_mels=5,
            fmin=0,
            fmax=8000,
        ),
        path=tmp_path,
    )


def test_the_clean_copy_is_what_the_trunk_makes_of_it_and_others_are_masked(folder, trunk, augment):
    heard = hear(folder, trunk, augment)
    for index in range(3):
        for copy in range(2):
            log_mel = torch.from_numpy(folder.frames(index, copy).astype(np.float32))[None]
            with torch.no_grad():
                expected = trunk(log_mel, torch.tensor([log_mel.shape[1]]))[0][0].numpy()
            same = np.allclose(heard.steps(index, copy), expected, atol=5e-3)
            assert same == (copy == 0)
            assert heard.steps(index, copy).shape == expected.shape


def test_what_is_there_is_kept_until_copy_or_trunk_change(folder, trunk, augment, tmp_path):
    times = []

    def run():
        heard = hear(folder, trunk, augment)
        times.append([(tmp_path / f"heard{c}.npy").stat().st_mtime_ns for c in range(2)])
        return heard

    first, again = run(), run()
    assert times[0] == times[1]
    np.testing.assert_array_equal(first.heard[1], again.heard[1])
    os.utime(tmp_path / "copy1.npy", ns=(1, 1))  # written anew
    run()
    assert times[2][0] == times[1][0]
    assert times[2][1] != times[1][1]
    with torch.no_grad():
        trunk.conv1.weight.add_(1)
    run()
    assert times[3][0] != times[2][0]


def test_nothing_is_heard_before_training(folder):
    assert folder.steps(0) is None
