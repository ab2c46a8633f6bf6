"""Deep feedback: a network run backwards into its feature map says which parts should move.

After Kaneko, Hiramatsu and Kashino (ACM Multimedia 2016). The weights stay as they are; the
feature map of one layer is moved by gradient steps until the class head says what is wanted, and
the parts head says what that means. An edit that nothing holds back acts like an adversarial
example: the class changes and the parts hardly move. So part movement is always reported.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from voicecoach.core.multitask import MultitaskNetwork
from voicecoach.core.subspace import Subspace
from voicecoach.errors import InputError

Target = Callable[[Tensor], Tensor]
"""Loss of each row (batch,), given what the class head says of the batch."""


@dataclass(frozen=True)
class ClassTarget:
    """The target state "this class, with at least this probability".

    Attributes:
        index: the class, one for all rows or (batch,).
        probability: above 0, at most 1; where it is reached the loss is 0.
    """

    index: int | Tensor
    probability: float = 1.0

    def __call__(self, logits: Tensor) -> Tensor:
        """Cross-entropy above that of ``probability``: logits (batch, n_classes) -> (batch,)."""
        index = torch.as_tensor(self.index, device=logits.device).expand(len(logits))
        losses = F.cross_entropy(logits, index, reduction="none")
        return (losses + math.log(self.probability)).clamp(min=0)


@dataclass(frozen=True)
class Feedback:
    """What a network says before and after its feature map was edited.

    Attributes:
        parts_before, parts_after: (batch, ...); their difference is the arrows.
        classes_before, classes_after: (batch, ...) what the class head says.
        features_before, features_after: (batch, ...) feature map of the layer.
        losses: (steps + 1, batch) target loss before the first step and after each; a row that
            has stopped keeps its last.
        movements: (steps + 1, batch) length of the arrows of each row, in the units of the parts.
    """

    parts_before: Tensor
    parts_after: Tensor
    classes_before: Tensor
    classes_after: Tensor
    features_before: Tensor
    features_after: Tensor
    losses: Tensor
    movements: Tensor

    @property
    def arrows(self) -> Tensor:
        """How the parts should move, (batch, ...)."""
        return self.parts_after - self.parts_before

    @property
    def probabilities(self) -> tuple[Tensor, Tensor]:
        """Class probabilities before and after, where the class head gives logits."""
        return self.classes_before.softmax(-1), self.classes_after.softmax(-1)


@torch.inference_mode(False)
@torch.enable_grad()
def feed_back(
    network: MultitaskNetwork,
    inputs: Tensor,
    target: Target,
    *context: Tensor,
    layer: str,
    steps: int,
    step_size: float,
    normalise: bool = False,
    mask: Tensor | None = None,
    subspace: Subspace | None = None,
    l2: float = 0.0,
    smoothness: float = 0.0,
    smooth_axis: int = 1,
    until: float = 0.0,
) -> Feedback:
    """Moves the feature map of ``layer`` until the class head is content with it.

    Rows do not see one another, the network is used as in eval mode and left as it was found, and
    nothing is drawn at random.

    Args:
        network: the trained network.
        inputs: (batch, ...).
        target: loss of each row, e.g. a ``ClassTarget``.
        context: what the network's stages and heads want beside the inputs.
        layer: one of ``network.layers``.
        steps: most steps of a row.
        step_size: factor of the gradient.
        normalise: ``step_size`` is the length of each step, whatever the gradient's. Such steps
            do not settle where the weights below balance the target.
        mask: boolean, True where the feature map may change; anything that broadcasts to it. With
            a subspace it must not vary along the subspace's axis, or the edit leaves that.
        subspace: the edit stays within it, and steps are longer where real features vary more
            (``Subspace.weigh``).
        l2: weight of the squared length of the edit.
        smoothness: weight of squared differences between neighbours of the edit along
            ``smooth_axis``, where both may change.
        smooth_axis: for frames the axis of time.
        until: a row stops where its target loss is no more than this.

    Raises:
        InputError: ``layer`` is none of the network's, or the mask does not fit its feature map.
    """
    with _as_in_eval(network):
        with torch.no_grad():
            start = network.run_to(layer, inputs, *context).clone()
        free = _free(mask, start)
        edit = torch.zeros_like(start)
        before, losses, movements = None, [], []
        for step in range(steps + 1):
            edit = edit.detach().requires_grad_()
            parts, classes = network.run_from(layer, start + edit, *context)
            loss = target(classes)
            after = parts.detach(), classes.detach()
            before = before or after
            losses.append(loss.detach())
            movements.append((after[0] - before[0]).flatten(1).norm(dim=1))
            running = losses[-1] > until
            if step == steps or not running.any():
                break
            penalty = l2 * edit.square().sum() + smoothness * _roughness(edit, free, smooth_axis)
            (gradient,) = torch.autograd.grad(loss.sum() + penalty, edit)
            move = step_size * _allow(gradient, free, subspace, normalise)
            edit = torch.where(_per_row(running, edit), edit - move, edit)
    return Feedback(
        parts_before=before[0],
        parts_after=after[0],
        classes_before=before[1],
        classes_after=after[1],
        features_before=start,
        features_after=start + edit.detach(),
        losses=_lasting(losses, steps + 1),
        movements=_lasting(movements, steps + 1),
    )


@contextmanager
def _as_in_eval(network: nn.Module) -> Iterator[None]:
    """Eval mode inside; afterwards each module in the mode that it was in."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def _free(mask: Tensor | None, features: Tensor) -> Tensor:
    """True where the feature map may change, in its shape."""
    if mask is None:
        return torch.ones_like(features, dtype=torch.bool)
    try:
        return mask.bool().expand_as(features)
    except RuntimeError:
        raise InputError(
            f"A mask of shape {tuple(mask.shape)} does not fit a feature map of shape "
            f"{tuple(features.shape)}: give one that broadcasts to it."
        ) from None


def _allow(gradient: Tensor, free: Tensor, subspace: Subspace | None, normalise: bool) -> Tensor:
    """What of the gradient may be followed."""
    # Filled, not multiplied: a gradient past the end of a recording may be NaN.
    move = gradient.masked_fill(~free, 0)
    if subspace is not None:
        move = subspace.weigh(move).masked_fill(~free, 0)
    if normalise:
        move = move / _per_row(move.flatten(1).norm(dim=1).clamp(min=1e-12), move)
    return move


def _roughness(edit: Tensor, free: Tensor, axis: int) -> Tensor:
    """Squared differences between neighbours that may both change: what lies past the end of a
    recording counts for nothing."""
    change = edit.diff(dim=axis)
    n = change.shape[axis]
    both = free.narrow(axis, 0, n) & free.narrow(axis, 1, n)
    return change.square()[both].sum()


def _per_row(values: Tensor, like: Tensor) -> Tensor:
    """(batch,) -> (batch, 1, ...) with as many axes as ``like``."""
    return values.view(-1, *[1] * (like.dim() - 1))


def _lasting(values: list[Tensor], n: int) -> Tensor:
    """(n, batch): the last row repeated as often as is missing."""
    return torch.stack([*values, *values[-1:] * (n - len(values))])
