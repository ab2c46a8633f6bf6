"""What a converter learns from: crops of pairs, with the speakers taken out of both sides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from voicecoach.conversion import content, mapping
from voicecoach.conversion.model import describe
from voicecoach.conversion.pairs import SPLITS, PairFolder
from voicecoach.conversion.spec import ConverterTrainSpec


@dataclass(frozen=True)
class Batch:
    """Crops: (n, order + 1, n_frames) normalised mel-cepstra; (n, n_voice); else (n, n_frames)."""

    source: Tensor
    target: Tensor
    share: Tensor
    weight: Tensor
    phone: Tensor
    voice: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same on a device."""
        return Batch(*(tensor.to(device) for tensor in vars(self).values()))


class Corpus:
    """Pairs with the speakers taken out of both sides.

    Args:
        pairs: source, target and voiceprints.
        indices: of the utterances.
    """

    def __init__(self, pairs: PairFolder, indices: Sequence[int]) -> None:
        self.pairs = pairs
        self.indices = list(indices)
        used = np.unique(pairs.chosen[self.indices])
        self.voices = {int(n): describe(pairs.voiceprints[n], pairs.reference) for n in used}
        self._rows = {
            (i, split): self._normalise(i, split) for i in self.indices for split in range(SPLITS)
        }

    def _normalise(self, index: int, split: int) -> tuple[np.ndarray, np.ndarray]:
        pairs, at = self.pairs, self.pairs.frames(index)
        own = pairs.voiceprints[pairs.chosen[index, split]]
        share = pairs.share[at].astype(np.float64)
        source = mapping.normalised(
            pairs.source[at].astype(np.float64), share, pairs.reference, own
        )
        target = mapping.normalise(pairs.target[at].astype(np.float64), share, own)
        return source.T.astype(np.float16), target.T.astype(np.float16)

    def rows(self, index: int, split: int) -> tuple[np.ndarray, np.ndarray]:
        """Source and target (order + 1, n_frames) of an utterance, by the half of a split."""
        source, target = self._rows[index, split]
        return source.astype(np.float32), target.astype(np.float32)

    def voice(self, index: int, split: int) -> np.ndarray:
        """(n_voice,) what the other half of the speaker's utterances tells."""
        return self.voices[int(self.pairs.chosen[index, split])]

    def batches(self, spec: ConverterTrainSpec, epoch: int) -> Iterator[Batch]:
        """Crops in an order that depends on the seed and the epoch."""
        rng = np.random.default_rng([spec.seed, epoch])
        order = rng.permutation(np.repeat(self.indices, spec.crops))
        for group in np.array_split(order, -(-len(order) // spec.batch_size)):
            crops = [self._crop(int(i), spec, rng) for i in group]
            yield Batch(*(torch.from_numpy(np.stack(x)) for x in zip(*crops, strict=True)))

    def _crop(
        self, index: int, spec: ConverterTrainSpec, rng: np.random.Generator
    ) -> tuple[np.ndarray, ...]:
        """From anywhere in an utterance; what is missing of a short one does not count."""
        split, shift = int(rng.integers(SPLITS)), spec.shift_frames
        source, target = self.rows(index, split)
        at = self.pairs.frames(index)
        n_frames = source.shape[1]
        start = int(rng.integers(max(1, n_frames - spec.frames + 1)))
        columns = np.arange(start, start + spec.frames)
        inside = columns.clip(max=n_frames - 1)
        moved = (columns + int(rng.integers(-shift, shift + 1))).clip(0, n_frames - 1)
        present = columns < n_frames
        weight = np.where(present, self.pairs.weight[at][inside], 0.0)
        phone = np.where(present, self.pairs.phone[at][inside], content.NO_PHONE)
        return (
            source[:, inside],
            target[:, moved],
            self.pairs.share[at][inside].astype(np.float32),
            weight.astype(np.float32),
            phone.astype(np.int64),
            self.voice(index, split),
        )
