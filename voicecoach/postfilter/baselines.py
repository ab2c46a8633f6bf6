"""What a postfilter must beat: two classical ways to make trajectories lively again."""

from dataclasses import dataclass

import numpy as np

from voicecoach.metrics.modulation import (
    SEGMENT,
    log_global_variance_db,
    log_modulation_spectrum_db,
)

_TAPS = 65


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
    def fit(cls, natural: list[np.ndarray]) -> "VarianceScaling":
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
    def fit(cls, natural: list[np.ndarray], made: list[np.ndarray]) -> "MatchedNoise":
        """Measured on utterances (n_frames, n_coefficients) and what was made in their place."""
        power = [10 ** (log_modulation_spectrum_db(x).mean(0) / 10) for x in (natural, made)]
        missing = np.sqrt(np.maximum(power[0] - power[1], 0.0))
        taps = np.roll(np.fft.irfft(missing, n=SEGMENT, axis=0), _TAPS // 2, axis=0)[:_TAPS]
        return cls(taps)

    def enhance(self, features: np.ndarray, seed: int = 0) -> np.ndarray:
        """(n_frames, n_coefficients) -> the same shape; the same seed gives the same noise."""
        from scipy.signal import fftconvolve

        n_frames, n_coefficients = features.shape
        rng = np.random.default_rng(seed)
        noise = rng.standard_normal((n_frames + len(self.filters) - 1, n_coefficients))
        return features + fftconvolve(noise, self.filters, mode="valid", axes=0)
