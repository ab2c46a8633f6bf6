import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from voicecoach.metrics.correlation import pearson, spearman

_PAIRS = st.lists(
    st.tuples(st.integers(-1000, 1000), st.integers(-1000, 1000)), min_size=2, max_size=30
).map(lambda pairs: np.array(pairs, dtype=float).T)


@given(_PAIRS)
def test_pearson_is_numpys_where_it_is_defined(pairs: np.ndarray) -> None:
    x, y = pairs
    assume(np.ptp(x) > 0 and np.ptp(y) > 0)
    assert pearson(x, y) == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-9)


@given(_PAIRS, st.sampled_from([1e-150, 0.5, 7.0, 1e150]), st.integers(-5, 5))
def test_scale_and_offset_change_only_the_sign(
    pairs: np.ndarray, factor: float, offset: int
) -> None:
    x, y = pairs
    assume(np.ptp(x) > 0 and np.ptp(y) > 0)
    assert pearson(y, x) == pearson(x, y)
    assert pearson((x + offset) * factor, y) == pytest.approx(pearson(x, y), abs=1e-9)
    assert pearson(-x, y) == pytest.approx(-pearson(x, y), abs=1e-9)


@given(_PAIRS)
def test_spearman_sees_only_the_order(pairs: np.ndarray) -> None:
    x, y = pairs
    assume(np.ptp(x) > 0 and np.ptp(y) > 0)
    assert spearman(x**3, y) == pytest.approx(spearman(x, y))
    assert spearman(x, x**3) == pytest.approx(1.0)


def test_spearman_with_ties() -> None:
    # Ranks 1, 2.5, 2.5, 4 against 1, 3, 2, 4.
    assert spearman([1, 2, 2, 3], [10, 30, 20, 40]) == pytest.approx(4.5 / np.sqrt(4.5 * 5))


@pytest.mark.parametrize(
    ("x", "y"), [([], []), ([1.0], [2.0]), ([1, 1, 1], [1, 2, 3]), ([1, 2, 3], [0.1, 0.1, 0.1])]
)
def test_undefined_is_nan(x: list[float], y: list[float]) -> None:
    assert np.isnan(pearson(x, y))
    assert np.isnan(spearman(x, y))


def test_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        pearson([1, 2], [1, 2, 3])
