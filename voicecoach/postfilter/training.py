"""How a postfilter is trained: on what a voice says in the place of its speaker's recordings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F

from voicecoach.config import Spec
from voicecoach.core.discriminators import PatchDiscriminator
from voicecoach.losses.adversarial import Criterion
from voicecoach.metrics import modulation
from voicecoach.postfilter.model import PostfilterModelSpec, ResidualGenerator
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


@dataclass(frozen=True)
class Scales:
    """Mean and standard deviation of natural speech, (height,)."""

    mean: Tensor
    std: Tensor

    @classmethod
    def of(cls, natural: Sequence[np.ndarray]) -> "Scales":
        """Measured on all frames."""
        frames = torch.from_numpy(np.concatenate(natural)).float()
        return cls(frames.mean(0), frames.std(0).clamp_min(1e-4))

    def picture(self, features: np.ndarray) -> Tensor:
        """(n_frames, height) -> normalised (1, height, n_frames)."""
        return ((torch.from_numpy(features).float() - self.mean) / self.std).T[None]

    def features(self, picture: Tensor) -> np.ndarray:
        """Undoes ``picture``."""
        return (picture[0].T * self.std + self.mean).numpy()


def enhance(
    generator: ResidualGenerator, scales: Scales, features: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Features (n_frames, height) of made speech to those of more natural speech."""
    picture = scales.picture(features)[None].contiguous(memory_format=torch.channels_last)
    noise = torch.randn(picture.shape, generator=torch.Generator().manual_seed(seed))
    with torch.inference_mode():
        return scales.features(generator(picture, noise)[0]).astype(features.dtype)


def train(
    pairs: Pairs,
    out: str | Path,
    model_spec: PostfilterModelSpec,
    spec: PostfilterTrainSpec,
    config: dict[str, Any],
    resume: bool = False,
) -> dict[str, float]:
    """Trains one generator; keeps ``last`` and ``best`` in ``out``.

    Args:
        pairs: what to learn from.
        out: gets the checkpoints and the log.
        model_spec: sizes.
        spec: how to train; without adversarial and feature matching weights, by squares only.
        config: what else the checkpoints must say.
        resume: goes on after the last finished epoch.

    Returns:
        The metrics of the last epoch; ``distance`` is the mean of the distances to natural of
        global variance and modulation spectrum, dB.
    """
    torch.manual_seed(spec.seed)
    everything = np.arange(len(pairs.names))
    chooses = everything % spec.dev_every == spec.dev_every - 1
    scales = Scales.of([pairs.natural[i] for i in everything[~chooses]])
    pictures = [
        torch.stack([scales.picture(x[i])[0] for x in (pairs.natural, pairs.made)])
        for i in everything
    ]
    height = pictures[0].shape[1]
    gain = _gain([pictures[i] for i in everything[~chooses]])
    generator = ResidualGenerator(model_spec, height, gain).to(memory_format=torch.channels_last)
    trains = np.repeat(everything[~chooses], spec.crops)
    n_batches = -(-len(trains) // spec.batch_size)
    optimiser = torch.optim.Adam(generator.parameters(), spec.learning_rate, betas=(0.5, 0.9))
    total = spec.epochs * n_batches
    scheduler = warmup_cosine(optimiser, int(spec.warmup_share * total), total)
    adversary = None
    if spec.weights.adversarial or spec.weights.feature_matching:
        discriminator = PatchDiscriminator(
            1 + model_spec.conditional,
            height,
            model_spec.discriminator_widths,
            model_spec.discriminator_kernel,
        ).to(memory_format=torch.channels_last)
        learns = torch.optim.Adam(
            discriminator.parameters(), spec.discriminator_rate, betas=(0.5, 0.9)
        )
        adversary = Adversary(discriminator, learns, spec.criterion)

    def batches(epoch: int) -> Iterator[Tensor]:
        rng = np.random.default_rng([spec.seed, epoch])
        for group in np.array_split(rng.permutation(trains), n_batches):
            yield torch.stack([_crop(pictures[i], spec.frames, rng) for i in group])

    dev = [(pairs.natural[i], pairs.made[i]) for i in everything[chooses]]

    def validate(model: ResidualGenerator, epoch: int) -> dict[str, float]:
        made = [enhance(model.cpu(), scales, y, seed) for seed, (_, y) in enumerate(dev)]
        model.to(trainer.device)
        return liveliness([natural for natural, _ in dev], made)

    def generate(generator: ResidualGenerator, batch: Tensor) -> Outputs:
        made = batch[:, 1:]
        fake = generator(made, torch.randn_like(made))
        if not model_spec.conditional:
            return Outputs(batch[:, :1], fake)
        return Outputs(batch, torch.cat([fake, made], dim=1))

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
        config={
            **config,
            "postfilter": model_spec.model_dump(mode="json"),
            "train": spec.model_dump(mode="json"),
        },
        statistics=vars(scales),
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


def _gain(pictures: Sequence[Tensor]) -> Tensor:
    """(height,) by how much natural rows vary more than made ones, in the geometric mean."""
    ratios = [natural.std(1) / made.std(1).clamp_min(1e-4) for natural, made in pictures]
    return torch.stack(ratios).log().mean(0).exp()


def _losses(_: Tensor, outputs: Outputs) -> dict[str, Tensor]:
    return {"square": F.mse_loss(outputs.fake[:, :1], outputs.real[:, :1])}


def _crop(pictures: Tensor, n_frames: int, rng: np.random.Generator) -> Tensor:
    """(2, height, n_frames) from anywhere in an utterance; a short one is said again."""
    times = -(-n_frames // pictures.shape[2])
    pictures = pictures.repeat(1, 1, times)
    start = int(rng.integers(pictures.shape[2] - n_frames + 1))
    return pictures[..., start : start + n_frames]
