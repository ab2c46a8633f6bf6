"""How far acoustic features are from natural ones, frame by frame."""

import numpy as np

from voicecoach.metrics.correlation import pearson

_DB = 20.0 / np.log(10.0)
CENTS = 1200.0 / np.log(2.0)  # of a natural logarithm


def mel_cepstral_distortion_db(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Kubichek, "Mel-cepstral distance measure", PACRIM 1993, without c_0.

    Args:
        first, second: (n_frames, order + 1) mel-cepstra with c_0, aligned.

    Returns:
        (n_frames,) dB: root mean square of the log spectral difference on the mel axis.
    """
    return _DB / np.sqrt(2.0) * np.linalg.norm(first[:, 1:] - second[:, 1:], axis=1)


def log_spectral_distance_db(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Root mean square over bins of two natural-log magnitudes (n_frames, n_bins): (n_frames,)."""
    return _DB * np.sqrt(np.mean(np.square(first - second), axis=1))


def pitch_errors(
    log_f0: np.ndarray, voiced: np.ndarray, true_log_f0: np.ndarray, true_voiced: np.ndarray
) -> dict[str, float]:
    """How melody and voicing differ, all arrays (n_frames,).

    Returns:
        ``f0_rmse_cents`` and ``f0_correlation`` where both are voiced (NaN without such frames),
        ``voicing_error``, the share of frames that are voiced in one only.
    """
    both = voiced & true_voiced
    difference = log_f0[both] - true_log_f0[both]
    return {
        "f0_rmse_cents": float(CENTS * np.sqrt(np.mean(difference**2))) if both.any() else np.nan,
        "f0_correlation": pearson(log_f0[both], true_log_f0[both]) if both.sum() > 1 else np.nan,
        "voicing_error": float(np.mean(voiced != true_voiced)),
    }
