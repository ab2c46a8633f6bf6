"""How the scorer is trained: which recordings, which losses, what is validated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from pydantic import Field
from rich.console import Console
from rich.progress import Progress
from torch import nn

from voicecoach.data.augment import AugmentSpec, spec_augment
from voicecoach.data.folds import speaker_folds
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.metrics.correlation import pearson
from voicecoach.metrics.detection import best_f1
from voicecoach.metrics.scoring import BAD_BELOW
from voicecoach.scoring.batching import (
    Example,
    answers_of,
    bucketed,
    corrupt,
    make_example,
)
from voicecoach.scoring.features import FeatureFolder
from voicecoach.scoring.hearing import hear
from voicecoach.scoring.judge import SENTENCE_SCORES, SILENCE, Scores
from voicecoach.scoring.model import ModelSpec, ScorerModel
from voicecoach.scoring.objective import Batch, LossWeights, collate, losses
from voicecoach.scoring.rivals import rival_probabilities
from voicecoach.scoring.teacher import start_from_whisper
from voicecoach.training import distributed
from voicecoach.training.device import choose_device, use_bf16
from voicecoach.training.schedules import warmup_cosine
from voicecoach.training.spec import TrainSpec
from voicecoach.training.trainer import Trainer


class ScoreTrainSpec(TrainSpec):
    """``TrainSpec`` and what only the scorer needs; see ``conf/train/score.yaml``."""

    trunk_from: Literal["whisper", "nothing"]
    freeze_trunk: bool  # then it hears every recording once, not once an epoch
    learning_rate: float = Field(gt=0.0)
    trunk_learning_rate: float = Field(gt=0.0)
    weight_decay: float = Field(ge=0.0)
    warmup_share: float = Field(ge=0.0, lt=1.0)
    frames_per_batch: int = Field(gt=0)
    unscored_share: float = Field(ge=0.0, le=1.0)  # of the speech without scores, each epoch
    corrupt_share: float = Field(ge=0.0, le=1.0)  # of those, get a wrong sentence
    corrupt_rate: float = Field(ge=0.0, le=1.0)  # of the phones of such an utterance
    weights: LossWeights


@dataclass(frozen=True)
class Item:
    """One utterance of one feature folder."""

    features: FeatureFolder
    index: int

    @property
    def utterance(self) -> Utterance:
        """Who said what."""
        return self.features.utterances[self.index]

    @property
    def scored(self) -> bool:
        """Whether experts scored it."""
        return self.utterance.labels is not None

    @property
    def n_copies(self) -> int:
        """How many copies there are, the clean one counted in."""
        return len(self.features.copies)

    def n_frames(self, copy: int) -> int:
        """Length of a copy in frames."""
        offsets = self.features.offsets[copy]
        return int(offsets[self.index + 1] - offsets[self.index])

    def example(self, copy: int) -> Example:
        """A copy of the recording with its answers."""
        sentence = self.utterance.sentence
        return make_example(
            self.features.frames(self.index, copy),
            sentence,
            self.features.segments(self.index, copy),
            answers_of(sentence, self.utterance.labels),
            self.features.steps(self.index, copy),
        )


def split(
    folders: Sequence[FeatureFolder], n_folds: int, fold: int | None
) -> tuple[list[Item], list[Item]]:
    """Training and held-out items.

    Scored utterances of the speakers in ``fold`` are held out; speech without scores always
    trains. With ``fold`` None everything trains and nothing is held out.
    """
    items = [
        Item(folder, i)
        for folder in folders
        for i, utterance in enumerate(folder.utterances)
        if utterance.utt in folder.alignments.segments
    ]
    if fold is None:
        return items, []
    scored = [item for item in items if item.scored]
    if not 0 <= fold < n_folds:
        raise InputError(f"There is no fold {fold}: folds run from 0 to {n_folds - 1}.")
    try:
        folds = speaker_folds([item.utterance.speaker for item in scored], n_folds)
    except ValueError as error:
        raise InputError(f"The scored speakers cannot be cross-validated: {error}.") from error
    held_out = {id(item) for item in scored if folds[item.utterance.speaker] == fold}
    return (
        [item for item in items if id(item) not in held_out],
        [item for item in items if id(item) in held_out],
    )


def batches(
    items: Sequence[Item], spec: ScoreTrainSpec, augment: AugmentSpec, epoch: int
) -> list["LazyBatch"]:
    """The batches of one training epoch, decided by seed and epoch alone."""
    rng = np.random.default_rng([spec.seed, epoch])
    items = [item for item in items if item.scored or rng.random() < spec.unscored_share]
    # Speech from elsewhere must not be told by its clean copy.
    copies = [
        int(rng.integers(0 if item.scored or item.n_copies == 1 else 1, item.n_copies))
        for item in items
    ]
    lengths = [item.n_frames(copy) for item, copy in zip(items, copies, strict=True)]
    groups = list(bucketed(lengths, spec.frames_per_batch, rng))
    seeds = rng.integers(2**31, size=len(groups))
    return [
        LazyBatch([items[i] for i in group], [copies[i] for i in group], spec, augment, int(seed))
        for group, seed in zip(groups, seeds, strict=True)
    ]


@dataclass
class LazyBatch:
    """A batch that is put together when its turn comes."""

    items: list[Item]
    copies: list[int]
    spec: ScoreTrainSpec
    augment: AugmentSpec
    seed: int

    def make(self) -> Batch:
        """Reads, corrupts, pads and masks."""
        rng = np.random.default_rng(self.seed)
        rivals = rival_probabilities()
        examples = []
        for item, copy in zip(self.items, self.copies, strict=True):
            example = item.example(copy)
            # Never learners' speech: made-up errors are coarser than those that experts hear, and
            # many of them among real ones teach to look for the coarse ones alone.
            if not item.scored and rng.random() < self.spec.corrupt_share:
                example = corrupt(example, rng, rivals, SILENCE, self.spec.corrupt_rate)
            examples.append(example)
        batch = collate(examples, [item.utterance.utt for item in self.items])
        generator = torch.Generator().manual_seed(self.seed)
        inputs = batch.inputs
        if inputs.heard is None:  # else it was masked before it was heard
            inputs.log_mel = spec_augment(inputs.log_mel, generator, self.augment, inputs.lengths)
        return batch


def validate(model: nn.Module, items: Sequence[Item], device: torch.device) -> dict[str, float]:
    """Correlations with the experts and best detection F1 on clean held-out recordings."""
    phones, sentences, words = [], [], []
    for group in bucketed([item.n_frames(0) for item in items], 20000):
        batch = collate([items[i].example(0) for i in group], []).to(device)
        scores = Scores.mean(model(batch.inputs)[-1])
        known = batch.inputs.phone_mask
        phones.append(torch.stack([scores.phones[known], batch.targets.phones[known]], -1))
        real = ~batch.targets.words[..., 0].isnan()
        words.append(torch.stack([scores.words[real], batch.targets.words[real]], -1))
        sentences.append(torch.stack([scores.sentence, batch.targets.sentence], -1))
    phone, word, sentence = (
        torch.cat(parts).float().cpu().numpy() for parts in (phones, words, sentences)
    )
    metrics = {"phone_pcc": pearson(phone[:, 0], phone[:, 1])}
    metrics["word_total_pcc"] = pearson(word[:, 2, 0], word[:, 2, 1])
    for position, name in enumerate(SENTENCE_SCORES):
        metrics[f"{name}_pcc"] = pearson(sentence[:, position, 0], sentence[:, position, 1])
    metrics["f1"] = best_f1(phone[:, 1] < BAD_BELOW, phone[:, 0]).f1
    return metrics


def train(
    folders: Sequence[FeatureFolder],
    out: str | Path,
    model_spec: ModelSpec,
    spec: ScoreTrainSpec,
    augment: AugmentSpec,
    fold: int | None = None,
    n_folds: int = 5,
    resume: bool = False,
) -> dict[str, float]:
    """Trains one scorer; keeps ``last`` and ``best`` in ``out``.

    Args:
        folders: scored and, optionally, native or synthetic speech; all with the same audio spec.
        fold: the fold of speakers that is held out and validated; None trains on everything.
        n_folds: how many folds there are.
        resume: goes on after the last finished epoch.

    Returns:
        The metrics of the last epoch.

    Raises:
        InputError: the folders do not fit each other, or there is no such fold.
    """
    audio = folders[0].audio
    if any(folder.audio != audio for folder in folders):
        raise InputError("The feature folders were made with different audio settings.")
    torch.manual_seed(spec.seed)
    model = ScorerModel(model_spec, audio.n_mels)
    if spec.trunk_from == "whisper":
        start_from_whisper(model.trunk)
    if spec.freeze_trunk:
        folders = _hear_all(folders, model, spec, augment)
    items, held_out = split(folders, n_folds, fold)
    if not held_out:  # then the only measure is the loss
        spec = spec.model_copy(update={"metric": "total", "goal": "min"})
    optimiser = _optimiser(model, spec)
    per_epoch = len(distributed.shard(batches(items, spec, augment, epoch=1)))
    total_steps = max(2, spec.epochs * per_epoch)
    scheduler = warmup_cosine(optimiser, int(spec.warmup_share * total_steps), total_steps)

    def train_batches(epoch: int) -> Iterator[Batch]:
        for lazy in distributed.shard(batches(items, spec, augment, epoch)):
            yield lazy.make()

    trainer = Trainer(
        model,
        lambda network, batch: losses(network, batch, spec.weights),
        optimiser,
        scheduler,
        spec,
        out,
        config={
            "audio": audio.model_dump(mode="json"),
            "model": model_spec.model_dump(mode="json"),
            "train": spec.model_dump(mode="json"),
            "fold": fold,
        },
    )
    check = None
    if held_out:
        check = lambda network, epoch: validate(network, held_out, trainer.device)  # noqa: E731
    return trainer.fit(train_batches, check, resume=resume)


def _hear_all(
    folders: Sequence[FeatureFolder],
    model: ScorerModel,
    spec: ScoreTrainSpec,
    augment: AugmentSpec,
) -> list[FeatureFolder]:
    """Freezes the trunk and lets it hear all folders."""
    device = distributed.start(choose_device(spec.device))
    model.trunk.requires_grad_(False).to(device)
    bf16 = use_bf16(spec.precision, device)
    console = Console(stderr=True, quiet=not distributed.is_main())
    with Progress(console=console) as progress:
        bar = progress.add_task("Listening", total=sum(len(f.copies) for f in folders))
        return [
            hear(folder, model.trunk, augment, bf16, lambda *_: progress.advance(bar))
            for folder in folders
        ]


def _optimiser(model: ScorerModel, spec: ScoreTrainSpec) -> torch.optim.Optimizer:
    """AdamW with a smaller learning rate for a trunk that has learnt before."""
    trunk = [p for p in model.trunk.parameters() if p.requires_grad]
    rest = [p for n, p in model.named_parameters() if not n.startswith("trunk.")]
    trunk_rate = spec.learning_rate if spec.trunk_from == "nothing" else spec.trunk_learning_rate
    groups = [{"params": rest, "lr": spec.learning_rate}]
    if trunk:
        groups.append({"params": trunk, "lr": trunk_rate})
    return torch.optim.AdamW(groups, weight_decay=spec.weight_decay)
