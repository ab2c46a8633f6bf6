"""The generator of a postfilter: what natural speech has more than the picture that it is given."""

import itertools
import math
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from voicecoach.config import Spec
from voicecoach.core.discriminators import Jury, PatchDiscriminator

View = Literal["rows", "waves"]
"""Rows as they are, or, of a cepstrum, what its cosines add up to: a log spectrum."""


class PostfilterModelSpec(Spec):
    """Sizes of generator and discriminator. Written in ``conf/model/postfilter_*.yaml``."""

    widths: tuple[int, ...] = Field(min_length=1)  # channels of the generator's layers but the last
    kernel: int = Field(gt=0)
    discriminator_widths: tuple[int, ...] = Field(min_length=1)
    discriminator_kernel: int = Field(gt=0)
    views: tuple[View, ...] = Field(min_length=1)  # what discriminators look at
    generator_view: View
    context_rows: int = Field(ge=0)  # the first rows of a picture are shown and left alone
    taps: int = Field(gt=0)  # of the filter of each row, odd
    voiced_noise: float = Field(ge=0.0, le=1.0)  # how much noise a voiced frame gets
    conditional: bool  # whether the discriminator sees what the generator was given


class ResidualGenerator(nn.Module):
    """x = h * y + R(z, y): a residual over the picture of coefficients and frames, from noise.

    Kaneko et al., "Generative adversarial network-based postfilter for statistical parametric
    speech synthesis", ICASSP 2017: convolutions, the picture y concatenated before each. Rows mean
    different things, so that the first layer has a bias and y a filter h over time of its own for
    each. It begins with R = 0. Context, such as loudness and voicing, is concatenated in the same
    way.

    Args:
        spec: sizes.
        height: rows of the picture without context.
        filters: (height, taps) what h begins as; None leaves y as it is.
    """

    def __init__(
        self, spec: PostfilterModelSpec, height: int, filters: Tensor | None = None
    ) -> None:
        super().__init__()
        widths = [1, *spec.widths, 1]
        padding = spec.kernel // 2
        self.layers = nn.ModuleList(
            nn.Conv2d(before + 1 + spec.context_rows, after, spec.kernel, padding=padding)
            for before, after in itertools.pairwise(widths)
        )
        self.context_rows = spec.context_rows
        self.register_buffer("basis", basis(spec.generator_view, height), persistent=False)
        self.row_bias = nn.Parameter(torch.zeros(1, widths[1], len(self.basis), 1))
        if filters is None:
            filters = torch.zeros(height, spec.taps)
            filters[:, spec.taps // 2] = 1.0
        self.row_filters = nn.Parameter(filters.detach().clone().float())
        self.voiced_noise = spec.voiced_noise
        nn.init.zeros_(self.layers[-1].weight)
        nn.init.zeros_(self.layers[-1].bias)

    def forward(self, picture: Tensor, noise: Tensor) -> Tensor:
        """Makes pictures lively.

        Args:
            picture: (batch, 1, context_rows + height, n_frames).
            noise: (batch, 1, height, n_frames).

        Returns:
            As ``picture``, with the same context.
        """
        if self.voiced_noise < 1.0:
            voiced = picture[:, :, VOICING : VOICING + 1] > 0
            noise = torch.where(voiced, self.voiced_noise * noise, noise)
        seen, hidden = look(picture, self.basis, self.context_rows), self.basis @ noise
        for number, layer in enumerate(self.layers):
            hidden = layer(torch.cat([hidden, seen], dim=1))
            if not number:
                hidden = hidden + self.row_bias
            if number + 1 < len(self.layers):
                hidden = F.leaky_relu(hidden, 0.2)
        context, rows = picture[:, :, : self.context_rows], picture[:, :, self.context_rows :]
        return torch.cat([context, self._filter(rows) + self.basis.T @ hidden], dim=2)

    def _filter(self, rows: Tensor) -> Tensor:
        reach = self.row_filters.shape[1] // 2
        flat = F.pad(rows[:, 0], (reach, reach), mode="replicate")
        return F.conv1d(flat, self.row_filters[:, None], groups=rows.shape[2])[:, None]


class Viewer(nn.Module):
    """A discriminator that looks at pictures through a basis.

    Args:
        view: which.
        height: rows of the pictures without context.
        context_rows: rows of context before them.
        discriminator: made for as many rows as ``basis(view, height)`` has, and for the channels
            that ``look`` gives.
    """

    def __init__(
        self, view: View, height: int, context_rows: int, discriminator: nn.Module
    ) -> None:
        super().__init__()
        self.context_rows = context_rows
        self.register_buffer("basis", basis(view, height), persistent=False)
        self.discriminator = discriminator

    def forward(self, picture: Tensor) -> tuple[Tensor, list[Tensor]]:
        """As the discriminator."""
        return self.discriminator(look(picture, self.basis, self.context_rows))


def build_jury(spec: PostfilterModelSpec, height: int) -> Jury:
    """A discriminator for each view of pictures of ``height`` rows after those of context."""
    members = []
    for view in spec.views:
        n = len(basis(view, height))
        own = PatchDiscriminator(
            1 + spec.conditional + spec.context_rows,
            n,
            spec.discriminator_widths,
            spec.discriminator_kernel,
        )
        members.append(Viewer(view, height, spec.context_rows, own))
    return Jury(members)


VOICING = 1
"""The row of context that is above 0 in voiced frames, once it is normalised."""


def look(picture: Tensor, basis: Tensor, context_rows: int) -> Tensor:
    """Pictures (batch, channels, context_rows + height, n_frames) through a basis (n, height).

    Returns:
        (batch, channels + context_rows, n, n_frames): each row of context, of the first channel,
        fills a channel of its own.
    """
    rows = basis @ picture[:, :, context_rows:]
    if not context_rows:
        return rows
    context = picture[:, 0, :context_rows, None].expand(-1, -1, len(basis), -1)
    return torch.cat([rows, context], dim=1)


def basis(view: View, height: int) -> Tensor:
    """(n, height) with orthonormal columns: the identity, or the cosines of c_1, c_2, ... over
    ``height`` + 1 points."""
    if view == "rows":
        return torch.eye(height)
    n = height + 1
    points, orders = torch.arange(n) + 0.5, torch.arange(1, n)
    return math.sqrt(2.0 / n) * torch.cos(math.pi / n * points[:, None] * orders)
