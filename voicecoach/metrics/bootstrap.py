"""Confidence intervals by drawing whole speakers again and again.

Recordings of one speaker resemble each other, so drawing recordings would give intervals that are
far too narrow. Efron & Tibshirani, "An Introduction to the Bootstrap", 1993 (percentile method).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

_LEAST_DEFINED = 0.5


@dataclass(frozen=True)
class Interval:
    """Mean, 2.5 % and 97.5 % point (for level 0.95) of a statistic over the draws."""

    mean: float
    low: float
    high: float


def bootstrap(
    sums: ArrayLike,
    statistic: Callable[[np.ndarray], np.ndarray],
    n_draws: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Interval:
    """Draws speakers with replacement and looks how a statistic of their sums varies.

    Args:
        sums: (n_speakers, n_sums): what each speaker adds to the sums.
        statistic: (n_draws, n_sums) to (n_draws,); NaN where it is undefined.
        n_draws: number of draws; 0 gives no interval.
        seed: the same seed gives the same interval.
        level: share of the draws inside the interval.

    Returns:
        The interval; NaN with fewer than two speakers, without draws, or where the statistic is
        undefined in more than half of the draws.
    """
    sums = np.asarray(sums, dtype=np.float64)
    n_speakers = len(sums)
    nowhere = Interval(float("nan"), float("nan"), float("nan"))
    if n_speakers < 2 or n_draws < 1:
        return nowhere
    generator = np.random.default_rng(seed)
    times_drawn = generator.multinomial(
        n_speakers, np.full(n_speakers, 1.0 / n_speakers), size=n_draws
    )
    values = np.asarray(statistic(times_drawn @ sums), dtype=np.float64)
    values = values[np.isfinite(values)]
    if len(values) < _LEAST_DEFINED * n_draws:
        return nowhere
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(values, [tail, 1.0 - tail])
    return Interval(float(values.mean()), float(low), float(high))


def group_sums(columns: ArrayLike, groups: ArrayLike) -> np.ndarray:
    """Adds up rows by group.

    Args:
        columns: (n, n_sums).
        groups: (n,) any labels.

    Returns:
        (n_groups, n_sums), groups in sorted order.
    """
    columns = np.asarray(columns, dtype=np.float64)
    _, index = np.unique(np.asarray(groups), return_inverse=True)
    return np.stack([np.bincount(index, weights=column) for column in columns.T], axis=1)


def pearson_interval(
    x: ArrayLike, y: ArrayLike, groups: ArrayLike, n_draws: int = 1000, seed: int = 0
) -> Interval:
    """Interval of Pearson's correlation of ``x`` and ``y``, (n,) each, over ``groups``, (n,)."""
    x = np.asarray(x, dtype=np.float64)
    y = np.asarray(y, dtype=np.float64)
    if not len(x):
        return Interval(float("nan"), float("nan"), float("nan"))
    x = x - x.mean()  # near zero, the sums of squares lose no digits
    y = y - y.mean()
    columns = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1)
    return bootstrap(group_sums(columns, groups), _pearson_of_sums, n_draws, seed)


def mean_interval(
    values: ArrayLike, groups: ArrayLike, n_draws: int = 1000, seed: int = 0
) -> Interval:
    """Interval of the mean of ``values``, (n,), over ``groups``, (n,)."""
    values = np.asarray(values, dtype=np.float64)
    if not len(values):
        return Interval(float("nan"), float("nan"), float("nan"))
    columns = np.stack([np.ones_like(values), values], axis=1)
    return bootstrap(group_sums(columns, groups), lambda s: _ratio(s[:, 1], s[:, 0]), n_draws, seed)


def detection_intervals(
    bad: ArrayLike, flagged: ArrayLike, groups: ArrayLike, n_draws: int = 1000, seed: int = 0
) -> dict[str, Interval]:
    """Intervals of ``precision``, ``recall`` and ``f1`` of decisions; all arguments are (n,)."""
    bad = np.asarray(bad, dtype=bool)
    flagged = np.asarray(flagged, dtype=bool)
    sums = group_sums(np.stack([bad & flagged, flagged, bad], axis=1), groups)
    statistics = {
        "precision": lambda s: _ratio(s[:, 0], s[:, 1]),
        "recall": lambda s: _ratio(s[:, 0], s[:, 2]),
        "f1": lambda s: _ratio(2.0 * s[:, 0], s[:, 1] + s[:, 2]),
    }
    return {name: bootstrap(sums, f, n_draws, seed) for name, f in statistics.items()}


def best_f1_interval(
    bad: ArrayLike,
    score: ArrayLike,
    groups: ArrayLike,
    n_draws: int = 1000,
    seed: int = 0,
    max_thresholds: int = 200,
) -> Interval:
    """Interval of the best F1 over thresholds, chosen anew in each draw.

    ``bad``, ``score`` (lower is worse) and ``groups`` are (n,). F1 has its maximum just above the
    score of a bad one, so thresholds are tried there, at most ``max_thresholds`` of them.
    """
    bad = np.asarray(bad, dtype=bool)
    score = np.asarray(score, dtype=np.float64)
    if not bad.any():
        return Interval(float("nan"), float("nan"), float("nan"))
    levels = np.unique(score[bad])
    if len(levels) > max_thresholds:
        levels = levels[np.linspace(0, len(levels) - 1, max_thresholds).round().astype(int)]
    flagged = score[:, None] <= levels
    columns = np.concatenate([flagged & bad[:, None], flagged, bad[:, None]], axis=1)
    n = len(levels)

    def best(sums: np.ndarray) -> np.ndarray:
        f1 = _ratio(2.0 * sums[:, :n], sums[:, n : 2 * n] + sums[:, 2 * n :])
        return np.where(sums[:, 2 * n] > 0, np.nan_to_num(f1).max(axis=1), np.nan)

    return bootstrap(group_sums(columns, groups), best, n_draws, seed)


def _pearson_of_sums(sums: np.ndarray) -> np.ndarray:
    n, x, y, xx, yy, xy = sums.T
    spread_x = xx - x * x / n
    spread_y = yy - y * y / n
    # What is left of a constant after rounding is no spread.
    defined = (spread_x > 1e-9 * xx) & (spread_y > 1e-9 * yy)
    product = np.where(defined, spread_x * spread_y, np.nan)
    return (xy - x * y / n) / np.sqrt(product)


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)
