import numpy as np
import pytest

from voicecoach.metrics.fusion import best_weight, fused, with_weight
from voicecoach.metrics.levels import phone_level


def with_other(records, make):
    """Adds to each phone the probability that another was said, from its true score."""
    for record in records:
        for word, truth in zip(record["words"], record["reference"]["words"], strict=True):
            word["other-probability"] = [make(score) for score in truth["phones-accuracy"]]
    return records


def test_a_probability_lowers_the_score_in_proportion():
    scores = fused(np.array([2.0, 1.0, 1.0]), np.array([0.5, 0.0, 1.0]), 0.4)
    np.testing.assert_allclose(scores, [1.6, 1.0, 0.6])


def test_what_hears_errors_gets_weight_and_what_hears_nothing_gets_none(records):
    heard = with_other(records, lambda score: 1.0 if score < 0.5 else 0.0)
    weight, curve = best_weight(heard)
    assert weight > 0.3
    assert curve[f"{weight:g}"] > curve["0"] + 0.01
    wrong = with_other(records, lambda score: 0.0 if score < 0.5 else 1.0)
    assert best_weight(wrong)[0] == 0
    assert best_weight(with_other(records, lambda score: 0.0))[0] == 0


def test_records_with_a_weight_leave_the_old_ones_alone(records):
    heard = with_other(records, lambda score: 0.5)
    before = phone_level(heard)[0].predicted["accuracy"].copy()
    lowered = phone_level(with_weight(heard, 1.0))[0].predicted["accuracy"]
    assert lowered == pytest.approx(before / 2)
    assert phone_level(heard)[0].predicted["accuracy"] == pytest.approx(before)
