"""What a postfilter must beat: two classical ways to make trajectories lively again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from voicecoach.metrics.modulation import (
    SEGMENT,
    log_global_variance_db,
    log_modulation_spectrum_db,
)

VOICING = 1
"""The row of context that says how voiced a frame is: 0 to 1."""

STATISTICS = ("filters", "deviation", "unvoiced_noise")
"""Names of what a checkpoint holds of ``ModulationFilters``."""

_TAPS = 65
_SLOW = 0.075  # cycles per frame: 15 Hz at 5 ms
_MOST_DB = 20.0
_BORDER_SIGMA = 1.5  # frames


@dataclass(frozen=True, eq=False)
class VarianceScaling:
    """Moves the variance of each coefficient over an utterance to the natural one.

    Toda and Tokuda, "A speech parameter generation algorithm considering global variance", IEICE
    2007, as the usual postfilter of Silen et al., Interspeech 2012. It closes the gap in variance
    by construction.

    Attributes:
        deviation: (n_coefficients,) geometric mean over natural utterances.
    """

    deviation: np.ndarray

    @classmethod
    def fit(cls, natural: Sequence[np.ndarray]) -> "VarianceScaling":
        """Measured on natural utterances (n_frames, n_coefficients)."""
        return cls(10 ** (log_global_variance_db(natural).mean(axis=0) / 20.0))

    def enhance(self, features: np.ndarray, seed: int = 0) -> np.ndarray:
        """(n_frames, n_coefficients) -> the same shape; ``seed`` is not used."""
        mean, deviation = features.mean(axis=0), features.std(axis=0)
        return mean + (features - mean) * self.deviation / np.maximum(deviation, 1e-8)


@dataclass(frozen=True, eq=False)
class MatchedNoise:
    """Adds the noise whose modulation spectrum is what natural trajectories have more.

    It closes the gap in the modulation spectrum by construction, with detail that is at random.

    Attributes:
        filters: (n_taps, n_coefficients) applied to white noise.
    """

    filters: np.ndarray

    @classmethod
    def fit(
        cls,
        natural: Sequence[np.ndarray],
        made: Sequence[np.ndarray],
        share: np.ndarray | float = 1.0,
    ) -> "MatchedNoise":
        """Measured on utterances (n_frames, n_coefficients) and what was made in their place.

        ``share``: (n_modulation_frequencies, 1), 0 to 1, how much of what is missing is added.
        """
        power = [10 ** (log_modulation_spectrum_db(x).mean(0) / 10) for x in (natural, made)]
        missing = share * np.sqrt(np.maximum(power[0] - power[1], 0.0))
        taps = np.roll(np.fft.irfft(missing, n=SEGMENT, axis=0), _TAPS // 2, axis=0)[:_TAPS]
        return cls(taps)

    def enhance(self, features: np.ndarray, seed: int = 0) -> np.ndarray:
        """(n_frames, n_coefficients) -> the same shape; the same seed gives the same noise."""
        from scipy.signal import fftconvolve

        n_frames, n_coefficients = features.shape
        rng = np.random.default_rng(seed)
        noise = rng.standard_normal((n_frames + len(self.filters) - 1, n_coefficients))
        return features + fftconvolve(noise, self.filters, mode="valid", axes=0)


@dataclass(frozen=True, eq=False)
class ModulationFilters:
    """Filters each row to the natural modulation spectrum where it is slow, scales its variance to
    the natural one, and adds noise where speech is unvoiced.

    Takamichi et al., "A postfilter to modify the modulation spectrum in HMM-based speech
    synthesis", ICASSP 2014, as linear filters, which keep what is fast out of voiced frames: there
    it would have to come at its own moment. In unvoiced ones it may come at any.

    Attributes:
        filters: (height, n_taps).
        scaling: of the variance.
        noise: what fast changes are missing then.
        context_rows: the first rows are left alone; the second of them is voicing, 0 to 1. Without
            context no noise is added.
    """

    filters: np.ndarray
    scaling: VarianceScaling
    noise: MatchedNoise
    context_rows: int

    @classmethod
    def fit(
        cls, natural: Sequence[np.ndarray], made: Sequence[np.ndarray], context_rows: int
    ) -> "ModulationFilters":
        """Measured on utterances (n_frames, height) and what was made in their place."""
        filters = modulation_filters(natural, made)
        own = cls(filters, VarianceScaling.fit(natural), MatchedNoise(filters.T), 0)
        noise = MatchedNoise.fit(natural, [own.enhance(x) for x in made], 1.0 - _slow())
        return cls(filters, own.scaling, noise, context_rows)

    def enhance(self, features: np.ndarray, seed: int = 0) -> np.ndarray:
        """(n_frames, height) -> the same shape; the same seed gives the same noise."""
        from scipy.ndimage import convolve1d, gaussian_filter1d

        mean = features.mean(axis=0)
        rows = [
            convolve1d(row, taps, mode="nearest")
            for row, taps in zip((features - mean).T, self.filters, strict=True)
        ]
        lively = mean + self.scaling.enhance(np.stack(rows, axis=1))
        if not self.context_rows:
            return lively
        unvoiced = 1.0 - gaussian_filter1d(features[:, VOICING], _BORDER_SIGMA, mode="nearest")
        noise = self.noise.enhance(np.zeros_like(features), seed)
        lively += unvoiced[:, None] * noise
        lively[:, : self.context_rows] = features[:, : self.context_rows]
        return lively

    def tensors(self) -> dict[str, Tensor]:
        """What ``from_tensors`` makes it from again."""
        found = (self.filters, self.scaling.deviation, self.noise.filters)
        return {n: torch.from_numpy(x) for n, x in zip(STATISTICS, found, strict=True)}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor], context_rows: int) -> "ModulationFilters":
        """From the tensors of a checkpoint.

        Raises:
            KeyError: one is missing.
        """
        filters, deviation, noise = (tensors[name].double().numpy() for name in STATISTICS)
        return cls(filters, VarianceScaling(deviation), MatchedNoise(noise), context_rows)


def modulation_filters(natural: Sequence[np.ndarray], made: Sequence[np.ndarray]) -> np.ndarray:
    """Filters that give made trajectories the modulation spectrum of natural ones, where they are
    slow enough to be coherent with them (Takamichi et al., ICASSP 2014, as a linear filter).

    Args:
        natural, made: (n_frames, height) of each utterance.

    Returns:
        (height, n_taps).
    """
    spectra = [log_modulation_spectrum_db(x).mean(0) for x in (natural, made)]
    gain_db = np.clip(spectra[0] - spectra[1], 0.0, _MOST_DB)
    gain_db[:2] = gain_db[2]  # the mean of an utterance is no modulation
    slow = _slow()
    gain_db = slow * gain_db + (1.0 - slow) * gain_db[2]
    response = np.fft.irfft(10 ** (gain_db / 20.0), n=SEGMENT, axis=0)
    centred = np.roll(response, _TAPS // 2, axis=0)[:_TAPS]
    filters = centred * np.hanning(_TAPS + 2)[1:-1, None]
    # What the ends would have had is given to all taps: the slowest keeps its gain.
    return (filters * (10 ** (gain_db[2] / 20.0) / filters.sum(axis=0))).T


def _slow() -> np.ndarray:
    """(SEGMENT // 2 + 1, 1) by modulation frequency: 1 where it is slow, 0 where it is fast."""
    cycles = np.arange(SEGMENT // 2 + 1) / SEGMENT
    return np.clip((1.5 * _SLOW - cycles) / (0.5 * _SLOW), 0.0, 1.0)[:, None]
