from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from voicecoach import config
from voicecoach.audio.spec import AudioSpec
from voicecoach.data.augment import AugmentSpec
from voicecoach.data.first_alignment import Alignments
from voicecoach.errors import InputError
from voicecoach.scoring import training
from voicecoach.scoring.features import FeatureFolder
from voicecoach.training import checkpoint


@pytest.fixture
def specs(repo):
    spec = config.load(repo / "conf/train/score.yaml", training.ScoreTrainSpec)
    update = {
        "trunk_from": "nothing",
        "freeze_trunk": False,
        "epochs": 2,
        "precision": "none",
        "device": "cpu",
        "frames_per_batch": 300,
    }
    augment = config.load(repo / "conf/train/augment.yaml", AugmentSpec)
    return spec.model_copy(update=update), augment


@pytest.fixture
def folder(sentence, labels, segments):
    """Ten scored utterances of five speakers and four without scores: two copies of noise."""
    from voicecoach.data.utterance import Utterance

    def utterance(number):
        scored = number < 10
        speaker = f"s{number % 5}" if scored else "native"
        return Utterance(f"u{number:02d}", speaker, None, "", sentence, labels if scored else None)

    utterances = tuple(utterance(number) for number in range(14))
    lengths = np.array([60 + number for number in range(14)])
    rng = np.random.default_rng(0)
    return FeatureFolder(
        utterances=utterances,
        copies=tuple(rng.normal(size=(lengths.sum(), 5)).astype(np.float16) for _ in range(2)),
        offsets=np.tile(np.concatenate([[0], lengths.cumsum()]), (2, 1)),
        speeds=np.array([[1.0] * 14, [1.1] * 14]),
        alignments=Alignments({u.utt: segments for u in utterances}),
        audio=AudioSpec(
            sample_rate=16000,
            n_fft=400,
            win_length=400,
            hop_length=160,
            n_mels=5,
            fmin=0,
            fmax=8000,
        ),
    )


def test_folds_hold_out_each_scored_speaker_once(folder):
    held = []
    for fold in range(5):
        train, held_out = training.split([folder], 5, fold)
        speakers = {item.utterance.speaker for item in held_out}
        assert not speakers & {item.utterance.speaker for item in train}
        assert sum(not item.scored for item in train) == 4
        held += [item.utterance.utt for item in held_out]
    assert sorted(held) == [f"u{number:02d}" for number in range(10)]


def test_without_a_fold_everything_trains(folder):
    train, held_out = training.split([folder], 5, None)
    assert (len(train), held_out) == (14, [])


@pytest.mark.parametrize(("fold", "n_folds"), [(5, 5), (-1, 5), (0, 6)])
def test_impossible_folds_are_refused(folder, fold, n_folds):
    with pytest.raises(InputError, match=r"fold|cross-validated"):
        training.split([folder], n_folds, fold)


def test_segments_follow_the_speed(folder, segments):
    slow, fast = (training.Item(folder, 0).example(copy) for copy in (0, 1))
    assert slow.segments.tolist() == segments.tolist()
    assert fast.segments[-1].tolist() == [45, 50]


def test_batches_depend_on_seed_and_epoch_alone(folder, specs):
    spec, augment = specs
    items, _ = training.split([folder], 5, None)

    def names(epoch, seed=0):
        made = training.batches(items, spec.model_copy(update={"seed": seed}), augment, epoch)
        return [batch.make() for batch in made]

    first, again = names(1), names(1)
    assert [b.names for b in first] == [b.names for b in again]
    assert all(
        torch.equal(a.inputs.log_mel, b.inputs.log_mel) for a, b in zip(first, again, strict=True)
    )
    assert [b.names for b in first] != [b.names for b in names(2)]
    assert [b.names for b in first] != [b.names for b in names(1, seed=1)]


def test_only_a_share_of_the_unscored_speech_trains_and_never_its_clean_copy(folder, specs):
    spec, augment = specs
    items, _ = training.split([folder], 5, None)
    counts = Counter()
    for epoch in range(200):
        for batch in training.batches(items, spec, augment, epoch):
            for item, copy in zip(batch.items, batch.copies, strict=True):
                counts[item.scored, copy] += 1
    assert counts[False, 0] == 0
    assert counts[False, 1] == pytest.approx(200 * 4 * spec.unscored_share, rel=0.2)
    assert counts[True, 0] + counts[True, 1] == 200 * 10
    assert counts[True, 0] > 500


def test_training_twice_gives_the_same_weights_and_a_usable_checkpoint(
    folder, specs, tiny_spec, tmp_path
):
    spec, augment = specs
    for name in ("a", "b"):
        metrics = training.train(
            [folder], tmp_path / name, tiny_spec, spec, augment, fold=0, n_folds=5
        )
    assert {"phone_pcc", "word_total_pcc", "fluency_pcc", "f1"} <= metrics.keys()
    first, second = (checkpoint.load(tmp_path / name / "last") for name in ("a", "b"))
    assert all(torch.equal(first.tensors[key], second.tensors[key]) for key in first.tensors)
    assert first.config["fold"] == 0


@pytest.mark.parametrize("freeze", [True, False])
def test_a_frozen_trunk_does_not_move(folder, specs, tiny_spec, tmp_path, freeze):
    spec, augment = specs
    states = {}
    for epochs in (1, 2):
        update = {"freeze_trunk": freeze, "epochs": epochs}
        training.train(
            [folder], tmp_path / str(epochs), tiny_spec, spec.model_copy(update=update), augment
        )
        states[epochs] = checkpoint.load(tmp_path / str(epochs) / "last").tensors
    for name, before in states[1].items():
        still = freeze and name.startswith("trunk.")
        assert torch.equal(before, states[2][name]) == still, name


def test_what_has_no_phone_times_does_not_train(folder):
    del folder.alignments.segments["u03"]
    train, _ = training.split([folder], 5, None)
    assert "u03" not in {item.utterance.utt for item in train}
    assert len(train) == 13


def test_folders_of_different_audio_are_refused(folder, specs, tiny_spec, tmp_path):
    spec, augment = specs
    other = replace(folder, audio=folder.audio.model_copy(update={"hop_length": 80}))
    with pytest.raises(InputError, match="different audio settings"):
        training.train([folder, other], tmp_path, tiny_spec, spec, augment)
