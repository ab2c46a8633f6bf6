"""Whether a confidence means what it says."""

import numpy as np
from numpy.typing import ArrayLike


def expected_calibration_error(
    confidence: ArrayLike, correct: ArrayLike, n_bins: int = 15
) -> float:
    """Mean distance between confidence and share of correct ones, over bins of equal width.

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.

    Args:
        confidence: (n,) from 0 to 1.
        correct: (n,) whether each was right.
        n_bins: number of bins between 0 and 1.

    Returns:
        From 0 (perfect) to 1; NaN without data.

    Raises:
        ValueError: the shapes differ, or a confidence is outside 0-1.
    """
    confidence = np.asarray(confidence, dtype=np.float64)
    correct = np.asarray(correct, dtype=bool)
    if confidence.ndim != 1 or confidence.shape != correct.shape:
        raise ValueError(f"{confidence.shape} confidences for {correct.shape} decisions")
    if not ((confidence >= 0.0) & (confidence <= 1.0)).all():
        raise ValueError("a confidence is outside 0-1")
    if not len(confidence):
        return float("nan")
    index = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    # |sum of confidence - sum of correct| per bin is already weighted by the bin's size.
    gap = np.bincount(index, weights=confidence - correct, minlength=n_bins)
    return float(np.abs(gap).sum() / len(confidence))
