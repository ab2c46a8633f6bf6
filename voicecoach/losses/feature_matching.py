"""A distance in the feature space of a discriminator."""

from collections.abc import Sequence

from torch import Tensor


def feature_matching(real: Sequence[Tensor], fake: Sequence[Tensor]) -> Tensor:
    """Mean absolute difference of feature maps, averaged over layers (Larsen et al., ICML 2016;
    as an L1 distance: Kumar et al., MelGAN, NeurIPS 2019). Nothing flows back into ``real``."""
    distances = [(a.detach() - b).abs().mean() for a, b in zip(real, fake, strict=True)]
    return sum(distances[1:], start=distances[0]) / len(distances)
