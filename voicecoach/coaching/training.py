"""How the coach is trained: first the network, then the likelihood of well-said phones."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from voicecoach.coaching.features import PhoneFolder, PhoneTable, tabulate
from voicecoach.coaching.network import CoachSpec, GradesHead, Scales, build
from voicecoach.coaching.norms import Norms
from voicecoach.coaching.parts import MOMENT, N_MOMENTS, N_PARTS, SCALARS, WIDTH
from voicecoach.config import Spec
from voicecoach.core.likelihood import GaussianHead
from voicecoach.core.multitask import MultitaskNetwork
from voicecoach.data.folds import speaker_folds
from voicecoach.losses.multitask import grade_cross_entropy
from voicecoach.training import checkpoint
from voicecoach.training.schedules import warmup_cosine
from voicecoach.training.spec import TrainSpec
from voicecoach.training.trainer import Trainer

_SAID = 1.0  # an expert score from which on the phone said is the one that was meant
_AT_ONCE = 2000


class LossWeights(Spec):
    """How much each part of the loss counts; ``scalars`` and ``formants`` against the envelope."""

    parts: float = Field(ge=0.0)
    classes: float = Field(ge=0.0)
    grades: float = Field(ge=0.0)
    scalars: float = Field(gt=0.0)
    formants: float = Field(gt=0.0)


class CoachTrainSpec(TrainSpec):
    """``TrainSpec`` and what only the coach needs; see ``conf/train/coach.yaml``."""

    learning_rate: float = Field(gt=0.0)
    weight_decay: float = Field(ge=0.0)
    warmup_share: float = Field(ge=0.0, lt=1.0)
    phones_per_batch: int = Field(gt=0)
    unscored_share: float = Field(ge=0.0, le=1.0)  # of the speech without scores, each epoch
    well_said_from: float = Field(ge=0.0, le=2.0)  # scores whose phones are the aim
    weights: LossWeights


@dataclass
class Batch:
    """Phones, standardised: ``inputs`` (n, 10, inputs), ``context`` (n, 2 * inputs), ``parts`` (n,
    N_PARTS) NaN where unknown, ``phones`` (n,), ``scores`` (n,)."""

    inputs: Tensor
    context: Tensor
    parts: Tensor
    phones: Tensor
    scores: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device."""
        return Batch(**{name: value.to(device) for name, value in vars(self).items()})


def make_batch(table: PhoneTable, rows: np.ndarray, scales: Scales) -> Batch:
    """Some phones of a table."""
    folder = table.folder
    index = torch.from_numpy(rows)
    context = table.contexts[torch.from_numpy(folder.utterances[rows])]
    inputs, context = scales.standardise(table.inputs[index], context)
    targets = torch.from_numpy(folder.targets[rows])
    return Batch(
        inputs,
        context,
        (targets - scales.parts_mean) / scales.parts_std,
        torch.from_numpy(folder.phones[rows]),
        torch.from_numpy(folder.scores[rows]).float(),
    )


def losses(network: MultitaskNetwork, batch: Batch, weights: LossWeights) -> dict[str, Tensor]:
    """Every part of the loss of one batch, and their weighted sum "total"."""
    shared = network.run_to(network.layers[-1], batch.inputs, batch.context)
    parts, logits = network.run_from(network.layers[-1], shared, batch.context)
    known = ~batch.parts.isnan()
    importance = _importance(weights).to(parts) * known
    # Robust: Praat's formants jump now and then.
    error = F.smooth_l1_loss(parts, batch.parts.nan_to_num(), reduction="none")
    said = torch.where(batch.scores >= _SAID, batch.phones, -100)
    found = {
        "parts": (error * importance).sum() / importance.sum(),
        "classes": F.cross_entropy(logits, said),
        "grades": grade_cross_entropy(network.classes.grades(shared, batch.phones), batch.scores),
    }
    return {**found, "total": sum(getattr(weights, name) * loss for name, loss in found.items())}


def _importance(weights: LossWeights) -> Tensor:
    """(N_PARTS,)"""
    importance = torch.ones(N_PARTS)
    importance[: len(SCALARS)] = weights.scalars
    importance[len(SCALARS) :].view(N_MOMENTS, WIDTH)[:, : len(MOMENT)] = weights.formants
    return importance


