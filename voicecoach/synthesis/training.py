"""How an acoustic model is trained: on one speaker's sentences, with the durations they have."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from voicecoach.config import Spec
from voicecoach.core.trunk import frame_mask
from voicecoach.metrics.modulation import log_global_variance_db
from voicecoach.synthesis.features import VoiceFolder
from voicecoach.synthesis.model import AcousticModel, AcousticModelSpec
from voicecoach.synthesis.symbols import SYMBOLS
from voicecoach.training.schedules import warmup_cosine
from voicecoach.training.spec import TrainSpec
from voicecoach.training.trainer import Trainer

_LEAST_STD = 1e-3


class LossWeights(Spec):
    """How much each part of the loss counts."""

    mcep: float = Field(ge=0.0)
    log_f0: float = Field(ge=0.0)
    voiced: float = Field(ge=0.0)
    aperiodicity: float = Field(ge=0.0)
    spectrum: float = Field(ge=0.0)
    durations: float = Field(ge=0.0)


class SynthTrainSpec(TrainSpec):
    """``TrainSpec`` and what only a voice needs; see ``conf/train/synth.yaml``."""

    learning_rate: float = Field(gt=0.0)
    weight_decay: float = Field(ge=0.0)
    warmup_share: float = Field(ge=0.0, lt=1.0)
    batch_size: int = Field(gt=0)
    dev_every: int = Field(gt=1)
    weights: LossWeights


@dataclass(frozen=True)
class Scales:
    """Means and standard deviations of a voice.

    Attributes:
        world_mean, world_std: (order + 3 + n_bands,); that of log F0 over voiced frames, that of
            voicing 0 and 1.
        spectrum_mean, spectrum_std: (n_bins,).
    """

    world_mean: Tensor
    world_std: Tensor
    spectrum_mean: Tensor
    spectrum_std: Tensor

    @classmethod
    def of(cls, folder: VoiceFolder) -> "Scales":
        """Measured on all frames of a folder."""
        world = torch.from_numpy(np.array(folder.world))
        mean, std = world.mean(0), world.std(0)
        pitch, voiced = folder.spec.order + 1, folder.spec.order + 2
        spoken = world[world[:, voiced] > 0.5, pitch]
        mean[pitch], std[pitch] = spoken.mean(), spoken.std()
        mean[voiced], std[voiced] = 0.0, 1.0
        spectrum = torch.from_numpy(folder.spectrum[::4].astype(np.float32))
        return cls(
            mean, std.clamp_min(_LEAST_STD), spectrum.mean(0), spectrum.std(0).clamp_min(_LEAST_STD)
        )


@dataclass
class Batch:
    """Sentences, filled up with zeros to the longest.

    ``symbols``, ``places``, ``durations`` (batch, n); ``mask`` (batch, n); ``world`` (batch,
    n_frames, world_width) and ``spectrum`` (batch, n_frames, n_bins), normalised; ``frames``
    (batch, n_frames), True where there are some; ``names``.
    """

    symbols: Tensor
    places: Tensor
    durations: Tensor
    mask: Tensor
    world: Tensor
    spectrum: Tensor
    frames: Tensor
    names: list[str]

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device."""
        moved = {k: v.to(device) if isinstance(v, Tensor) else v for k, v in vars(self).items()}
        return Batch(**moved)


def make_batch(folder: VoiceFolder, indices: np.ndarray, scales: Scales) -> Batch:
    """Some utterances of a folder."""
    tables = [torch.from_numpy(np.array(folder.sentence(i))) for i in indices]
    lengths = torch.tensor([len(table) for table in tables])
    table = nn.utils.rnn.pad_sequence(tables, batch_first=True)
    rows = [folder.frames(i) for i in indices]
    n_frames = torch.tensor([row.stop - row.start for row in rows])
    world = [(torch.from_numpy(np.array(folder.world[r])) - scales.world_mean) for r in rows]
    spectrum = [torch.from_numpy(folder.spectrum[r].astype(np.float32)) for r in rows]
    return Batch(
        *table.unbind(-1),
        frame_mask(lengths, int(lengths.max())),
        nn.utils.rnn.pad_sequence([w / scales.world_std for w in world], batch_first=True),
        nn.utils.rnn.pad_sequence(
            [(s - scales.spectrum_mean) / scales.spectrum_std for s in spectrum], batch_first=True
        ),
        frame_mask(n_frames, int(n_frames.max())),
        [folder.utterances[i].utt for i in indices],
    )


