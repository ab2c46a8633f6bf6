"""A class head that says how typical features are of a class, not only which class is nearest.

Running a network backwards into a *posterior* is content as soon as no other class fits better:
features may leave all that was ever seen (an adversarial example). A *likelihood* is highest at
the middle of a class, so an edit that raises it ends at features that are typical of the target.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from voicecoach.core.subspace import Subspace
from voicecoach.errors import InputError


class GaussianHead(nn.Module):
    """Normal distributions with one covariance, whose means depend on class and context.

    The log-likelihoods, up to a constant, are logits: their softmax is linear discriminant
    analysis. It is fitted, not trained: ``fit``.

    Args:
        n_classes, width: of the features.
        n_context: values of the context.
        n_directions: principal components of the context on which the means depend.
    """

    def __init__(self, n_classes: int, width: int, n_context: int, n_directions: int) -> None:
        super().__init__()
        for name, shape in {
            "means": (n_classes, width),
            "context_mean": (n_context,),
            "context_basis": (n_context, n_directions),
            "slopes": (n_directions, width),
            "whitening": (width, width),
            "covariance": (width, width),
        }.items():
            self.register_buffer(name, torch.zeros(shape))

    def forward(self, features: Tensor, context: Tensor, *_: Tensor) -> Tensor:
        """Log-likelihoods (batch, n_classes), 0 at the middle of a class.

        Args:
            features: (batch, width).
            context: (batch, n_context), e.g. of the speaker.
        """
        about_speaker = (context - self.context_mean) @ self.context_basis @ self.slopes
        deviation = (features - about_speaker)[:, None] - self.means
        return -0.5 * (deviation @ self.whitening).square().sum(-1)

    @torch.no_grad()
    def fit(
        self, features: Tensor, classes: Tensor, context: Tensor, *, ridge: float = 100.0
    ) -> "GaussianHead":
        """Least squares for the means, and the covariance of what is left.

        Args:
            features: (n, width).
            classes: (n,) indices; a class without any keeps the mean of all.
            context: (n, n_context).
            ridge: how many samples the slopes are held to 0 by.

        Raises:
            InputError: fewer samples than values, or contexts that are all alike.
        """
        n_classes, width = self.means.shape
        if len(features) <= width:
            raise InputError(
                f"{len(features)} samples are too few for {width} features: collect more."
            )
        voices = Subspace.fit(context, self.slopes.shape[0])
        context_mean = voices.mean
        # Where contexts are fewer than directions, some have no variance at all.
        variances = voices.variances.clamp(min=1e-6 * float(voices.variances[0]))
        basis = (voices.components / variances.sqrt()[:, None]).T
        known = torch.nn.functional.one_hot(classes, n_classes)
        design = torch.cat([known, (context - context_mean) @ basis], 1).double()
        hold = torch.full((design.shape[1],), ridge, dtype=torch.float64)
        hold[:n_classes] = 1.0
        middle = features.mean(0).double()
        weights = torch.linalg.solve(
            design.T @ design + hold.diag(), design.T @ (features.double() - middle)
        )
        residual = features.double() - middle - design @ weights
        covariance = residual.T @ residual / len(residual)
        covariance += 1e-4 * covariance.diagonal().mean() * torch.eye(width, dtype=torch.float64)
        self.means.copy_(middle + weights[:n_classes])
        self.slopes.copy_(weights[n_classes:])
        self.context_mean.copy_(context_mean)
        self.context_basis.copy_(basis)
        self.covariance.copy_(covariance)
        self.whitening.copy_(torch.linalg.cholesky(torch.linalg.inv(covariance)))
        return self


@dataclass(frozen=True)
class LikelihoodTarget:
    """The target state "typical of this class", for a head that gives log-likelihoods.

    Attributes:
        index: the class, (batch,) or one for all rows.
    """

    index: int | Tensor

    def __call__(self, log_likelihoods: Tensor) -> Tensor:
        """Half the squared Mahalanobis distance to the middle of the class: (batch,)."""
        index = torch.as_tensor(self.index, device=log_likelihoods.device)
        index = index.expand(len(log_likelihoods))
        return -log_likelihoods.gather(1, index[:, None])[:, 0]
