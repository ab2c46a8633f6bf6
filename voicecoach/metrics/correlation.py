"""Correlation of what a model says with what experts say."""

import numpy as np
from numpy.typing import ArrayLike


def pearson(x: ArrayLike, y: ArrayLike) -> float:
    """Pearson's correlation coefficient.

    Args:
        x: (n,) numbers.
        y: (n,) numbers.

    Returns:
        From -1 to 1; NaN where it is undefined: fewer than two pairs, or one side constant.

    Raises:
        ValueError: the shapes differ.
    """
    x, y = _pair(x, y)
    if len(x) < 2 or np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        return float("nan")
    x = x - x.mean()
    y = y - y.mean()
    # Scaled first: squares of tiny or huge numbers leave the range of a float.
    x = x / np.abs(x).max()
    y = y / np.abs(y).max()
    return float(np.clip(x @ y / np.sqrt((x @ x) * (y @ y)), -1.0, 1.0))


def spearman(x: ArrayLike, y: ArrayLike) -> float:
    """Spearman's rank correlation; ties share their mean rank. As ``pearson`` otherwise."""
    x, y = _pair(x, y)
    return pearson(_ranks(x), _ranks(y))


def _pair(x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    x = np.asarray(x, dtype=np.float64)
    y = np.asarray(y, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"x and y must be lists of one length, not {x.shape} and {y.shape}")
    return x, y


def _ranks(values: np.ndarray) -> np.ndarray:
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2.0)[group]
