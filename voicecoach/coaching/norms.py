"""How phones are usually said: what arrows, ranges and regions are measured against."""

from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor

from voicecoach.coaching.features import PhoneFolder
from voicecoach.text.phones import PHONES

_STEPS = 8  # of taking voice and phone apart, each from what the other leaves
_MAD = 1.4826  # of a normal distribution: standard deviation by median deviation


@dataclass(frozen=True, eq=False)
class Norms:
    """Means and spreads of the four scalars (log formants, log duration) of each phone.

    ``native`` (39, 4) means of native speakers and ``native_covariance`` (39, 4, 4) around them,
    each speaker's own voice and rate taken out; ``learner`` (39, 4) means of learners' well-said
    phones; ``spread`` (4,) of these around them. NaN where nothing was measured: obstruents
    have no formants.
    """

    native: np.ndarray
    native_covariance: np.ndarray
    learner: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, learners: PhoneFolder, rows: np.ndarray, natives: PhoneFolder) -> "Norms":
        """From well-said phones (``rows``) of learners, and all of native speakers."""
        native, covariance, _ = _centre(natives, np.arange(len(natives.phones)))
        learner, _, spread = _centre(learners, rows)
        return cls(native, covariance, learner, spread)

    @classmethod
    def from_tensors(cls, tensors: dict[str, Tensor]) -> "Norms":
        """What ``tensors`` gave."""
        names = cls.__dataclass_fields__
        return cls(**{name: tensors[f"norms_{name}"].double().numpy() for name in names})

    def tensors(self) -> dict[str, Tensor]:
        """For a checkpoint."""
        return {f"norms_{name}": torch.from_numpy(v).float() for name, v in asdict(self).items()}


def _centre(folder: PhoneFolder, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means of each phone, covariances, and the robust spread over all phones with formants.

    Obstruents have a duration, and no formants: each value counts by itself.
    """
    scalars, phones = folder.targets[rows, :4].astype(np.float64), folder.phones[rows]
    _, speakers = np.unique(folder.speakers[rows], return_inverse=True)
    present = [phones == phone for phone in range(len(PHONES))]
    voices = np.zeros((speakers.max() + 1, 4))
    means = np.full((len(PHONES), 4), np.nan)
    for _ in range(_STEPS):
        for phone, own in enumerate(present):
            means[phone] = _median(scalars[own] - voices[speakers[own]])
        left = scalars - means[phones]
        known = np.isfinite(left)
        count = _sums(known, speakers)
        voices = _sums(np.where(known, left, 0.0), speakers) / np.maximum(count, 1)
        voices -= (voices * count).sum(0) / np.maximum(count.sum(0), 1)
    left = scalars - voices[speakers] - means[phones]
    spread = _MAD * _median(np.abs(left[np.isfinite(left).all(1)]))
    covariances = np.full((len(PHONES), 4, 4), np.nan)
    for phone, own in enumerate(present):
        known = np.isfinite(left[own]).any(0)
        kept = left[own][np.isfinite(left[own][:, known]).all(1)][:, known]
        kept = kept[(np.abs(kept) < 3 * spread[known]).all(1)]  # without measuring errors
        if len(kept) > 4:
            covariances[phone][np.ix_(known, known)] = np.cov(kept.T)
    return means, covariances, spread


def _median(rows: np.ndarray) -> np.ndarray:
    """(4,) medians of what is known, NaN where nothing is."""
    known = np.isfinite(rows).any(0)
    medians = np.full(rows.shape[1], np.nan)
    medians[known] = np.nanmedian(rows[:, known], axis=0)
    return medians


def _sums(rows: np.ndarray, groups: np.ndarray) -> np.ndarray:
    return np.stack([np.bincount(groups, column) for column in rows.T], 1)
