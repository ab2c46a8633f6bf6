"""Acoustic trunks: log-mel frames in, one vector per two frames out."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

POSITION_LIMIT = 1500
"""Most output frames a trunk takes (30 s at a 10 ms hop)."""


def frame_mask(lengths: Tensor, n_frames: int) -> Tensor:
    """Boolean (batch, n_frames): True where a frame belongs to the recording."""
    return torch.arange(n_frames, device=lengths.device)[None] < lengths[:, None]


def sinusoids(length: int, width: int) -> Tensor:
    """Fixed positions (length, width), sines then cosines (Vaswani et al., 2017)."""
    rate = math.log(10000.0) / (width // 2 - 1)
    scale = torch.exp(-rate * torch.arange(width // 2))
    angle = torch.arange(length)[:, None] * scale[None]
    return torch.cat([angle.sin(), angle.cos()], dim=1)


class SelfAttentionBlock(nn.Module):
    """Pre-norm transformer block with one matrix for query, key and value."""

    def __init__(self, width: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.feed_forward_norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 4 * width)
        self.contract = nn.Linear(4 * width, width)
        # An identity where it would do nothing: drawing the mask costs a tenth of a step.
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(batch, n_frames, width) -> the same shape; ``mask`` is True on real frames."""
        batch, n_frames, width = x.shape
        qkv = self.qkv(self.attention_norm(x)).view(batch, n_frames, 3, self.heads, -1)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        context = F.scaled_dot_product_attention(query, key, value, mask[:, None, None])
        context = context.transpose(1, 2).reshape(batch, n_frames, width)
        x = x + self.dropout(self.attention_out(context))
        hidden = F.gelu(self.expand(self.feed_forward_norm(x)))
        return x + self.dropout(self.contract(hidden))


class TransformerTrunk(nn.Module):
    """Two convolutions, then a transformer: the encoder of Whisper (Radford et al., 2022).

    The outputs of the convolutions and of every layer are mixed by learnt weights, because
    rhythm sits low in such a network and phones sit high.
    """

    def __init__(self, n_mels: int, width: int, layers: int, heads: int) -> None:
        super().__init__()
        self.width = width
        self.conv1 = nn.Conv1d(n_mels, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.register_buffer("positions", sinusoids(POSITION_LIMIT, width), persistent=False)
        self.blocks = nn.ModuleList(SelfAttentionBlock(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.mix = nn.Parameter(torch.zeros(layers + 1))

    def forward(self, log_mel: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Runs the trunk.

        Args:
            log_mel: (batch, n_frames, n_mels); frames past ``lengths`` are ignored.
            lengths: (batch,) number of frames of each recording.

        Returns:
            (batch, ceil(n_frames / 2), width) and the lengths in output frames.
        """
        inside = frame_mask(lengths, log_mel.shape[1])[:, None]
        # Zeros past the end are what a convolution pads a single recording with: masking
        # before each convolution makes a batch equal to its recordings one by one.
        x = F.gelu(self.conv1(log_mel.transpose(1, 2) * inside)) * inside
        x = F.gelu(self.conv2(x)).transpose(1, 2)
        lengths = (lengths + 1) // 2
        mask = frame_mask(lengths, x.shape[1])
        x = x + self.positions[: x.shape[1]]
        outputs = [x]
        for block in self.blocks:
            x = block(x, mask)
            outputs.append(x)
        weights = self.mix.softmax(0)
        mixed = sum(
            weight * F.layer_norm(y, (self.width,))
            for weight, y in zip(weights, outputs, strict=True)
        )
        return self.norm(x) + mixed, lengths


class RecurrentTrunk(nn.Module):
    """Two strided convolutions and a stack of bidirectional GRUs: the plain network."""

    def __init__(self, n_mels: int, width: int, layers: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.width = width
        self.conv1 = nn.Conv1d(n_mels, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.gru = nn.GRU(
            width, width // 2, layers, batch_first=True, bidirectional=True, dropout=dropout
        )

    def forward(self, log_mel: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """As ``TransformerTrunk.forward``."""
        inside = frame_mask(lengths, log_mel.shape[1])[:, None]
        x = F.gelu(self.conv1(log_mel.transpose(1, 2) * inside)) * inside
        x = F.gelu(self.conv2(x)).transpose(1, 2)
        lengths = (lengths + 1) // 2
        packed = nn.utils.rnn.pack_padded_sequence(
            x, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        x, _ = nn.utils.rnn.pad_packed_sequence(
            self.gru(packed)[0], batch_first=True, total_length=x.shape[1]
        )
        return x, lengths
