"""The generator of a postfilter: what natural speech has more than the picture that it is given."""

import itertools

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from voicecoach.config import Spec


class PostfilterModelSpec(Spec):
    """Sizes of generator and discriminator. Written in ``conf/model/postfilter_*.yaml``."""

    widths: tuple[int, ...] = Field(min_length=1)  # channels of the generator's layers but the last
    kernel: int = Field(gt=0)
    discriminator_widths: tuple[int, ...] = Field(min_length=1)
    discriminator_kernel: int = Field(gt=0)
    conditional: bool  # whether the discriminator sees what the generator was given


class ResidualGenerator(nn.Module):
    """x = a * y + R(z, y): a residual over the picture of coefficients and frames, from noise.

    Kaneko et al., "Generative adversarial network-based postfilter for statistical parametric
    speech synthesis", ICASSP 2017: convolutions, the picture y concatenated before each. Rows mean
    different things, so that the first layer has a bias and y a gain of its own for each. It begins
    with R = 0.

    Args:
        spec: sizes.
        height: rows of the picture.
        gain: (height,) what a begins as; None is 1.
    """

    def __init__(self, spec: PostfilterModelSpec, height: int, gain: Tensor | None = None) -> None:
        super().__init__()
        widths = [1, *spec.widths, 1]
        padding = spec.kernel // 2
        self.layers = nn.ModuleList(
            nn.Conv2d(before + 1, after, spec.kernel, padding=padding)
            for before, after in itertools.pairwise(widths)
        )
        self.row_bias = nn.Parameter(torch.zeros(1, widths[1], height, 1))
        gain = torch.ones(height) if gain is None else gain.detach().clone().float()
        self.row_gain = nn.Parameter(gain[:, None])
        nn.init.zeros_(self.layers[-1].weight)
        nn.init.zeros_(self.layers[-1].bias)

    def forward(self, picture: Tensor, noise: Tensor) -> Tensor:
        """(batch, 1, height, n_frames) and noise of the same shape -> the same shape."""
        hidden = noise
        for number, layer in enumerate(self.layers):
            hidden = layer(torch.cat([hidden, picture], dim=1))
            if not number:
                hidden = hidden + self.row_bias
            if number + 1 < len(self.layers):
                hidden = F.leaky_relu(hidden, 0.2)
        return self.row_gain * picture + hidden
