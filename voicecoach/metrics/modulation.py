"""How lively trajectories are: what statistical models smooth away."""

from collections.abc import Sequence

import numpy as np

SEGMENT = 128
"""Frames of one segment of the modulation spectrum; shorter trajectories are filled up."""
_LEAST = 1e-12


def log_global_variance_db(trajectories: Sequence[np.ndarray]) -> np.ndarray:
    """Variance of each coefficient over an utterance (Toda and Tokuda, IEICE 2007).

    Args:
        trajectories: (n_frames, n_coefficients) of each utterance.

    Returns:
        (n_utterances, n_coefficients) dB.
    """
    return _db(np.stack([trajectory.var(axis=0) for trajectory in trajectories]))


def log_modulation_spectrum_db(trajectories: Sequence[np.ndarray]) -> np.ndarray:
    """Power spectrum of each trajectory over time (Takamichi et al., IEEE/ACM TASLP 2016).

    Averaged over half overlapping Hann windows of ``SEGMENT`` frames (Welch), the mean of the
    utterance taken off; bin k is k / ``SEGMENT`` cycles per frame.

    Args:
        trajectories: (n_frames, n_coefficients) of each utterance.

    Returns:
        (n_utterances, SEGMENT // 2 + 1, n_coefficients) dB.
    """
    return _db(np.stack([_spectrum(trajectory) for trajectory in trajectories]))


def distance_db(made: np.ndarray, natural: np.ndarray) -> float:
    """How far the mean over utterances is from that of natural speech.

    Args:
        made, natural: (n_utterances, ...) dB, of one of the functions above.

    Returns:
        Mean absolute difference in dB.
    """
    return float(drawn_distances_db(made, natural, np.ones((1, len(made))))[0])


def drawn_distances_db(made: np.ndarray, natural: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """``distance_db`` of utterances drawn again and again.

    Args:
        made, natural: as there.
        weights: (n_draws, n_utterances) how often each was drawn.

    Returns:
        (n_draws,) dB.
    """
    shares = weights / weights.sum(axis=1, keepdims=True)
    differences = (made - natural).reshape(len(made), -1)
    return np.array([np.abs(share @ differences).mean() for share in shares])


def _spectrum(trajectory: np.ndarray) -> np.ndarray:
    centred = trajectory - trajectory.mean(axis=0)
    missing = max(0, SEGMENT - len(centred))
    centred = np.pad(centred, ((0, missing), (0, 0)))
    starts = range(0, len(centred) - SEGMENT + 1, SEGMENT // 2)
    window = np.hanning(SEGMENT)[:, None]
    segments = np.stack([centred[start : start + SEGMENT] for start in starts])
    power = np.abs(np.fft.rfft(segments * window, axis=1)) ** 2
    return power.mean(axis=0) / np.sum(window**2)


def _db(power: np.ndarray) -> np.ndarray:
    return 10.0 * np.log10(np.maximum(power, _LEAST))
