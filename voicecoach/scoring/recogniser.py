"""What each sound was, heard without knowing what it should have been."""

import torch
from torch import Tensor, nn

from voicecoach.core.pooling import segment_means, thirds
from voicecoach.scoring.judge import N_CLASSES

CONTEXT_FRAMES = 6
"""How much is heard of what comes before and after a phone: 60 ms at a 10 ms hop."""


class PhoneRecogniser(nn.Module):
    """Names the phone of a segment from its sound alone.

    The judges know the intended sentence, and learners mostly say what they intend: a network that
    is told both learns to repeat the canonical phone. This one is not told. Its logits are
    log-likelihoods up to a constant, so that any prior can be put on them afterwards
    (``posterior``).
    """

    def __init__(self, trunk_width: int, width: int, dropout: float) -> None:
        super().__init__()
        self.project = nn.Linear(trunk_width, width)
        self.hidden = nn.Linear(5 * width + 1, width)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(width, N_CLASSES)

    def forward(self, features: Tensor, lengths: Tensor, segments: Tensor) -> Tensor:
        """Log-likelihoods (batch, n_phones, 40) of the 39 phones and of "left out".

        Args:
            features: (batch, n_steps, trunk_width) of the trunk, two frames a step.
            lengths: (batch,) frames of each recording.
            segments: (batch, n_phones, 2) in frames.
        """
        by_frame = self.project(features).repeat_interleave(2, dim=1)
        start, end = segments[..., :1], segments[..., 1:]
        around = [
            torch.cat([start - CONTEXT_FRAMES, start], -1),
            torch.cat([end, end + CONTEXT_FRAMES], -1),
        ]
        parts = torch.cat([thirds(segments), torch.stack(around, -2)], -2)
        last = lengths[:, None] - torch.tensor([1, 0], device=lengths.device)
        parts = torch.minimum(parts, last[:, None, None])
        heard = segment_means(by_frame, parts.flatten(1, 2)).view(*segments.shape[:2], -1)
        log_duration = (end - start).clamp(min=1).float().log() - 2.0
        hidden = nn.functional.gelu(self.hidden(torch.cat([heard, log_duration], -1)))
        return self.out(self.dropout(hidden)).float()


def posterior(log_likelihoods: Tensor, priors: Tensor) -> Tensor:
    """Probabilities of what was said, by Bayes' rule.

    Args:
        log_likelihoods: (..., 40) of the recogniser.
        priors: (..., 40) probability of each class before anything was heard.
    """
    return (log_likelihoods + priors.log()).softmax(-1)
