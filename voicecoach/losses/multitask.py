"""Losses of the scorer: phones recognised, grades of the experts, word and sentence scores."""

import torch
from torch import Tensor
from torch.nn import functional as F


def masked_mse(prediction: Tensor, target: Tensor) -> Tensor:
    """Mean squared error where the target is not NaN; 0 where nothing is scored."""
    known = ~target.isnan()
    error = torch.where(known, prediction - target.nan_to_num(), torch.zeros_like(prediction))
    return error.square().sum() / known.sum().clamp(min=1)


def grade_cross_entropy(logits: Tensor, scores: Tensor) -> Tensor:
    """Cross-entropy of the experts' grades 0, 1, 2 against the predicted distribution.

    A mean score between two grades counts as a mixture of both: 1.4 is 0.6 of grade 1 and 0.4 of
    grade 2.

    Args:
        logits: (..., 3).
        scores: (...) mean expert scores 0-2, NaN where nobody scored.
    """
    known = ~scores.isnan()
    grade = torch.arange(3, device=scores.device, dtype=logits.dtype)
    mixture = (1 - (scores.nan_to_num()[..., None] - grade).abs()).clamp(min=0)
    loss = -(mixture * logits.log_softmax(-1)).sum(-1)
    return (loss * known).sum() / known.sum().clamp(min=1)


def frame_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy over frames; targets of -100 do not count.

    Args:
        logits: (batch, n_frames, n_classes).
        targets: (batch, n_frames) class indices.
    """
    total = F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten(), reduction="sum")
    return total / (targets >= 0).sum().clamp(min=1)


def parts_and_class_losses(
    said: tuple[Tensor, Tensor], parts: Tensor, classes: Tensor, *, class_weight: float
) -> dict[str, Tensor]:
    """Losses of a ``core.multitask.MultitaskNetwork``: "parts", "classes" and their "total".

    Args:
        said: what it says, parts (batch, ...) and logits (batch, ..., n_classes).
        parts: true parts, NaN where they are not known.
        classes: (batch, ...) class indices, -100 where they are not known.
        class_weight: how much the class counts beside the parts.
    """
    logits = said[1].flatten(0, -2)[None]
    losses = {
        "parts": masked_mse(said[0], parts),
        "classes": frame_cross_entropy(logits, classes.flatten()[None]),
    }
    return {**losses, "total": losses["parts"] + class_weight * losses["classes"]}
