"""The directions in which real features vary, and edits kept to them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from voicecoach.errors import InputError


@dataclass(frozen=True)
class Subspace:
    """Principal components of real features.

    Attributes:
        mean: (width,).
        components: (n_components, width), orthonormal, the strongest first.
        variances: (n_components,) variance of the features along each component.
        axis: the axis of a feature map along which one vector lies; None where the whole feature
            map of a row is one vector.
        power: how much the variances count in ``weigh``: 0 not at all, 0.5 as standard deviations,
            1 as they are.
    """

    mean: Tensor
    components: Tensor
    variances: Tensor
    axis: int | None
    power: float = 1.0

    @classmethod
    def fit(cls, features: Tensor, n_components: int, axis: int | None = -1) -> "Subspace":
        """Components of ``features`` (batch, ...), every position a sample unless ``axis`` is
        None. Raises ``InputError`` where there are fewer samples or values than components."""
        samples = _vectors(features.detach(), axis).flatten(0, -2).double()
        most = min(len(samples) - 1, samples.shape[1])
        if not 0 < n_components <= most:
            raise InputError(
                f"{n_components} components cannot be found in {len(samples)} features of "
                f"{samples.shape[1]} values: ask for 1 to {most}."
            )
        mean = samples.mean(0)
        centred = samples - mean
        if len(samples) < samples.shape[1]:  # a few pictures, whose covariance would not fit
            _, strengths, directions = torch.linalg.svd(centred, full_matrices=False)
            powers = strengths.square()
        else:
            powers, directions = torch.linalg.eigh(centred.T @ centred)
            powers, directions = powers.flip(0), directions.T.flip(0)
        variances = powers[:n_components].clamp(min=0) / (len(samples) - 1)
        if not variances[0] > 0:
            raise InputError("The features are all alike: give some that differ.")
        dtype = features.dtype
        components = directions[:n_components].contiguous()
        return cls(mean.to(dtype), components.to(dtype), variances.to(dtype), axis)

    def project(self, edit: Tensor) -> Tensor:
        """The part of ``edit`` (shape of a feature map) that lies within the subspace."""
        return self._rebuild(self._coordinates(edit), edit)

    def weigh(self, edit: Tensor) -> Tensor:
        """``edit`` projected, then each component scaled by its share of the strongest variance
        to the ``power``: with 1, of a gradient, the steepest way when length is measured as
        Mahalanobis does. With 0 or equal variances it is ``project``."""
        weights = (self.variances / self.variances[0]) ** self.power
        return self._rebuild(self._coordinates(edit) * weights, edit)

    def _coordinates(self, edit: Tensor) -> Tensor:
        return _vectors(edit, self.axis) @ self.components.T

    def _rebuild(self, coordinates: Tensor, like: Tensor) -> Tensor:
        vectors = coordinates @ self.components
        if self.axis is None:
            return vectors.view_as(like)
        return vectors.movedim(-1, self.axis)


def _vectors(features: Tensor, axis: int | None) -> Tensor:
    """One vector along the last axis: (batch, 1, width) or (batch, ..., width)."""
    return features.flatten(1)[:, None] if axis is None else features.movedim(axis, -1)