def losses(
    model: AcousticModel, batch: Batch, order: int, weights: LossWeights
) -> dict[str, Tensor]:
    """Every part of the loss of one batch, and their weighted sum "total"."""
    encoded = model.encode(batch.symbols, batch.places, batch.mask)
    log_durations = model.predict_log_durations(encoded, batch.mask)
    world, spectrum = model.decode(encoded, batch.durations)
    pitch, voiced = order + 1, order + 2
    inside = batch.frames
    speaks = inside & (batch.world[..., voiced] > 0.5)
    square = (world - batch.world).square()
    found = {
        "mcep": square[..., :pitch][inside].mean(),
        "log_f0": square[..., pitch][speaks].mean(),
        "voiced": F.binary_cross_entropy_with_logits(
            world[..., voiced][inside], batch.world[..., voiced][inside]
        ),
        "aperiodicity": square[..., voiced + 1 :][speaks].mean(),
        "spectrum": (spectrum - batch.spectrum)[inside].square().mean(),
        "durations": _duration_loss(log_durations[batch.mask], batch.durations[batch.mask]),
    }
    return {**found, "total": sum(getattr(weights, name) * loss for name, loss in found.items())}


def _deviation(folder: VoiceFolder) -> Tensor:
    """(order,) of c_1, c_2, ... over an utterance, in the geometric mean: for variance scaling."""
    last = folder.spec.order + 1
    rows = [folder.world[folder.frames(i), 1:last] for i in range(len(folder.utterances))]
    return torch.from_numpy(10 ** (log_global_variance_db(rows).mean(axis=0) / 20.0))


def _duration_loss(log_expected: Tensor, steps: Tensor) -> Tensor:
    """Poisson deviance, against the mean: unlike the square of logs, it leaves the pace as it is.

    An error in logs is least at the median, and speech by medians is a tenth too fast.
    """
    steps = steps.float()
    deviance = log_expected.exp() - steps + torch.special.xlogy(steps, steps) - steps * log_expected
    return deviance.mean() / steps.mean()


def split(n_utterances: int, dev_every: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the utterances that train and of those that choose the best epoch."""
    everything = np.arange(n_utterances)
    chooses = everything % dev_every == dev_every - 1
    return everything[~chooses], everything[chooses]


def build(spec: AcousticModelSpec, folder: VoiceFolder) -> AcousticModel:
    """A model that fits the features."""
    return AcousticModel(
        spec,
        len(SYMBOLS),
        folder.world.shape[1],
        folder.spectrum.shape[1],
        folder.spec.frames_per_step,
    )


def train(
    folder: VoiceFolder,
    out: str | Path,
    model_spec: AcousticModelSpec,
    spec: SynthTrainSpec,
    resume: bool = False,
) -> dict[str, float]:
    """Trains one voice; keeps ``last`` and ``best`` in ``out``.

    Args:
        folder: features (stage 3).
        out: gets the checkpoints and the log.
        model_spec: sizes.
        spec: how to train.
        resume: goes on after the last finished epoch.

    Returns:
        The metrics of the last epoch.

    Raises:
        InputError: there are too few utterances.
    """
    torch.manual_seed(spec.seed)
    trains, chooses = split(len(folder.utterances), spec.dev_every)
    scales = Scales.of(folder)
    model = build(model_spec, folder)
    optimiser = torch.optim.AdamW(
        model.parameters(), spec.learning_rate, weight_decay=spec.weight_decay
    )
    n_batches = -(-len(trains) // spec.batch_size)
    total = spec.epochs * n_batches
    scheduler = warmup_cosine(optimiser, int(spec.warmup_share * total), total)
    order = folder.spec.order

    def batches(epoch: int) -> Iterator[Batch]:
        # Sentences of about one length together: little is computed for nothing.
        rng = np.random.default_rng([spec.seed, epoch])
        lengths = np.diff(folder.frame_offsets)[trains] * rng.uniform(0.9, 1.1, len(trains))
        groups = np.array_split(trains[np.argsort(lengths)], n_batches)
        for at in rng.permutation(n_batches):
            yield make_batch(folder, groups[at], scales)

    def validate(model: nn.Module, epoch: int) -> dict[str, float]:
        found = [
            losses(model, make_batch(folder, group, scales).to(trainer.device), order, spec.weights)
            for group in np.array_split(chooses, -(-len(chooses) // spec.batch_size))
        ]
        return {name: float(np.mean([float(one[name]) for one in found])) for name in found[0]}

    trainer = Trainer(
        model,
        lambda model, batch: losses(model, batch, order, spec.weights),
        optimiser,
        scheduler,
        spec,
        out,
        config={
            "audio": folder.spec.audio.model_dump(mode="json"),
            "order": order,
            "model": model_spec.model_dump(mode="json"),
            "symbols": list(SYMBOLS),
            "train": spec.model_dump(mode="json"),
        },
        statistics={**vars(scales), "deviation": _deviation(folder)},
    )
    return trainer.fit(batches, validate, resume=resume)
