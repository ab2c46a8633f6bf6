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
    phones; ``spread`` (4,) of these around them. NaN where nothing was measured.
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
    """Means of each phone, covariances, and the robust spread over all phones."""
    scalars = folder.targets[rows, :4].astype(np.float64)
    known = np.isfinite(scalars).all(1)
    scalars, phones = scalars[known], folder.phones[rows][known]
    _, speakers = np.unique(folder.speakers[rows][known], return_inverse=True)
    count = np.maximum(np.bincount(speakers), 1)[:, None]
    voices = np.zeros((len(count), 4))
    means = np.full((len(PHONES), 4), np.nan)
    for _ in range(_STEPS):
        for phone in np.unique(phones):
            own = phones == phone
            means[phone] = np.median((scalars - voices[speakers])[own], axis=0)
        left = scalars - means[phones]
        voices = np.stack([np.bincount(speakers, column) for column in left.T], 1) / count
        voices -= np.average(voices, axis=0, weights=count[:, 0])
    left = scalars - voices[speakers] - means[phones]
    spread = _MAD * np.median(np.abs(left), axis=0)
    covariances = np.full((len(PHONES), 4, 4), np.nan)
    for phone in np.unique(phones):
        own = left[phones == phone]
        if len(own) > 4:
            own = own[(np.abs(own) < 3 * spread).all(1)]  # without measuring errors
        if len(own) > 4:
            covariances[phone] = np.cov(own.T)
    return means, covariances, spread
