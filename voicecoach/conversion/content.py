"""What is said must stay: a small ear for phones, and how much of what it hears a change alters."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from voicecoach.text.phones import PHONES

_WIDTH, _KERNEL, _DILATIONS = 96, 5, (1, 2, 4)  # hears 0.3 s
_LEARNING_RATE = 1e-3
NO_PHONE = -1


class PhoneEar(nn.Module):
    """Phones of mel-cepstra that the speaker was taken out of, frame by frame.

    Args:
        order: of the mel-cepstrum; loudness, c_0, is not heard.
    """

    def __init__(self, order: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        n_in = order + 1
        for dilation in _DILATIONS:
            padding = dilation * (_KERNEL // 2)
            layers += [
                nn.Conv1d(n_in, _WIDTH, _KERNEL, padding=padding, dilation=dilation),
                nn.ReLU(),
            ]
            n_in = _WIDTH
        self.layers = nn.Sequential(*layers, nn.Conv1d(_WIDTH, len(PHONES), 1))

    def forward(self, rows: Tensor, share: Tensor) -> Tensor:
        """Logits (batch, n_phones, n_frames).

        Args:
            rows: (batch, order, n_frames) of c_1 and above, every 10 ms.
            share: (batch, n_frames) how voiced.
        """
        return self.layers(torch.cat([rows, share[:, None]], dim=1))


def learn(examples: Iterable[tuple[Tensor, Tensor, Tensor]], order: int) -> PhoneEar:
    """An ear that learned from examples, and learns no more.

    Args:
        examples: rows and share as ``PhoneEar`` takes them, and the phone of each frame
            (batch, n_frames) int64, ``NO_PHONE`` where there is none.
        order: of the mel-cepstrum.
    """
    ear = PhoneEar(order)
    optimiser = torch.optim.Adam(ear.parameters(), _LEARNING_RATE)
    for rows, share, phone in examples:
        logits = ear(rows, share)
        loss = F.cross_entropy(logits, phone, ignore_index=NO_PHONE, reduction="sum") / (
            phone != NO_PHONE
        ).sum().clamp_min(1)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
    return ear.eval().requires_grad_(False)


def changed(ear: PhoneEar, before: Tensor, after: Tensor, share: Tensor, weight: Tensor) -> Tensor:
    """How far phone posteriors have moved: the mean Kullback-Leibler divergence in nats.

    Args:
        ear: that hears both.
        before, after: rows (batch, order, n_frames).
        share: (batch, n_frames) how voiced.
        weight: (batch, n_frames) how much each frame counts.
    """
    with torch.no_grad():
        said = F.log_softmax(ear(before, share), dim=1)
    heard = F.log_softmax(ear(after, share), dim=1)
    divergence = (said.exp() * (said - heard)).sum(dim=1)
    return (divergence * weight).sum() / weight.sum().clamp_min(1e-3)
