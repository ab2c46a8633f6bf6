"""The generator of a postfilter: what natural speech has more than the picture that it is given."""

import itertools
import math
from typing import Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn import functional as F

from voicecoach.config import Spec
from voicecoach.core.discriminators import Jury, PatchDiscriminator
from voicecoach.core.smoothing import smooth
from voicecoach.postfilter.bands import BandsSpec
from voicecoach.postfilter.baselines import VOICING

View = Literal["rows", "waves"]
"""Rows as they are, or, of a cepstrum, what its cosines add up to: a log spectrum."""


class PostfilterModelSpec(Spec):
    """What a postfilter changes, and the sizes of generator and discriminator of each band. Written
    in ``conf/model/postfilter_*.yaml``."""

    kind: Literal["parametric", "stft"]
    stride: int = Field(gt=0)  # frames of the voice from one column of the picture to the next
    bands: BandsSpec
    loud_strength: float = Field(gt=0.0, le=1.0)  # how far spectra of loud frames are changed
    filtered: bool  # begins with filters (``baselines``), and ends with scaling the variance
    widths: tuple[int, ...] = Field(min_length=1)  # channels of the generator's layers but the last
    kernel: int = Field(gt=0)
    discriminator_widths: tuple[int, ...] = Field(min_length=1)
    discriminator_kernel: int = Field(gt=0)
    views: tuple[View, ...] = Field(min_length=1)  # what discriminators look at
    generator_view: View
    context_rows: int = Field(ge=0)  # the first rows of a picture are shown and left alone
    voiced_sigma: float = Field(ge=0.0)  # frames; voiced frames are smoothed so far to be judged
    voiced_noise: float = Field(ge=0.0, le=1.0)  # how much noise a voiced frame gets
    conditional: bool  # whether the discriminator sees what the generator was given

    @model_validator(mode="after")
    def _consistent(self) -> "PostfilterModelSpec":
        if self.context_rows and self.bands.n_bands > 1:
            raise ValueError("bands have no context_rows: set them to 0")
        if (self.voiced_noise < 1.0 or self.voiced_sigma) and not self.context_rows:
            raise ValueError(
                "without context_rows nobody knows what is voiced: "
                "set voiced_noise to 1 and voiced_sigma to 0"
            )
        return self


class ResidualGenerator(nn.Module):
    """x = y + R(z, y): a residual over the picture of coefficients and frames, from noise.

    Kaneko et al., "Generative adversarial network-based postfilter for statistical parametric
    speech synthesis", ICASSP 2017: convolutions, the picture y concatenated before each. Rows mean
    different things, so that the first layer has a bias and y a filter h over time of its own for
    each. It begins with R = 0. Context, such as loudness and voicing, is concatenated in the same
    way.

    Args:
        spec: sizes.
        height: rows of the picture without context.
    """

    def __init__(self, spec: PostfilterModelSpec, height: int) -> None:
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
        self.voiced_noise, self.voiced_sigma = spec.voiced_noise, spec.voiced_sigma
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
            noise = torch.where(voiced(picture), self.voiced_noise * noise, noise)
        seen, hidden = look(picture, self.basis, self.context_rows), self.basis @ noise
        for number, layer in enumerate(self.layers):
            hidden = layer(torch.cat([hidden, seen], dim=1))
            if not number:
                hidden = hidden + self.row_bias
            if number + 1 < len(self.layers):
                hidden = F.leaky_relu(hidden, 0.2)
        residual = self.basis.T @ hidden
        if self.voiced_sigma:
            residual = calm(residual, voiced(picture), self.voiced_sigma)
        context, rows = picture[:, :, : self.context_rows], picture[:, :, self.context_rows :]
        return torch.cat([context, rows + residual], dim=2)


class Viewer(nn.Module):
    """A discriminator that looks at pictures through a basis.

    Args:
        view: which.
        height: rows of the pictures without context.
        spec: how many rows of context are before them; how calm voiced frames are made.
        discriminator: made for as many rows as ``basis(view, height)`` has, and for the channels
            that ``look`` gives.
    """

    def __init__(
        self, view: View, height: int, spec: PostfilterModelSpec, discriminator: nn.Module
    ) -> None:
        super().__init__()
        self.context_rows, self.voiced_sigma = spec.context_rows, spec.voiced_sigma
        self.register_buffer("basis", basis(view, height), persistent=False)
        self.discriminator = discriminator

    def forward(self, picture: Tensor) -> tuple[Tensor, list[Tensor]]:
        """As the discriminator."""
        if self.voiced_sigma:
            context, rows = picture[:, :, : self.context_rows], picture[:, :, self.context_rows :]
            rows = calm(rows, voiced(picture), self.voiced_sigma)
            picture = torch.cat([context, rows], dim=2)
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
        members.append(Viewer(view, height, spec, own))
    return Jury(members)


def voiced(picture: Tensor) -> Tensor:
    """(batch, 1, 1, n_frames) True in voiced frames of pictures with context, normalised."""
    return picture[:, :1, VOICING : VOICING + 1] > 0


def calm(rows: Tensor, where: Tensor, sigma: float) -> Tensor:
    """Smooths rows over time by a Gaussian, in some frames.

    Args:
        rows: (batch, channels, height, n_frames).
        where: (batch, 1, 1, n_frames) bool; the border is smoothed as well.
        sigma: of the Gaussian, in frames.
    """
    share = smooth(where.to(rows.dtype), sigma)
    return share * smooth(rows, sigma) + (1.0 - share) * rows


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
