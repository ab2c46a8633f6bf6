"""The coach's multitask network: one phone in, its parts and its class out."""

from dataclasses import dataclass

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from voicecoach.coaching.parts import N_PARTS, SCALARS
from voicecoach.coaching.tokens import CEILINGS_HZ, MIDDLE, N_EXPLICIT
from voicecoach.config import Spec
from voicecoach.core.likelihood import GaussianHead
from voicecoach.core.multitask import MultitaskNetwork
from voicecoach.text.phones import PHONES

N_MOMENTS_IN = 10
N_GRADES = 3
_FURTHEST = 4.0  # standard deviations; a formant that was not found lies far below


class CoachSpec(Spec):
    """Sizes of the coach's network; see ``conf/model/coach.yaml``."""

    inputs: int = Field(gt=0)  # values of each moment
    width: int = Field(gt=0)
    shared: int = Field(gt=0)  # features at the split of the heads
    hidden: int = Field(gt=0)
    dropout: float = Field(ge=0.0, lt=1.0)
    directions: int = Field(gt=0)  # of the voice, on which the middles of the classes depend


@dataclass
class Scales:
    """Means and standard deviations: ``inputs_mean`` and ``inputs_std`` (inputs,), ``parts_mean``
    and ``parts_std`` (N_PARTS,). Inputs that are parts already have the scale of the parts."""

    inputs_mean: Tensor
    inputs_std: Tensor
    parts_mean: Tensor
    parts_std: Tensor

    @classmethod
    def of(cls, inputs: Tensor, parts: Tensor) -> "Scales":
        """Of some inputs (n, 10, inputs) and all parts (n, N_PARTS), NaN where unknown."""
        flat = inputs.float().flatten(0, 1)
        parts_mean = parts.nanmean(0)
        parts_std = (parts - parts_mean).square().nanmean(0).sqrt().clamp(min=1e-3)
        n = len(SCALARS) - 1
        mean, std = flat.mean(0), flat.std(0) + 1e-3
        for own, of_parts in ((mean, parts_mean), (std, parts_std)):
            own[-N_EXPLICIT:-1] = of_parts[:n].repeat(len(CEILINGS_HZ))
            own[-1] = of_parts[n]
        return cls(mean, std, parts_mean, parts_std)

    def standardise(self, inputs: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs (n, 10, inputs) and context (n, 2 * inputs) as the network wants them."""
        inputs = (inputs.float() - self.inputs_mean) / self.inputs_std
        # A formant that was not found lies far below all.
        inputs[..., -N_EXPLICIT:].clamp_(-_FURTHEST, _FURTHEST)
        context = (context - self.inputs_mean.repeat(2)) / self.inputs_std.repeat(2)
        return inputs, context

    def in_units(self, parts: Tensor) -> Tensor:
        """Standardised parts (n, N_PARTS) in their own units."""
        return parts * self.parts_std + self.parts_mean


class Sound(nn.Module):
    """Each moment by itself. What is a part already (formants, duration) goes through unchanged."""

    def __init__(self, spec: CoachSpec) -> None:
        super().__init__()
        self.linear = nn.Linear(spec.inputs, spec.width)
        self.voice = nn.Linear(2 * spec.inputs, spec.width)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """(n, 10, inputs) -> (n, 10, width + explicit)."""
        hidden = F.gelu(self.linear(x) + self.voice(context)[:, None])
        return torch.cat([hidden, x[..., -N_EXPLICIT:]], -1)


class Neighbours(nn.Module):
    """Each moment and those beside it."""

    def __init__(self, spec: CoachSpec) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(spec.width)
        self.conv = nn.Conv1d(spec.width, spec.width, 3, padding=1)
        self.dropout = nn.Dropout(spec.dropout)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """(n, 10, width + explicit) -> the same shape."""
        hidden, explicit = x[..., :-N_EXPLICIT], x[..., -N_EXPLICIT:]
        near = self.conv(self.norm(hidden).transpose(1, 2)).transpose(1, 2)
        return torch.cat([hidden + self.dropout(F.gelu(near)), explicit], -1)


class Whole(nn.Module):
    """The moments together: one vector for the phone."""

    def __init__(self, spec: CoachSpec) -> None:
        super().__init__()
        self.voice = nn.Linear(2 * spec.inputs, spec.width)
        width = N_MOMENTS_IN * spec.width + spec.width + N_EXPLICIT
        self.linear = nn.Linear(width, spec.shared)
        self.dropout = nn.Dropout(spec.dropout)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """(n, 10, width + explicit) -> (n, shared + explicit)."""
        hidden = x[..., :-N_EXPLICIT].flatten(1)
        explicit = x[:, MIDDLE, -N_EXPLICIT:].median(1).values
        voice = F.gelu(self.voice(context))
        together = F.gelu(self.linear(torch.cat([hidden, voice, explicit], -1)))
        return torch.cat([self.dropout(together), explicit], -1)


class Mix(nn.Module):
    """One more layer below the split."""

    def __init__(self, spec: CoachSpec) -> None:
        super().__init__()
        self.linear = nn.Linear(spec.shared + N_EXPLICIT, spec.shared)
        self.dropout = nn.Dropout(spec.dropout)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """(n, shared + explicit) -> the same shape."""
        hidden, explicit = x[:, :-N_EXPLICIT], x[:, -N_EXPLICIT:]
        return torch.cat([hidden + self.dropout(F.gelu(self.linear(x))), explicit], -1)


class PartsHead(nn.Module):
    """The parts of a phone, standardised. Formants of its middle are those measured, weighed for
    the voice, and corrected; its duration is the one measured."""

    def __init__(self, spec: CoachSpec) -> None:
        super().__init__()
        n_formants = len(SCALARS) - 1
        self.hidden = nn.Linear(spec.shared + N_EXPLICIT, spec.hidden)
        self.voice = nn.Linear(2 * spec.inputs, spec.hidden)
        self.out = nn.Linear(spec.hidden, N_PARTS)
        self.ceilings = nn.Linear(2 * spec.inputs, n_formants * len(CEILINGS_HZ))
        nn.init.zeros_(self.ceilings.weight)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """(n, shared + explicit) -> (n, N_PARTS)."""
        out = self.out(F.gelu(self.hidden(x) + self.voice(context)))
        explicit = x[:, -N_EXPLICIT:]
        n = len(SCALARS) - 1
        shape = (len(x), len(CEILINGS_HZ), n)
        weights = self.ceilings(context).view(shape).softmax(1)
        formants = (weights * explicit[:, :-1].reshape(shape)).sum(1)
        return torch.cat([formants + out[:, :n], explicit[:, -1:], out[:, n + 1 :]], -1)


class GradesHead(nn.Module):
    """What teaches the shared features: the phone said, and the grade of the phone that was meant.

    At run time a ``GaussianHead`` stands in its place.
    """

    def __init__(self, spec: CoachSpec) -> None:
        super().__init__()
        width = spec.shared + N_EXPLICIT
        self.phone = nn.Linear(width, len(PHONES))
        self.meant = nn.Embedding(len(PHONES), width)
        self.grade = nn.Sequential(
            nn.Linear(2 * width, spec.shared), nn.GELU(), nn.Linear(spec.shared, N_GRADES)
        )

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """(n, shared + explicit) -> logits (n, 39) of the phone said."""
        return self.phone(x)

    def grades(self, x: Tensor, phones: Tensor) -> Tensor:
        """Logits (n, 3) of the experts' grades, given the phones (n,) that were meant."""
        return self.grade(torch.cat([x, self.meant(phones)], -1))


def build(spec: CoachSpec, classes: nn.Module | None = None) -> MultitaskNetwork:
    """The network; ``classes`` None puts a ``GaussianHead`` on it."""
    stages = {
        "sound": Sound(spec),
        "near": Neighbours(spec),
        "wide": Neighbours(spec),
        "whole": Whole(spec),
        "mix": Mix(spec),
    }
    width = spec.shared + N_EXPLICIT
    head = classes or GaussianHead(len(PHONES), width, 2 * spec.inputs, spec.directions)
    return MultitaskNetwork(stages, PartsHead(spec), head)
