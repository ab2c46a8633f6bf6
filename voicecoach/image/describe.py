"""Feedback on a face in plain values and in words."""

import numpy as np

from voicecoach.image.coach import FaceFeedback
from voicecoach.image.landmarks import MOUTH
from voicecoach.image.model import EXPRESSIONS

SHORT = 0.015
"""Mean length of the arrows at the mouth, in eye distances, below which there is little to do."""


def summarise(feedback: FaceFeedback, target: str) -> str:
    """Says in two or three lines how far the first face is from its target."""
    index = EXPRESSIONS.index(target)
    before, after = (
        p[0, index] for p in (feedback.probabilities_before, feedback.probabilities_after)
    )
    length = mouth_length(feedback)[0]
    lines = [
        f"This face is {target} with probability {before:.2f}; as the arrows show, {after:.2f}.",
        f"Mean arrow at the mouth: {length:.3f} of the distance between the eyes.",
    ]
    if length < SHORT:
        lines.append(f"It is {target} already: there is little to change.")
    return "\n".join(lines)


def mouth_length(feedback: FaceFeedback) -> np.ndarray:
    """(batch,) mean length of the arrows at the mouth in eye distances."""
    return np.linalg.norm(feedback.arrows_in_eye_distances[:, MOUTH], axis=-1).mean(1)


def describe(feedback: FaceFeedback, i: int) -> dict:
    """Row ``i`` as plain values; points in pixels of the picture."""
    return {
        "before": feedback.before[i].round(3).tolist(),
        "after": feedback.after[i].round(3).tolist(),
        "arrows": feedback.arrows[i].round(3).tolist(),
        "arrows_in_eye_distances": feedback.arrows_in_eye_distances[i].round(5).tolist(),
        "probabilities_before": _named(feedback.probabilities_before[i]),
        "probabilities_after": _named(feedback.probabilities_after[i]),
        "target_loss": {
            "before": round(float(feedback.loss_before[i]), 5),
            "after": round(float(feedback.loss_after[i]), 5),
        },
        "spread": round(float(feedback.spread[i]), 5),
    }


def _named(probabilities: list) -> dict[str, float]:
    return {name: round(float(p), 5) for name, p in zip(EXPRESSIONS, probabilities, strict=True)}
