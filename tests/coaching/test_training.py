"""A coach too small to be good, trained on what the reference voice says in three voices."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from voicecoach import config
from voicecoach.audio import io
from voicecoach.audio.spec import AudioSpec
from voicecoach.coaching import features as stage
from voicecoach.coaching.features import tabulate
from voicecoach.coaching.network import CoachSpec, GradesHead, Scales, build
from voicecoach.coaching.tokens import N_EXPLICIT
from voicecoach.coaching.training import (
    CoachTrainSpec,
    _groups,
    losses,
    make_batch,
    train,
    training_rows,
)
from voicecoach.core.likelihood import GaussianHead
from voicecoach.data.augment import AugmentSpec, change_speed
from voicecoach.data.first_alignment import Alignments
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.scoring import features
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.phones import PHONES
from voicecoach.text.transcribe import transcribe
from voicecoach.training import checkpoint
from voicecoach.training.trainer import Trainer

TEXTS = ("we saw the red roof near the river", "she sells sea shells")
SPEEDS = {"low": 0.85, "own": 1.0, "high": 1.15}
HEARD, MELS = 4, 80


@pytest.fixture(scope="module")
def folder(tmp_path_factory, repo, sentence_labels):
    """Every phone of six recordings, two of them badly scored phones, and what a trunk heard."""
    pytest.importorskip("parselmouth")
    path = tmp_path_factory.mktemp("coach")
    said, segments = [], {}
    for number, text in enumerate(TEXTS):
        sentence, speech = transcribe(text), ReferenceVoice().speak(text)
        for speaker, speed in SPEEDS.items():
            wave = change_speed(io.resample(speech.waveform, speech.sample_rate, 16000), speed)
            utt = f"{speaker}{number}"
            io.save(path / f"{utt}.wav", wave, 16000)
            labels = sentence_labels(sentence)
            first = replace(labels.words[0], phones=(0.2, *labels.words[0].phones[1:]))
            labels = replace(labels, words=(first, *labels.words[1:]))
            wav = path / f"{utt}.wav"
            said.append(Utterance(utt, speaker, wav, text, sentence, labels))
            times_ms = np.array([span[1:] for span in speech.phones]) / speed
            segments[utt] = np.round(times_ms / 10).astype(np.int64)
    audio = config.load(repo / "conf/audio/16k.yaml", AudioSpec)
    augment = config.load(repo / "conf/train/augment.yaml", AugmentSpec)
    own = features.extract(said, Alignments(segments), path / "f", audio, augment, copies=1)
    phones = stage.extract(own, path / "phones")
    n_steps = ((np.diff(own.offsets[0]) + 1) // 2).sum()
    heard = np.random.default_rng(0).normal(size=(n_steps, HEARD)).astype(np.float16)
    return replace(phones, features=replace(own, heard=(heard,)))


@pytest.fixture(scope="module")
def model_spec():
    return CoachSpec(
        inputs=HEARD + MELS + N_EXPLICIT,
        width=8, shared=8, hidden=16, dropout=0.1, directions=1,
    )  # fmt: skip


@pytest.fixture(scope="module")
def spec(repo):
    usual = config.load(repo / "conf/train/coach.yaml", CoachTrainSpec)
    return usual.model_copy(update={"epochs": 2, "phones_per_batch": 40, "precision": "none"})


def weights_of(path):
    return checkpoint.load(path / "coach").tensors


def test_the_folder_holds_every_phone(folder, tmp_path):
    n = sum(len(word.phones) for u in folder.features.utterances for word in u.sentence)
    assert len(folder.targets) == len(folder.phones) == len(folder.scores) == n
    assert (folder.scores < 1).sum() == 6
    for index, utterance in enumerate(folder.features.utterances):
        names = [p for word in utterance.sentence for p in word.phones]
        assert [PHONES[k] for k in folder.tokens(index).phones] == names
    table = tabulate(folder)
    assert table.inputs.shape == (n, 10, HEARD + MELS + N_EXPLICIT)
    assert torch.isfinite(table.inputs).all()
    with pytest.raises(InputError, match="run stage 3"):
        stage.load(folder.features, tmp_path)
    (tmp_path / stage.FILE).write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(InputError, match="run stage 3"):
        stage.load(folder.features, tmp_path)


def test_losses_of_a_fixed_batch_fall(folder, model_spec, spec):
    torch.manual_seed(0)
    table = tabulate(folder)
    scales = Scales.of(table.inputs, torch.from_numpy(folder.targets))
    batch = make_batch(table, np.arange(60), scales)
    network = build(model_spec, GradesHead(model_spec)).eval()
    optimiser = torch.optim.Adam(network.parameters(), 0.01)
    first = {name: x.item() for name, x in losses(network, batch, spec.weights).items()}
    for _ in range(40):
        optimiser.zero_grad()
        losses(network, batch, spec.weights)["total"].backward()
        optimiser.step()
    last = losses(network, batch, spec.weights)
    assert set(last) == {"parts", "classes", "grades", "total"}
    assert all(last[name].item() < 0.8 * first[name] for name in last)


def test_what_is_unknown_or_not_said_teaches_nothing(folder, model_spec, spec):
    table = tabulate(folder)
    scales = Scales.of(table.inputs, torch.from_numpy(folder.targets))
    batch = make_batch(table, np.arange(60), scales)
    assert batch.parts.isnan().any()
    network = build(model_spec, GradesHead(model_spec)).eval()
    one = losses(network, batch, spec.weights)
    bad = batch.scores < 1
    assert bad.any()
    other = replace(batch, phones=torch.where(bad, (batch.phones + 1) % 39, batch.phones))
    assert_close(losses(network, other, spec.weights)["classes"], one["classes"])
    known = ~batch.parts.isnan()
    moved = replace(batch, parts=torch.where(known, batch.parts + 1, batch.parts))
    assert losses(network, moved, spec.weights)["parts"] != one["parts"]
    assert all(torch.isfinite(x) for x in one.values())


def _stop_after_one_epoch(folder, out, model_spec, spec):
    def stop(self, *_):
        if self.epoch:
            raise KeyboardInterrupt
        return run(self, *_)

    run = Trainer._run_epoch
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Trainer, "_run_epoch", stop)
        train([folder], out, model_spec, spec)
    assert not (out / "coach").exists()


def test_same_seed_same_coach_and_a_stopped_training_goes_on(folder, model_spec, spec, tmp_path):
    metrics = train([folder], tmp_path / "a", model_spec, spec)
    assert np.isfinite(metrics["parts"])
    train([folder], tmp_path / "b", model_spec, spec)
    one, two = weights_of(tmp_path / "a"), weights_of(tmp_path / "b")
    assert all(torch.equal(one[name], two[name]) for name in one)
    other = spec.model_copy(update={"seed": 1})
    train([folder], tmp_path / "c", model_spec, other)
    third = weights_of(tmp_path / "c")
    assert any(not torch.equal(one[name], third[name]) for name in one)
    # Done again from the end, nothing more is trained.
    assert train([folder], tmp_path / "a", model_spec, spec, resume=True) == metrics
    again = weights_of(tmp_path / "a")
    assert all(torch.equal(one[name], again[name]) for name in one)
    _stop_after_one_epoch(folder, tmp_path / "d", model_spec, spec)
    train([folder], tmp_path / "d", model_spec, spec, resume=True)
    resumed = weights_of(tmp_path / "d")
    assert all(torch.equal(one[name], resumed[name]) for name in one)


def test_the_checkpoint_holds_a_fitted_likelihood_and_norms(folder, model_spec, spec, tmp_path):
    from voicecoach.coaching.norms import Norms

    train([folder], tmp_path, model_spec, spec)
    loaded = checkpoint.load(tmp_path / "coach")
    network = build(model_spec)
    checkpoint.load_weights(network, loaded.tensors, tmp_path / "coach")
    head = network.eval().classes
    assert isinstance(head, GaussianHead)
    identity = head.whitening @ head.whitening.T @ head.covariance
    assert_close(identity, torch.eye(len(identity)), atol=1e-2, rtol=0)
    scales = Scales(**{name: loaded.statistics[name] for name in Scales.__annotations__})
    batch = make_batch(tabulate(folder), np.arange(len(folder.phones)), scales)
    parts, log_likelihoods = network(batch.inputs, batch.context)
    assert torch.isfinite(parts).all()
    right = (log_likelihoods.argmax(1) == batch.phones)[batch.scores > 1]
    assert right.float().mean() > 0.3  # of 39, with hardly any training
    norms = Norms.from_tensors(loaded.statistics)
    assert norms.native.shape == (39, 4)
    assert (norms.spread > 0).all()
    f1, f2, f3, _ = norms.learner[PHONES.index("IY")]
    assert f1 < np.log(500) < np.log(2000) < f2 < f3


def test_held_out_speakers_do_not_train(folder, spec):
    kept = [set(folder.speakers[training_rows(folder, fold, 3)]) for fold in range(3)]
    assert all(len(names) < 3 for names in kept)
    assert set.union(*kept) == set(SPEEDS)
    assert len(training_rows(folder, None, 3)) == len(folder.phones)
    said = tuple(replace(u, labels=None) for u in folder.features.utterances)
    unscored = replace(folder, features=replace(folder.features, utterances=said))
    assert len(training_rows(unscored, 0, 3)) == len(folder.phones)
    tables = [tabulate(folder), tabulate(unscored)]
    rows = [np.arange(len(folder.phones))] * 2
    for share, fewest in ((0.5, 1), (0.0, 0)):
        own = spec.model_copy(update={"unscored_share": share})
        groups = _groups(tables, rows, own, 1)
        drawn = np.concatenate([group for number, group in groups if number == 0])
        assert sorted(drawn) == list(rows[0])
        assert sum(number == 1 for number, _ in groups) >= fewest
        assert all(len(group) for _, group in groups)
