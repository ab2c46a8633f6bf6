"""What the scorer is trained for: a batch with its answers, and every part of the loss."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from pydantic import Field
from torch import Tensor, nn

from voicecoach.config import Spec
from voicecoach.losses.multitask import frame_cross_entropy, grade_cross_entropy, masked_mse
from voicecoach.scoring.aligner import MIN_PHONE_FRAMES
from voicecoach.scoring.batching import (
    UNKNOWN,
    Example,
    Targets,
    collate_inputs,
    collate_targets,
)
from voicecoach.scoring.judge import N_CLASSES, SILENCE, Inputs


class LossWeights(Spec):
    """How much each part of the loss counts."""

    frames: float = Field(ge=0.0)
    grades: float = Field(ge=0.0)
    phones: float = Field(ge=0.0)
    realised: float = Field(ge=0.0)
    words: float = Field(ge=0.0)
    sentence: float = Field(ge=0.0)


@dataclass
class Batch:
    """What one step sees. ``names`` are shown when it fails."""

    inputs: Inputs
    targets: Targets
    names: list[str]

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device."""
        targets = Targets(**{k: v.to(device) for k, v in vars(self.targets).items()})
        return Batch(self.inputs.to(device), targets, self.names)


def collate(examples: Sequence[Example], names: list[str]) -> Batch:
    """Pads examples and their answers."""
    inputs = collate_inputs(examples)
    return Batch(inputs, collate_targets(examples, inputs, SILENCE), names)


def losses(model: nn.Module, batch: Batch, weights: LossWeights) -> dict[str, Tensor]:
    """Every part of the loss of one batch, and their weighted sum "total"."""
    targets = batch.targets
    inputs = batch.inputs
    features, logits = model.listen(inputs.log_mel, inputs.lengths, inputs.heard)
    both = torch.cat([inputs.segments, _gaps(inputs)], 1)
    recognised, left_out = model.recogniser(features, inputs.lengths, both).chunk(2, dim=1)
    opinions = model.judge(features, logits, recognised, inputs)
    # Each judge learns by itself: the mean of their errors, not the error of their mean.
    judged = {
        "grades": [grade_cross_entropy(scores.grades, targets.phones) for scores in opinions],
        "phones": [masked_mse(scores.phones, targets.phones) for scores in opinions],
        "words": [masked_mse(scores.words, targets.words) for scores in opinions],
        "sentence": [masked_mse(scores.sentence, targets.sentence) for scores in opinions],
    }
    parts = {name: torch.stack(values).mean() for name, values in judged.items()}
    parts["realised"] = _realised_loss(recognised, left_out, batch)
    parts["frames"] = frame_cross_entropy(logits, targets.frames)
    total = sum(getattr(weights, name) * value for name, value in parts.items())
    return {**parts, "total": total}


def _gaps(inputs: Inputs) -> Tensor:
    """Stretches (batch, n_phones, 2) with nothing in them but the end of one phone and the start
    of the next: where the aligner puts a phone that is left out."""
    ends = inputs.segments[..., 1]
    starts = (ends - torch.randint_like(ends, MIN_PHONE_FRAMES + 1)).clamp(min=0)
    return torch.stack([starts, starts + MIN_PHONE_FRAMES], -1)


def _realised_loss(recognised: Tensor, left_out: Tensor, batch: Batch) -> Tensor:
    """Cross-entropy of the phone said, and of "left out" in gaps.

    The frequency of each class is added to the logits (Menon et al., 2021), so that they need not
    learn it: what remains is the likelihood.
    """
    gap = torch.where(batch.inputs.phone_mask, SILENCE, UNKNOWN)
    said = torch.cat([batch.targets.realised, gap], 1)
    counts = torch.bincount(said[said >= 0], minlength=N_CLASSES) + 1.0
    frequencies = counts / counts.sum()
    return frame_cross_entropy(torch.cat([recognised, left_out], 1) + frequencies.log(), said)
