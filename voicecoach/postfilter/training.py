"""How a postfilter is trained: on what a voice says in the place of its speaker's recordings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F

from voicecoach.config import Spec
from voicecoach.losses.adversarial import Criterion
from voicecoach.metrics import modulation
from voicecoach.postfilter.bands import cut
from voicecoach.postfilter.baselines import MatchedNoise, ModulationFilters, VarianceScaling
from voicecoach.postfilter.model import (
    PostfilterModelSpec,
    ResidualGenerator,
    build_jury,
)
from voicecoach.postfilter.postfilter import PostfilterSpec, Scales, run
from voicecoach.synthesis.training import split
from voicecoach.training import checkpoint
from voicecoach.training.gan import Adversary, GANTrainer, Outputs
from voicecoach.training.schedules import warmup_cosine
from voicecoach.training.spec import TrainSpec


class LossWeights(Spec):
    """How much each part of the generator's loss counts."""

    adversarial: float = Field(ge=0.0)
    feature_matching: float = Field(ge=0.0)
    square: float = Field(ge=0.0)


class PostfilterTrainSpec(TrainSpec):
    """``TrainSpec`` and what only a postfilter needs; see ``conf/train/postfilter.yaml``."""

    learning_rate: float = Field(gt=0.0)
    discriminator_rate: float = Field(gt=0.0)
    warmup_share: float = Field(ge=0.0, lt=1.0)
    batch_size: int = Field(gt=0)
    frames: int = Field(gt=0)  # of a crop
    crops: int = Field(gt=0)  # of each utterance in an epoch
    dev_every: int = Field(gt=1)
    criterion: Criterion
    weights: LossWeights


@dataclass(frozen=True)
class Pairs:
    """Pictures of natural and made speech, frame by frame in step.

    Attributes:
        natural, made: (n_frames, height) of each utterance.
        names: of the utterances.
    """

    natural: Sequence[np.ndarray]
    made: Sequence[np.ndarray]
    names: Sequence[str]


def train(
    pairs: Pairs,
    out: str | Path,
    filter_spec: PostfilterSpec,
    spec: PostfilterTrainSpec,
    resume: bool = False,
) -> list[dict[str, float]]:
    """Trains a postfilter, band by band; keeps it in ``out/postfilter``.

    Args:
        pairs: what to learn from.
        out: gets checkpoints and log of each band, too.
        filter_spec: what it works on; sizes.
        spec: how to train; without adversarial and feature matching weights, by squares only.
        resume: goes on after the last finished epoch.

    Returns:
        The metrics of each band's last epoch; ``distance`` is the mean of the distances to natural
        of global variance and modulation spectrum, dB.
    """
    out = Path(out)
    height = pairs.natural[0].shape[1]
    scales = Scales.of([pairs.natural[i] for i in split(len(pairs.names), spec.dev_every)[0]])
    base = ModulationFilters.fit(pairs.natural, pairs.made, filter_spec.model.context_rows)
    made = pairs.made
    if filter_spec.model.filtered:
        made = [base.enhance(features, seed) for seed, features in enumerate(made)]
    noise = MatchedNoise.fit(pairs.natural, pairs.made).filters  # a baseline that goes with it
    metrics, tensors = [], {}
    for number, band in enumerate(cut(height, filter_spec.model.bands)):
        own = Pairs(
            [features[:, band] for features in pairs.natural],
            [features[:, band] for features in made],
            pairs.names,
        )
        folder = out / f"band{number}"
        metrics.append(train_band(own, folder, scales.rows(band), filter_spec.model, spec, resume))
        best = checkpoint.load(folder / "best").tensors
        tensors |= {f"{number}.{name}": tensor for name, tensor in best.items()}
    checkpoint.save_folder(
        out / "postfilter",
        {**filter_spec.model_dump(mode="json"), "train": spec.model_dump(mode="json")},
        tensors,
        statistics={**vars(scales), **base.tensors(), "noise": torch.from_numpy(noise)},
    )
    return metrics


