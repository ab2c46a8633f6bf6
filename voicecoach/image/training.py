"""How the network for faces is trained: one picture of each person, disturbed again and again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from voicecoach.config import Spec
from voicecoach.data.folds import speaker_folds
from voicecoach.errors import InputError
from voicecoach.image.features import FaceFolder
from voicecoach.image.frame import Frame, crop
from voicecoach.image.landmarks import mirror
from voicecoach.image.model import FaceModelSpec, FaceNetwork
from voicecoach.losses.multitask import parts_and_class_losses
from voicecoach.training.schedules import warmup_cosine
from voicecoach.training.spec import TrainSpec
from voicecoach.training.trainer import Trainer


class FaceAugmentSpec(Spec):
    """How crops are disturbed; each value is a standard deviation."""

    shift: float = Field(ge=0.0)  # eye distances
    scale: float = Field(ge=0.0)  # share of the eye distance
    angle_deg: float = Field(ge=0.0)
    light: float = Field(ge=0.0)  # slope of a brightness ramp, and gamma (logarithm)
    noise: float = Field(ge=0.0)  # share of the contrast
    erase: float = Field(ge=0.0, le=1.0)  # probability that a square of the crop is wiped out


class FaceTrainSpec(TrainSpec):
    """``TrainSpec`` and what only faces need; see ``conf/train/face.yaml``."""

    batches_per_epoch: int = Field(gt=0)
    batch_size: int = Field(gt=0)
    learning_rate: float = Field(gt=0.0)
    weight_decay: float = Field(ge=0.0)
    warmup_share: float = Field(ge=0.0, lt=1.0)
    class_weight: float = Field(ge=0.0)
    draw_seed: int = Field(ge=0)  # which picture of each person; seed is for all else
    augment: FaceAugmentSpec


@dataclass(frozen=True)
class FaceBatch:
    """Crops (batch, 1, size, size), landmarks (batch, 136) in frame units, classes (batch,)."""

    crops: Tensor
    parts: Tensor
    classes: Tensor
    names: list[str]

    def to(self, device: torch.device) -> "FaceBatch":
        """The same on another device."""
        moved = (x.to(device) for x in (self.crops, self.parts, self.classes))
        return FaceBatch(*moved, self.names)


def draw_one_each(faces: FaceFolder, seed: int) -> np.ndarray:
    """One picture of each person, as the original work has it: (n_people,) indices.

    As many neutral as smiling ones are drawn of each sex, or else the mean smile would be partly
    the difference between men and women.
    """
    rng = np.random.default_rng(seed)
    people = np.unique(faces.people)
    sexes = np.array([faces.sexes[faces.people == person][0] for person in people])
    chosen = []
    for sex in np.unique(sexes):
        group = rng.permutation(people[sexes == sex])
        first = rng.integers(2)
        for position, person in enumerate(group):
            mine = np.flatnonzero(faces.people == person)
            wanted = mine[faces.classes[mine] == (position + first) % 2]
            chosen.append(rng.choice(wanted if len(wanted) else mine))
    return np.sort(np.array(chosen))


def split(faces: FaceFolder, n_folds: int, fold: int | None) -> tuple[FaceFolder, FaceFolder]:
    """Training and held-out faces; with ``fold`` None everything trains.

    Raises:
        InputError: there is no such fold, or there are fewer people than folds.
    """
    if fold is None:
        return faces, faces.take(np.array([], dtype=int))
    if not 0 <= fold < n_folds:
        raise InputError(f"There is no fold {fold}: folds run from 0 to {n_folds - 1}.")
    try:
        folds = speaker_folds(list(faces.people), n_folds)
    except ValueError as error:
        raise InputError(f"The people cannot be cross-validated: {error}.") from error
    out = np.array([folds[person] == fold for person in faces.people])
    return faces.take(np.flatnonzero(~out)), faces.take(np.flatnonzero(out))


def make_batch(
    faces: FaceFolder, chosen: np.ndarray, size: int, spec: FaceAugmentSpec, seed: int
) -> FaceBatch:
    """Disturbed crops of the faces at ``chosen`` (batch,), half of them mirrored."""
    rng = np.random.default_rng(seed)
    n = len(chosen)
    points = faces.landmarks[chosen]
    frame = Frame.of(points).jitter(
        rng.normal(scale=spec.shift, size=(n, 2)),
        np.exp(rng.normal(scale=spec.scale, size=n)),
        np.radians(rng.normal(scale=spec.angle_deg, size=n)),
    )
    parts, flip = frame.to_units(points), rng.random(n) < 0.5
    parts[flip] = mirror(parts[flip])
    patches = torch.from_numpy(faces.patches[chosen])[:, None].float()
    crops = crop(patches, frame, size, flip)
    return FaceBatch(
        disturb(crops, spec, torch.Generator().manual_seed(seed)),
        torch.from_numpy(parts).float().flatten(1),
        torch.from_numpy(faces.classes[chosen]),
        [faces.names[i] for i in chosen],
    )


def disturb(crops: Tensor, spec: FaceAugmentSpec, generator: torch.Generator) -> Tensor:
    """Other light, noise and wiped squares; crops and result (batch, 1, size, size), each with
    mean 0 and standard deviation 1."""
    n, _, size, _ = crops.shape

    def draw(*shape: int) -> Tensor:
        return torch.randn(n, *shape, generator=generator)

    ramp = torch.linspace(-1, 1, size)
    light = draw(1, 1, 1) * ramp[:, None] + draw(1, 1, 1) * ramp
    crops = crops + spec.light * light
    low, high = crops.amin((1, 2, 3), keepdim=True), crops.amax((1, 2, 3), keepdim=True)
    crops = ((crops - low) / (high - low).clamp(min=1e-3)) ** (spec.light * draw(1, 1, 1)).exp()
    crops = _standardise(crops) + spec.noise * draw(1, size, size)
    side = size // 5
    corner = torch.randint(0, size - side, (n, 2), generator=generator)
    wiped = torch.rand(n, generator=generator) < spec.erase
    at = torch.arange(size)
    inside = [(at >= c[:, None]) & (at < c[:, None] + side) for c in corner.T]
    square = inside[0][:, None, :, None] & inside[1][:, None, None, :] & wiped[:, None, None, None]
    return _standardise(crops.masked_fill(square, 0.0))


def _standardise(crops: Tensor) -> Tensor:
    middle = crops.mean((1, 2, 3), keepdim=True)
    return (crops - middle) / crops.std((1, 2, 3), keepdim=True).clamp(min=1e-3)


def losses(model: nn.Module, batch: FaceBatch, class_weight: float) -> dict[str, Tensor]:
    """Landmarks count in units of their spread among people."""
    parts, classes = model(batch.crops)
    mean, spread = model.parts.mean, model.parts.spread
    said = (parts - mean) / spread, classes
    return parts_and_class_losses(
        said, (batch.parts - mean) / spread, batch.classes, class_weight=class_weight
    )


def validate(model: nn.Module, faces: FaceFolder, size: int) -> dict[str, float]:
    """Landmark error in eye distances and expression accuracy, in frames of the true eyes."""
    frame = Frame.of(faces.landmarks)
    patches = torch.from_numpy(faces.patches)[:, None].float()
    parts, logits = model(crop(patches, frame, size))
    true = torch.from_numpy(frame.to_units(faces.landmarks)).float()
    error = (parts.view_as(true) - true).norm(dim=-1).mean()
    right = logits.argmax(1) == torch.from_numpy(faces.classes)
    return {"landmark_error": float(error), "accuracy": float(right.float().mean())}


def train(
    folders: Sequence[FaceFolder],
    out: str | Path,
    model_spec: FaceModelSpec,
    spec: FaceTrainSpec,
    fold: int | None = None,
    n_folds: int = 5,
    resume: bool = False,
) -> dict[str, float]:
    """Trains one network; keeps ``last`` and ``best`` in ``out``.

    Args:
        folders: what ``voicecoach features --task face`` made.
        fold: the fold of people that is held out and validated; None trains on everybody.
        n_folds: how many folds there are.
        resume: goes on after the last finished epoch.

    Returns:
        The metrics of the last epoch.

    Raises:
        InputError: there is no such fold.
    """
    everybody, held_out = split(FaceFolder.join(folders), n_folds, fold)
    faces = everybody.take(draw_one_each(everybody, spec.draw_seed))
    if not len(held_out.names):
        spec = spec.model_copy(update={"metric": "total", "goal": "min"})
    torch.manual_seed(spec.seed)
    model = FaceNetwork(model_spec)
    _start_from_mean(model, faces, model_spec.crop_size, spec.augment)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=spec.learning_rate, weight_decay=spec.weight_decay
    )
    steps = spec.epochs * spec.batches_per_epoch
    scheduler = warmup_cosine(optimiser, int(spec.warmup_share * steps), steps)

    def batches(epoch: int) -> Iterator[FaceBatch]:
        rng = np.random.default_rng([spec.seed, epoch])
        for _ in range(spec.batches_per_epoch):
            chosen = rng.choice(len(faces.names), spec.batch_size)
            yield make_batch(
                faces, chosen, model_spec.crop_size, spec.augment, int(rng.integers(2**31))
            )

    trainer = Trainer(
        model,
        lambda network, batch: losses(network, batch, spec.class_weight),
        optimiser,
        scheduler,
        spec,
        out,
        config={
            "model": model_spec.model_dump(mode="json"),
            "train": spec.model_dump(mode="json"),
            "fold": fold,
            "folds": n_folds,
        },
    )
    check = None
    if len(held_out.names):
        check = lambda network, epoch: validate(network, held_out, model_spec.crop_size)  # noqa: E731
    return trainer.fit(batches, check, resume=resume)


def _start_from_mean(
    model: FaceNetwork, faces: FaceFolder, size: int, augment: FaceAugmentSpec
) -> None:
    chosen = np.arange(len(faces.names)).repeat(8)
    parts = make_batch(faces, chosen, size, augment, seed=0).parts
    model.parts.mean.copy_(parts.mean(0))
    model.parts.spread.copy_(parts.std(0))
