import numpy as np
import pytest

from voicecoach.metrics.calibration import expected_calibration_error as ece


def test_by_hand() -> None:
    # Bin 0.5-1: mean confidence 0.8, half are right. Bin 0-0.5: 0.2, none is right.
    assert ece([0.7, 0.9, 0.2, 0.2], [True, False, False, False], n_bins=2) == pytest.approx(
        0.5 * 0.3 + 0.5 * 0.2
    )


def test_honest_confidence_has_no_error_and_boasting_has_all() -> None:
    honest = np.repeat([0.25, 0.75], 40)
    right = np.concatenate([np.arange(40) < 10, np.arange(40) < 30])
    assert ece(honest, right) == pytest.approx(0.0, abs=1e-12)
    assert ece(np.ones(5), np.zeros(5)) == 1.0
    assert np.isnan(ece([], []))


@pytest.mark.parametrize(
    ("confidence", "correct", "message"),
    [([1.2], [True], "outside 0-1"), ([float("nan")], [True], "outside"), ([0.5], [], "for")],
)
def test_useless_input_is_refused(confidence: list, correct: list, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ece(confidence, correct)