def train_band(
    pairs: Pairs,
    out: str | Path,
    scales: Scales,
    model_spec: PostfilterModelSpec,
    spec: PostfilterTrainSpec,
    resume: bool = False,
) -> dict[str, float]:
    """Trains one generator; keeps ``last`` and ``best`` in ``out``.

    Args:
        pairs: rows of the band only.
        out: gets the checkpoints and the log.
        scales: of the band.
        model_spec: sizes.
        spec: how to train.
        resume: goes on after the last finished epoch.

    Returns:
        The metrics of the last epoch.
    """
    torch.manual_seed(spec.seed)
    learns_from, chooses = split(len(pairs.names), spec.dev_every)
    pictures = [
        torch.stack([scales.picture(x[i])[0] for x in (pairs.natural, pairs.made)])
        for i in range(len(pairs.names))
    ]
    n_context = model_spec.context_rows
    height = pictures[0].shape[1] - n_context
    generator = ResidualGenerator(model_spec, height)
    generator = generator.to(memory_format=torch.channels_last)
    trains = np.repeat(learns_from, spec.crops)
    n_batches = -(-len(trains) // spec.batch_size)
    optimiser = torch.optim.Adam(generator.parameters(), spec.learning_rate, betas=(0.5, 0.9))
    total = spec.epochs * n_batches
    scheduler = warmup_cosine(optimiser, int(spec.warmup_share * total), total)
    adversary = None
    if spec.weights.adversarial or spec.weights.feature_matching:
        discriminator = build_jury(model_spec, height).to(memory_format=torch.channels_last)
        learns = torch.optim.Adam(
            discriminator.parameters(), spec.discriminator_rate, betas=(0.5, 0.9)
        )
        adversary = Adversary(discriminator, learns, spec.criterion)

    def batches(epoch: int) -> Iterator[Tensor]:
        rng = np.random.default_rng([spec.seed, epoch])
        for group in np.array_split(rng.permutation(trains), n_batches):
            yield torch.stack([_crop(pictures[i], spec.frames, rng) for i in group])

    dev = [(pairs.natural[i], pairs.made[i]) for i in chooses]
    scaling = VarianceScaling.fit(pairs.natural)  # the last step of a postfilter

    def validate(model: ResidualGenerator, epoch: int) -> dict[str, float]:
        made = [run(model, scales, y, seed) for seed, (_, y) in enumerate(dev)]
        if model_spec.filtered:
            made = [scaling.enhance(x) for x in made]
        natural = [natural[:, n_context:] for natural, _ in dev]
        return liveliness(natural, [x[:, n_context:] for x in made])

    def generate(generator: ResidualGenerator, batch: Tensor) -> Outputs:
        """``batch`` (n, 2, rows, n_frames): natural, made."""
        natural, made = batch[:, :1], batch[:, 1:]
        fake = generator(made, torch.randn_like(made[:, :, n_context:]))
        # What is only shown is not to be judged: both have the context of the made one.
        real = torch.cat([made[:, :, :n_context], natural[:, :, n_context:]], dim=2)
        if model_spec.conditional:
            real, fake = torch.cat([real, made], dim=1), torch.cat([fake, made], dim=1)
        return Outputs(real, fake)

    trainer = GANTrainer(
        generator,
        generate,
        _losses,
        spec.weights.model_dump(),
        adversary,
        optimiser,
        scheduler,
        spec,
        out,
        config={"model": model_spec.model_dump(mode="json"), "train": spec.model_dump(mode="json")},
    )
    return trainer.fit(batches, validate, resume=resume)


def liveliness(natural: Sequence[np.ndarray], made: Sequence[np.ndarray]) -> dict[str, float]:
    """Distances in dB to natural: ``variance``, ``modulation``, their mean ``distance``, and the
    mean ``error`` frame by frame in the way of mel-cepstral distortion."""
    variance = modulation.distance_db(*map(modulation.log_global_variance_db, (made, natural)))
    spectrum = modulation.distance_db(*map(modulation.log_modulation_spectrum_db, (made, natural)))
    errors = [np.linalg.norm(x - y, axis=1) for x, y in zip(made, natural, strict=True)]
    return {
        "variance": variance,
        "modulation": spectrum,
        "distance": (variance + spectrum) / 2,
        "error": float(10 / np.log(10) * np.sqrt(2) * np.concatenate(errors).mean()),
    }


def _losses(_: Tensor, outputs: Outputs) -> dict[str, Tensor]:
    return {"square": F.mse_loss(outputs.fake[:, :1], outputs.real[:, :1])}


def _crop(pictures: Tensor, n_frames: int, rng: np.random.Generator) -> Tensor:
    """(2, height, n_frames) from anywhere in an utterance; a short one is said again."""
    times = -(-n_frames // pictures.shape[2])
    pictures = pictures.repeat(1, 1, times)
    start = int(rng.integers(pictures.shape[2] - n_frames + 1))
    return pictures[..., start : start + n_frames]
