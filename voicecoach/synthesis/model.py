"""The acoustic model: symbols -> durations -> WORLD's parameters and the log STFT magnitude.

A feed-forward network in the manner of FastSpeech (Ren et al., 2019) with convolutions: nothing in
it waits for its own output, so that a sentence costs one pass.
"""

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from voicecoach.config import Spec
from voicecoach.core.trunk import SelfAttentionBlock, frame_mask, sinusoids
from voicecoach.synthesis.symbols import N_PLACES

N_POSITIONS = 4  # what a step knows of its place in its symbol
_LONGEST = 600  # symbols of one sentence


class AcousticModelSpec(Spec):
    """Sizes of an ``AcousticModel``. Written in ``conf/model/synth.yaml``."""

    width: int = Field(gt=0)
    heads: int = Field(gt=0)
    encoder_layers: int = Field(ge=0)
    attention_layers: int = Field(ge=0)
    decoder_layers: int = Field(gt=0)
    kernel: int = Field(gt=0)
    dropout: float = Field(ge=0.0, lt=1.0)


class GatedConv(nn.Module):
    """A residual block: norm, a dilated convolution gated by half of itself, a projection."""

    def __init__(self, width: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.conv = nn.Conv1d(
            width, 2 * width, kernel, dilation=dilation, padding=dilation * (kernel - 1) // 2
        )
        self.project = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(batch, n, width) -> the same; ``mask`` (batch, n) is True where there is something."""
        hidden = self.norm(x) * mask[..., None]
        hidden = F.glu(self.conv(hidden.transpose(1, 2)), dim=1).transpose(1, 2)
        return x + self.dropout(self.project(hidden))


class AcousticModel(nn.Module):
    """From symbols to normalised acoustic parameters.

    Args:
        spec: sizes.
        n_symbols: of the alphabet.
        world_width: parameters of WORLD in a frame.
        n_bins: of the STFT in a frame.
        frames_per_step: frames that a step of the decoder writes at once.
    """

    def __init__(
        self,
        spec: AcousticModelSpec,
        n_symbols: int,
        world_width: int,
        n_bins: int,
        frames_per_step: int,
    ) -> None:
        super().__init__()
        width, conv = spec.width, (spec.kernel, 1, spec.dropout)
        self.frames_per_step = frames_per_step
        self.symbol = nn.Embedding(n_symbols, width)
        self.place = nn.Embedding(N_PLACES, width)
        self.register_buffer("positions", sinusoids(_LONGEST, width), persistent=False)
        self.encoder = nn.ModuleList(GatedConv(width, *conv) for _ in range(spec.encoder_layers))
        self.attention = nn.ModuleList(
            SelfAttentionBlock(width, spec.heads, spec.dropout)
            for _ in range(spec.attention_layers)
        )
        self.duration = nn.ModuleList(GatedConv(width, *conv) for _ in range(2))
        self.log_duration = nn.Linear(width, 1)
        self.within = nn.Linear(N_POSITIONS, width)
        self.decoder = nn.ModuleList(
            GatedConv(width, spec.kernel, 2 ** (layer % 3), spec.dropout)
            for layer in range(spec.decoder_layers)
        )
        self.norm = nn.LayerNorm(width)
        self.world = nn.Linear(width, frames_per_step * world_width)
        self.spectrum = nn.Sequential(
            nn.Linear(width, width), nn.GELU(), nn.Linear(width, frames_per_step * n_bins)
        )

    def encode(self, symbols: Tensor, places: Tensor, mask: Tensor) -> Tensor:
        """Symbols (batch, n) in their context: (batch, n, width)."""
        x = self.symbol(symbols) + self.place(places)
        for block in self.encoder:
            x = block(x, mask)
        if len(self.attention):
            x = x + self.positions[: x.shape[1]]
        for block in self.attention:
            x = block(x, mask)
        return x

    def predict_log_durations(self, encoded: Tensor, mask: Tensor) -> Tensor:
        """Log of the steps that are expected of every symbol: (batch, n)."""
        for block in self.duration:
            encoded = block(encoded, mask)
        return self.log_duration(encoded)[..., 0]

    def decode(self, encoded: Tensor, durations: Tensor) -> tuple[Tensor, Tensor]:
        """Encoded symbols (batch, n, width) that last ``durations`` (batch, n) steps.

        Returns:
            World parameters (batch, n_frames, world_width) and log magnitudes (batch, n_frames,
            n_bins), both normalised; n_frames is that of the longest sentence.
        """
        x, positions, mask = stretch(encoded, durations)
        x = x + self.within(positions)
        for block in self.decoder:
            x = block(x, mask)
        x = self.norm(x)
        batch, n_steps, _ = x.shape
        world, spectrum = self.world(x), self.spectrum(x)
        n_frames = n_steps * self.frames_per_step
        inside = mask.repeat_interleave(self.frames_per_step, dim=1)
        world, spectrum = (
            smooth(frames.reshape(batch, n_frames, -1), inside) for frames in (world, spectrum)
        )
        return world, spectrum


def smooth(frames: Tensor, mask: Tensor) -> Tensor:
    """Weighs each frame (batch, n_frames, width) 1, 2, 1 with its neighbours.

    Frames of one step come out of different weights, and a difference between them would be heard
    as roughness. ``mask`` (batch, n_frames) is True where there is something.
    """
    before = torch.cat([frames[:, :1], frames[:, :-1]], dim=1)
    after = torch.cat([frames[:, 1:], frames[:, -1:]], dim=1)
    is_followed = torch.cat([mask[:, 1:], mask[:, :1] & False], dim=1)[..., None]
    after = torch.where(is_followed, after, frames)
    return 0.25 * before + 0.5 * frames + 0.25 * after


def stretch(encoded: Tensor, durations: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Repeats every symbol for as many steps as it lasts.

    Returns:
        (batch, n_steps, width); what each step knows of its place in its symbol (batch, n_steps,
        ``N_POSITIONS``); a mask (batch, n_steps) of the steps that are there.
    """
    lengths = durations.sum(1)
    n_steps = int(lengths.max())
    ends = durations.cumsum(1)
    step = torch.arange(n_steps, device=encoded.device).expand(len(ends), -1).contiguous()
    owner = torch.searchsorted(ends, step, right=True).clamp_max(ends.shape[1] - 1)
    last = durations.gather(1, owner).float()
    done = (step - (ends - durations).gather(1, owner)).float() + 0.5
    share = (done / last.clamp_min(1.0)).clamp(0.0, 1.0)
    # Towards both ends in steps, since neighbours reach equally far into short and long sounds.
    near = torch.stack([done, last - done], dim=-1).clamp(0.0, 20.0) / 10.0
    positions = torch.cat([share[..., None], last.log1p()[..., None] / 3.0, near], dim=-1)
    index = owner[..., None].expand(-1, -1, encoded.shape[2])
    return encoded.gather(1, index), positions, frame_mask(lengths, n_steps)
