"""Deep feedback on phones: from what they are to what their parts should be."""

from dataclasses import dataclass

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from voicecoach.coaching.network import Scales
from voicecoach.config import Spec
from voicecoach.core.feedback import Feedback, feed_back
from voicecoach.core.likelihood import LikelihoodTarget
from voicecoach.core.multitask import MultitaskNetwork
from voicecoach.core.subspace import Subspace


class FeedbackSpec(Spec):
    """How the network is run backwards, and how much is said; see ``conf/feedback/coach.yaml``."""

    layer: str
    steps: int = Field(gt=0)
    step_size: float = Field(gt=0.0, le=1.0)  # share of the way to the middle of the class
    most_phones: int = Field(gt=0)  # corrected at a time
    least_other_probability: float = Field(ge=0.0, le=1.0)  # that it was not the phone meant


@dataclass(frozen=True, eq=False)
class Edited:
    """Parts of phones in their own units, (n, N_PARTS) ``before`` and ``after``, and what the
    network said."""

    before: np.ndarray
    after: np.ndarray
    feedback: Feedback


def improve_phones(
    network: MultitaskNetwork,
    scales: Scales,
    inputs: Tensor,
    context: Tensor,
    phones: Tensor,
    spec: FeedbackSpec,
) -> Edited:
    """Moves the features of each phone towards what is typical of the phone that was meant.

    A step follows the gradient in the metric of the covariance of well-said phones, so that
    features move along directions in which real ones vary. At the split it leads straight to the
    middle of the class; below, the layers between bend the way.

    Args:
        network: with a ``GaussianHead``.
        scales: of the network.
        inputs: (n, 10, inputs) raw.
        context: (n, 2 * inputs) raw.
        phones: (n,) those meant.
        spec: layer, steps and step size.

    Raises:
        InputError: there is no such layer below the split.
    """
    x, about = scales.standardise(inputs, context)
    subspace, step_size = None, spec.step_size
    if spec.layer == network.layers[-1]:
        subspace = span(network)
        step_size = spec.step_size * float(subspace.variances[0])
    result = feed_back(
        network,
        x,
        LikelihoodTarget(phones),
        about,
        layer=spec.layer,
        steps=spec.steps,
        step_size=step_size,
        subspace=subspace,
    )
    before, after = (
        scales.in_units(parts).double().numpy()
        for parts in (result.parts_before, result.parts_after)
    )
    return Edited(before, after, result)


def span(network: MultitaskNetwork) -> Subspace:
    """The directions in which features of well-said phones vary around the middle of their class,
    from the covariance that the class head was fitted with."""
    covariance = network.classes.covariance
    variances, directions = torch.linalg.eigh(covariance.double())
    return Subspace(
        mean=torch.zeros(len(covariance)),
        components=directions.T.flip(0).float().contiguous(),
        variances=variances.flip(0).clamp(min=0).float(),
        axis=-1,
    )