def train(
    folders: Sequence[PhoneFolder],
    out: str | Path,
    model_spec: CoachSpec,
    spec: CoachTrainSpec,
    fold: int | None = None,
    n_folds: int = 5,
    resume: bool = False,
) -> dict[str, float]:
    """Trains one coach; keeps it in ``out/coach``, the network before the last step in ``last``.

    Args:
        folders: phones, scored and, optionally, well-spoken without scores, with what the scorer's
            trunk heard of copy 0.
        out: gets the checkpoints.
        model_spec: sizes; its ``inputs`` must fit.
        spec: how to train.
        fold: the fold of scored speakers that is held out; None trains on everything.
        n_folds: how many folds there are.
        resume: goes on after the last finished epoch.

    Returns:
        The metrics of the last epoch.
    """
    torch.manual_seed(spec.seed)
    tables = [tabulate(folder) for folder in folders]
    rows = [training_rows(table.folder, fold, n_folds) for table in tables]
    rng = np.random.default_rng(spec.seed)
    some = rng.choice(rows[0], min(4000, len(rows[0])), replace=False)
    scales = Scales.of(tables[0].inputs[some], torch.from_numpy(tables[0].folder.targets[rows[0]]))
    network = build(model_spec, GradesHead(model_spec))
    optimiser = torch.optim.AdamW(
        network.parameters(), spec.learning_rate, weight_decay=spec.weight_decay
    )
    total = spec.epochs * len(_groups(tables, rows, spec, 1))
    scheduler = warmup_cosine(optimiser, int(spec.warmup_share * total), total)

    def batches(epoch: int) -> Iterator[Batch]:
        for table, group in _groups(tables, rows, spec, epoch):
            yield make_batch(tables[table], group, scales)

    values = {
        "audio": tables[0].folder.features.audio.model_dump(mode="json"),
        "coach": model_spec.model_dump(mode="json"),
        "train": spec.model_dump(mode="json"),
        "fold": fold,
    }
    trainer = Trainer(
        network,
        lambda model, batch: losses(model, batch, spec.weights),
        optimiser,
        scheduler,
        spec,
        out,
        config=values,
    )
    metrics = trainer.fit(batches, None, resume=resume)
    network.cpu().eval()
    well_said = rows[0][tables[0].folder.scores[rows[0]] >= spec.well_said_from]
    network.classes = _fit_likelihood(network, tables[0], well_said, scales, model_spec)
    native = tables[1] if len(tables) > 1 else tables[0]
    norms = Norms.of(tables[0].folder, well_said, native.folder)
    statistics = {**asdict(scales), **norms.tensors()}
    checkpoint.save_folder(Path(out) / "coach", values, network.state_dict(), statistics=statistics)
    return metrics


def training_rows(folder: PhoneFolder, fold: int | None, n_folds: int) -> np.ndarray:
    """Rows of a folder that train: all but those of the scored speakers held out."""
    speakers = folder.speakers
    if fold is None or not any(u.labels for u in folder.features.utterances):
        return np.arange(len(speakers))
    folds = speaker_folds(list(speakers), n_folds)
    return np.flatnonzero([folds[speaker] != fold for speaker in speakers])


def _groups(
    tables: Sequence[PhoneTable], rows: Sequence[np.ndarray], spec: CoachTrainSpec, epoch: int
) -> list[tuple[int, np.ndarray]]:
    """(table, rows) of each batch of an epoch, decided by seed and epoch alone."""
    rng = np.random.default_rng([spec.seed, epoch])
    groups = []
    for number, own in enumerate(rows):
        scored = any(u.labels for u in tables[number].folder.features.utterances)
        size = len(own) if scored else round(spec.unscored_share * len(own))
        if not size:
            continue
        drawn = rng.permutation(own)[:size]
        n_groups = max(1, size // spec.phones_per_batch)
        groups += [(number, group) for group in np.array_split(drawn, n_groups)]
    return [groups[i] for i in rng.permutation(len(groups))]


@torch.no_grad()
def _fit_likelihood(
    network: MultitaskNetwork, table: PhoneTable, rows: np.ndarray, scales: Scales, spec: CoachSpec
) -> nn.Module:
    """The head that says how typical features are of each phone, said well."""
    features, contexts = [], []
    for some in np.array_split(rows, -(-len(rows) // _AT_ONCE)):
        batch = make_batch(table, some, scales)
        features.append(network.run_to(network.layers[-1], batch.inputs, batch.context))
        contexts.append(batch.context)
    everything = torch.cat(features)
    head = GaussianHead(
        network.classes.phone.out_features,
        everything.shape[1],
        2 * spec.inputs,
        spec.directions,
    )
    phones = torch.from_numpy(table.folder.phones[rows])
    return head.fit(everything, phones, torch.cat(contexts))
