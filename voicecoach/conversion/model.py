"""The network of a converter: what a speaker does to a sound beyond mean and variance."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from voicecoach.config import Spec
from voicecoach.conversion import warping
from voicecoach.conversion.voiceprint import Voiceprint
from voicecoach.core.discriminators import PatchDiscriminator
from voicecoach.core.smoothing import smooth


class ConverterModelSpec(Spec):
    """Sizes of network and discriminator. Written in ``conf/model/converter*.yaml``."""

    width: int = Field(gt=0)
    voice_width: int = Field(gt=0)  # of what is made of a voiceprint
    dilations: tuple[int, ...] = Field(min_length=1)  # of the layers at half the rate
    kernel: int = Field(gt=0)
    dropout: float = Field(ge=0.0, lt=1.0)  # of the voiceprint
    residual_sigma: float = Field(gt=0.0)  # frames of 10 ms: the network changes nothing faster
    discriminator_widths: tuple[int, ...] = Field(min_length=1)
    discriminator_kernel: int = Field(gt=0)


class GatedLayer(nn.Module):
    """A gated convolution over time (Dauphin et al., ICML 2017) that is told a voice, added to what
    it was given."""

    def __init__(self, width: int, voice_width: int, kernel: int, dilation: int = 1) -> None:
        super().__init__()
        padding = dilation * (kernel // 2)
        self.layer = nn.Conv1d(width, 2 * width, kernel, padding=padding, dilation=dilation)
        self.voice = nn.Linear(voice_width, 2 * width)

    def forward(self, hidden: Tensor, voice: Tensor) -> Tensor:
        """(batch, width, n_frames) and (batch, voice_width) -> (batch, width, n_frames)."""
        made = F.glu(self.layer(hidden) + self.voice(voice)[..., None], dim=1)
        return (hidden + made) * math.sqrt(0.5)


class ConverterModel(nn.Module):
    """Gated convolutional encoder and decoder of any length, conditioned on a voiceprint.

    It gives a residual to what ``mapping.FrequencyWarping`` makes, and begins with none. The
    residual is smooth: fast changes of a spectrum must come at the right moment, and only the
    source has them there.

    Args:
        spec: sizes.
        order: of the mel-cepstrum; c_0 is seen but not changed.
        n_voice: numbers of ``describe``.
    """

    def __init__(self, spec: ConverterModelSpec, order: int, n_voice: int) -> None:
        super().__init__()
        width, kernel = spec.width, spec.kernel
        self.register_buffer("voice_mean", torch.zeros(n_voice))
        self.register_buffer("voice_std", torch.ones(n_voice))
        self.dropout = nn.Dropout(spec.dropout)
        self.voice = nn.Sequential(nn.Linear(n_voice, spec.voice_width), nn.Tanh())
        self.first = nn.Conv1d(order + 2, width, kernel, padding=kernel // 2)
        self.encoder = GatedLayer(width, spec.voice_width, kernel)
        self.down = nn.Conv1d(width, width, 4, stride=2, padding=1)
        self.middle = nn.ModuleList(
            GatedLayer(width, spec.voice_width, kernel, dilation) for dilation in spec.dilations
        )
        self.up = nn.ConvTranspose1d(width, width, 4, stride=2, padding=1)
        self.decoder = GatedLayer(width, spec.voice_width, kernel)
        self.last = nn.Conv1d(width, order, kernel, padding=kernel // 2)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)
        self.sigma = spec.residual_sigma

    def forward(self, rows: Tensor, share: Tensor, voice: Tensor) -> Tensor:
        """What the target speaker says.

        Args:
            rows: (batch, order + 1, n_frames) of ``mapping.normalised``, every 10 ms.
            share: (batch, n_frames) how voiced.
            voice: (batch, n_voice) of ``describe``.

        Returns:
            (batch, order, n_frames) residual of c_1 and above.
        """
        n_frames = rows.shape[2]
        seen = F.pad(torch.cat([rows, share[:, None]], dim=1), (0, n_frames % 2), mode="replicate")
        told = self.voice(self.dropout((voice - self.voice_mean) / self.voice_std))
        fine = self.encoder(self.first(seen), told)
        hidden = self.down(fine)
        for layer in self.middle:
            hidden = layer(hidden, told)
        hidden = self.decoder(fine + self.up(hidden), told)
        return smooth(self.last(hidden)[..., :n_frames], self.sigma)


class SlowDiscriminator(nn.Module):
    """A discriminator that looks at trajectories as slow as those that a network can change."""

    def __init__(self, spec: ConverterModelSpec, order: int) -> None:
        super().__init__()
        self.sigma = spec.residual_sigma
        self.own = PatchDiscriminator(
            1, order, spec.discriminator_widths, spec.discriminator_kernel
        )

    def forward(self, picture: Tensor) -> tuple[Tensor, list[Tensor]]:
        """As ``PatchDiscriminator``, of (batch, 1, order, n_frames)."""
        return self.own(smooth(picture, self.sigma))


def describe(voiceprint: Voiceprint, reference: Voiceprint) -> np.ndarray:
    """(n_voice,) how a voice differs from the reference voice; loudness is left out."""
    parts: Sequence[np.ndarray] = (
        ((voiceprint.mean - reference.mean) / reference.deviation)[:, 1:].ravel(),
        np.log(voiceprint.deviation / reference.deviation)[:, 1:].ravel(),
        voiceprint.log_f0[:1] - reference.log_f0[:1],
        np.log(voiceprint.log_f0[1:] / reference.log_f0[1:]),
        voiceprint.aperiodicity_db - reference.aperiodicity_db,
        np.array([warping.choose(reference, voiceprint)]),
    )
    return np.concatenate(parts).astype(np.float32)
