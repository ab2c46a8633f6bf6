"""What generator and discriminator want of the discriminator's opinions."""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

Criterion = Literal["least_squares", "hinge"]


def discriminator_loss(real: Tensor, fake: Tensor, criterion: Criterion) -> Tensor:
    """Low where natural and made are told apart.

    Args:
        real, fake: opinions of any shape.
        criterion: least squares with aims 1 and 0 (Mao et al., ICCV 2017), or hinge with aims above
            1 and below -1 (Lim and Ye, 2017).
    """
    if criterion == "hinge":
        return F.relu(1.0 - real).mean() + F.relu(1.0 + fake).mean()
    return (real - 1.0).square().mean() + fake.square().mean()


def generator_loss(fake: Tensor, criterion: Criterion) -> Tensor:
    """Low where made is taken for natural; arguments as in ``discriminator_loss``."""
    if criterion == "hinge":
        return -fake.mean()
    return (fake - 1.0).square().mean()


def accuracy(real: Tensor, fake: Tensor, criterion: Criterion) -> Tensor:
    """Share of opinions that are right, 0.5 by chance, as a scalar."""
    middle = 0.0 if criterion == "hinge" else 0.5
    right = torch.cat([(real > middle).flatten(), (fake < middle).flatten()])
    return right.float().mean()
