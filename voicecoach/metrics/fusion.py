"""How much hearing another phone should lower the score of a phone.

The judges learn scores from experts, and what was said instead from sentences with exchanged
phones. The two are joined by one number: score * (1 - weight * probability of another phone).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from voicecoach.metrics.correlation import pearson
from voicecoach.metrics.levels import phone_level

WEIGHTS = tuple(step / 20 for step in range(21))


def fused(score: np.ndarray, other_probability: np.ndarray, weight: float) -> np.ndarray:
    """Phone scores (n,) 0-2 lowered by the probability (n,) 0-1 that another phone was said."""
    return score * (1.0 - weight * other_probability)


def with_weight(records: Sequence[Mapping], weight: float) -> list[dict]:
    """Records as if they had been scored with this weight; they must come from weight 0."""
    return [
        {
            **record,
            "words": [
                {
                    **word,
                    "phones-accuracy": fused(
                        np.array(word["phones-accuracy"], dtype=float),
                        np.array(word["other-probability"], dtype=float),
                        weight,
                    ).tolist(),
                }
                for word in record["words"]
            ],
        }
        for record in records
    ]


def best_weight(records: Sequence[Mapping]) -> tuple[float, dict[str, float]]:
    """The weight with the highest phone PCC, and the PCC of every weight tried.

    Args:
        records: of a cross-validation, scored with weight 0, with references.
    """
    phones, _, _ = phone_level(records)
    other = np.array([p for r in records for w in r["words"] for p in w["other-probability"]])
    score, expected = phones.predicted["accuracy"], phones.expected["accuracy"]
    curve = {weight: pearson(fused(score, other, weight), expected) for weight in WEIGHTS}
    best = max(WEIGHTS, key=lambda weight: (curve[weight], -weight))
    return best, {f"{weight:g}": value for weight, value in curve.items()}
