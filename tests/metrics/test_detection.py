from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.metrics.detection import (
    average_precision,
    best_f1,
    from_flags,
    precision_recall,
    threshold_for_precision,
)

# Few distinct values, so that ties are common.
_DATA = st.lists(
    st.tuples(st.booleans(), st.integers(0, 8).map(lambda n: n / 4)), min_size=1, max_size=40
).map(lambda rows: (np.array([b for b, _ in rows]), np.array([s for _, s in rows])))


def all_cuts(bad: np.ndarray, score: np.ndarray) -> list[tuple[int, int]]:
    """True positives and number flagged of every way to cut, the slow way."""
    cuts = [(0, 0)]
    for value in np.unique(score):
        flagged = score <= value
        cuts.append((int((bad & flagged).sum()), int(flagged.sum())))
    return cuts


def test_precision_and_recall_by_hand() -> None:
    found = precision_recall([True, False, True, False], [0.1, 0.2, 1.5, 1.9], threshold=0.5)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert (found.n_flagged, found.n_bad, found.threshold) == (2, 2, 0.5)


def test_a_score_at_the_threshold_is_not_flagged() -> None:
    assert precision_recall([True, True], [0.4, 0.5], threshold=0.5).n_flagged == 1


def test_what_is_undefined_is_nan() -> None:
    nothing_flagged = from_flags([True, False], [False, False])
    assert np.isnan(nothing_flagged.precision)
    assert (nothing_flagged.recall, nothing_flagged.f1) == (0.0, 0.0)
    nothing_bad = from_flags([False, False], [True, False])
    assert (nothing_bad.precision, nothing_bad.f1) == (0.0, 0.0)
    assert np.isnan(nothing_bad.recall)
    assert np.isnan(from_flags([False], [False]).f1)
    assert np.isnan(average_precision([False, False], [1, 2]))


@given(_DATA)
def test_best_f1_is_the_best_of_all_cuts(data: tuple[np.ndarray, np.ndarray]) -> None:
    bad, score = data
    found = best_f1(bad, score)
    if bad.any():
        assert found.f1 == max(2 * tp / (n + bad.sum()) for tp, n in all_cuts(bad, score))
        assert found == precision_recall(bad, score, found.threshold)
    else:
        assert found.n_flagged == 0


@given(_DATA, st.sampled_from([0.3, 0.5, 0.65, 1.0]))
def test_threshold_for_precision_has_the_most_recall(
    data: tuple[np.ndarray, np.ndarray], precision: float
) -> None:
    bad, score = data
    found = threshold_for_precision(bad, score, precision)
    reached = [tp for tp, n in all_cuts(bad, score) if tp and tp >= precision * n]
    if reached:
        assert found.precision >= precision
        assert found.recall == max(reached) / bad.sum()
    else:
        assert found.n_flagged == 0
        assert np.isfinite(found.threshold)


@given(_DATA, st.randoms(use_true_random=False))
def test_average_precision_is_the_sum_of_steps(
    data: tuple[np.ndarray, np.ndarray], random: object
) -> None:
    bad, score = data
    if not bad.any():
        return
    cuts = all_cuts(bad, score)
    steps = [(b[0] - a[0]) * b[0] / b[1] for a, b in pairwise(cuts)]
    assert average_precision(bad, score) == pytest.approx(sum(steps) / bad.sum())
    order = list(range(len(bad)))
    random.shuffle(order)
    assert average_precision(bad[order], score[order]) == average_precision(bad, score)


def test_neighbouring_numbers_are_still_told_apart() -> None:
    score = np.array([1.0, np.nextafter(1.0, 2.0)])
    found = best_f1([True, False], score)
    assert (found.precision, found.recall) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("bad", "score", "message"),
    [
        ([True], [1.0, 2.0], "one length"),
        ([True], [float("nan")], "NaN"),
        ([], [], "no scores"),
    ],
)
def test_useless_input_is_refused(bad: list, score: list, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        best_f1(bad, score)
    with pytest.raises(ValueError, match="one length"):
        from_flags([True], [True, False])
