"""Finding the bad ones: a score below a threshold says "bad".

Everywhere ``bad`` is (n,) truth and ``score`` (n,) where lower means worse; ``score < threshold``
is flagged. Precision without anything flagged and recall without anything bad are NaN; F1 is
2 tp / (flagged + bad), which is 0 when nothing is found and NaN when there is nothing to find and
nothing was flagged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Detection:
    """How well bad ones were found. ``threshold`` is NaN where decisions were given."""

    precision: float
    recall: float
    f1: float
    threshold: float
    n_flagged: int
    n_bad: int


def precision_recall(bad: ArrayLike, score: ArrayLike, threshold: float) -> Detection:
    """Precision, recall and F1 of flagging every score below ``threshold``.

    Raises:
        ValueError: the shapes differ or a score is NaN.
    """
    bad, score = _check(bad, score)
    return _detection(bad, score < threshold, threshold)


def from_flags(bad: ArrayLike, flagged: ArrayLike) -> Detection:
    """Precision, recall and F1 of decisions. Raises ``ValueError`` where the shapes differ."""
    bad = np.asarray(bad, dtype=bool)
    flagged = np.asarray(flagged, dtype=bool)
    if bad.ndim != 1 or bad.shape != flagged.shape:
        raise ValueError(f"bad {bad.shape} and flagged {flagged.shape} must be of one length")
    return _detection(bad, flagged, float("nan"))


def best_f1(bad: ArrayLike, score: ArrayLike) -> Detection:
    """The threshold with the highest F1, and of equal ones the lowest.

    Without anything bad, no threshold is good: nothing is flagged. Raises ``ValueError`` as
    ``precision_recall`` does, or without scores.
    """
    bad, score = _check(bad, score, need_some=True)
    thresholds, tp, flagged = curve(bad, score)
    f1 = 2.0 * tp / np.maximum(flagged + bad.sum(), 1)
    return precision_recall(bad, score, float(thresholds[np.argmax(f1)]))


def threshold_for_precision(bad: ArrayLike, score: ArrayLike, precision: float = 0.65) -> Detection:
    """The threshold with the most recall among those that reach ``precision`` (0-1).

    Where none does, the threshold flags nothing. Raises ``ValueError`` as ``best_f1`` does.
    """
    bad, score = _check(bad, score, need_some=True)
    thresholds, tp, flagged = curve(bad, score)
    reached = (tp >= precision * flagged) & (tp > 0)
    # Most recall, and of thresholds with the same recall the most precise, which is the lowest.
    best = int(np.argmax(np.where(reached, tp, 0)))
    return precision_recall(bad, score, float(thresholds[best]))


def average_precision(bad: ArrayLike, score: ArrayLike) -> float:
    """Area under the precision-recall curve, as a sum of steps (no interpolation).

    Equal scores are taken together, so the order of the input does not matter. NaN without
    anything bad. Raises ``ValueError`` as ``best_f1`` does.
    """
    bad, score = _check(bad, score, need_some=True)
    if not bad.any():
        return float("nan")
    _, tp, flagged = curve(bad, score)
    precision = tp[1:] / flagged[1:]
    return float(np.sum(np.diff(tp) * precision) / bad.sum())


def _check(
    bad: ArrayLike, score: ArrayLike, need_some: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    bad = np.asarray(bad, dtype=bool)
    score = np.asarray(score, dtype=np.float64)
    if bad.ndim != 1 or bad.shape != score.shape:
        raise ValueError(f"bad {bad.shape} and score {score.shape} must be of one length")
    if np.isnan(score).any():
        raise ValueError("a score is NaN")
    if need_some and not len(score):
        raise ValueError("there are no scores")
    return bad, score


def _detection(bad: np.ndarray, flagged: np.ndarray, threshold: float) -> Detection:
    n_bad, n_flagged = int(bad.sum()), int(flagged.sum())
    tp = int((bad & flagged).sum())
    return Detection(
        precision=tp / n_flagged if n_flagged else float("nan"),
        recall=tp / n_bad if n_bad else float("nan"),
        f1=2.0 * tp / (n_flagged + n_bad) if n_flagged + n_bad else float("nan"),
        threshold=float(threshold),
        n_flagged=n_flagged,
        n_bad=n_bad,
    )


def curve(bad: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every way to cut the scores in two.

    Returns:
        thresholds, true positives and number flagged, each (n_distinct + 1,); the first cut flags
        nothing, the last everything.
    """
    order = np.argsort(score, kind="stable")
    sorted_score, sorted_bad = score[order], bad[order]
    last = np.flatnonzero(np.append(sorted_score[1:] != sorted_score[:-1], True))
    flagged = last + 1
    values = sorted_score[last]
    # Half-way between two scores, so that a rounding error in new data changes no decision.
    middle = values[:-1] + (values[1:] - values[:-1]) / 2.0
    middle = np.where(middle > values[:-1], middle, values[1:])
    thresholds = np.concatenate([values[:1], middle, [np.nextafter(values[-1], np.inf)]])
    tp = np.cumsum(sorted_bad)[last]
    return thresholds, np.concatenate([[0], tp]), np.concatenate([[0], flagged])
