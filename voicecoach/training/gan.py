"""One training loop for every GAN. It knows no task by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from voicecoach.losses import adversarial
from voicecoach.losses.feature_matching import feature_matching
from voicecoach.training import checkpoint, distributed, state
from voicecoach.training.spec import TrainSpec
from voicecoach.training.trainer import Trainer

ADVERSARY = "adversary"


@dataclass
class Outputs:
    """What a generator made of a batch.

    ``real`` and ``fake`` have one shape and hold what the discriminator sees, the condition among
    the channels.
    """

    real: Tensor
    fake: Tensor


class Adversary:
    """A discriminator with its optimiser and its criterion.

    Args:
        discriminator: picture -> (opinions, feature maps).
        optimiser: of its weights.
        criterion: see ``losses.adversarial``.
    """

    def __init__(
        self,
        discriminator: nn.Module,
        optimiser: Optimizer,
        criterion: adversarial.Criterion = "least_squares",
    ) -> None:
        self.discriminator = discriminator
        self.optimiser = optimiser
        self.criterion = criterion
        self._compare: nn.Module = _Comparison(discriminator, criterion)

    def start(self, device: torch.device) -> None:
        """Moves to a device and joins the other processes."""
        self.discriminator.to(device)
        if distributed.world_size() > 1:
            self._compare = DistributedDataParallel(self._compare)

    def learn(self, outputs: Outputs) -> dict[str, float]:
        """One step of the discriminator; the loss before it and the share of right opinions."""
        loss, accuracy = self._compare(outputs.real, outputs.fake.detach())
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        return {"discriminator": loss.item(), "accuracy": accuracy.item()}

    def judge(self, outputs: Outputs) -> dict[str, Tensor]:
        """What the generator is told: "adversarial" and "feature_matching"."""
        weights = list(self.discriminator.parameters())
        for weight in weights:  # these gradients would be computed for nothing
            weight.requires_grad_(False)
        opinions, made = self.discriminator(outputs.fake)
        with torch.no_grad():
            _, natural = self.discriminator(outputs.real)
        for weight in weights:
            weight.requires_grad_(True)
        return {
            "adversarial": adversarial.generator_loss(opinions, self.criterion),
            "feature_matching": feature_matching(natural, made),
        }

    def write(self, folder: Path) -> None:
        """Adds itself to a checkpoint folder; ``read`` undoes it."""
        own = folder / ADVERSARY
        own.mkdir()
        checkpoint.write(own, {}, self.discriminator.state_dict())
        state.write(own, {}, self.optimiser, None, None)

    def read(self, folder: Path) -> None:
        """Raises ``InputError`` where the folder has another adversary or none."""
        own = folder / ADVERSARY
        checkpoint.load_weights(self.discriminator, checkpoint.load(own).tensors, own)
        state.read(own, self.optimiser, None, None)


class GANTrainer(Trainer):
    """A ``Trainer`` whose generator also learns from an adversary, which learns beside it.

    Args:
        generator: the model that is kept.
        generate: (generator, batch) -> outputs.
        losses: (batch, outputs) -> further losses of the generator, scalars.
        weights: how much each loss counts, those of the adversary too; what is not named counts 0.
        adversary: None trains on the further losses alone.
        others: as of ``Trainer``.
    """

    def __init__(
        self,
        generator: nn.Module,
        generate: Callable[[nn.Module, Any], Outputs],
        losses: Callable[[Any, Outputs], Mapping[str, Tensor]],
        weights: Mapping[str, float],
        adversary: Adversary | None,
        optimiser: Optimizer,
        scheduler: LRScheduler | None,
        spec: TrainSpec,
        folder: str | Path,
        **others: Any,
    ) -> None:
        self.adversary = adversary
        self._made: Outputs | None = None

        def compute(model: nn.Module, batch: Any) -> dict[str, Tensor]:
            outputs = generate(model, batch)
            found = dict(losses(batch, outputs))
            if adversary is not None:
                found |= adversary.judge(outputs)
                self._made = outputs
            total = sum(weights.get(name, 0.0) * loss for name, loss in found.items())
            return {**found, "total": total}

        super().__init__(generator, compute, optimiser, scheduler, spec, folder, **others)
        if adversary is not None:
            adversary.start(self.device)

    def _step(self, batch: Any, place: str) -> dict[str, float]:
        values = super()._step(batch, place)
        if self.adversary is None or self._made is None:
            return values
        made, self._made = self._made, None
        return values | self.adversary.learn(made)

    def _write_more(self, folder: Path) -> None:
        if self.adversary is not None:
            self.adversary.write(folder)

    def _read_more(self, folder: Path) -> None:
        if self.adversary is not None:
            self.adversary.read(folder)


class _Comparison(nn.Module):
    """Both opinions in one call, as ``DistributedDataParallel`` wants it."""

    def __init__(self, discriminator: nn.Module, criterion: adversarial.Criterion) -> None:
        super().__init__()
        self.discriminator = discriminator
        self.criterion = criterion

    def forward(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        opinions, _ = self.discriminator(torch.cat([real, fake]))
        first, second = opinions.chunk(2)
        loss = adversarial.discriminator_loss(first, second, self.criterion)
        return loss, adversarial.accuracy(first, second, self.criterion)
