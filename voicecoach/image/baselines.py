"""What deep feedback is compared with: rules without it, and edits without a direction."""

from collections.abc import Sequence

import numpy as np
import torch

from voicecoach.image.coach import FaceCoach
from voicecoach.image.landmarks import MOUTH, align, mirror
from voicecoach.image.picture import Patch

RIDGE = 1.0
"""Weight of the squared coefficients; shapes are in eye distances."""
_STILL = np.setdiff1d(np.arange(68), [*MOUTH, *range(3, 14)])  # all but the mouth and the chin


def input_gradient(coach: FaceCoach, patches: Sequence[Patch], target: str) -> np.ndarray:
    """Arrows (batch, 68, 2) in pixels after one small step along the gradient of the picture."""
    change = {"layer": "input", "steps": 1, "step_size": 0.5, "normalise": True}
    spec = coach.spec.model_copy(update={**change, "probability": 1.0})
    plain = FaceCoach(coach.network, coach.model, spec, None)
    return plain.coach_patches(patches, target).arrows


def random_edit(coach: FaceCoach, patches: Sequence[Patch], seed: int) -> np.ndarray:
    """Arrows (batch, 68, 2) in pixels of an edit of random direction at the coach's layer, within
    its subspace, where each component is drawn as wide as real features have it."""
    generator = torch.Generator().manual_seed(seed)

    def edit(features: torch.Tensor) -> torch.Tensor:
        noise = torch.randn(features.shape, generator=generator)
        if coach.subspace is not None:
            noise = coach.subspace.weigh(noise)
        lengths = noise.flatten(1).norm(dim=1).view(-1, *[1] * (noise.dim() - 1))
        return features + 0.1 * features.flatten(1).norm(dim=1).mean() * noise / lengths

    return coach.arrows_of_edit(patches, edit)


def smile_rules(
    shapes: np.ndarray, neutral: np.ndarray, smiling: np.ndarray, one_each: np.ndarray
) -> dict[str, np.ndarray]:
    """Arrows for neutral faces from the landmarks of other people.

    Args:
        shapes: (n, 68, 2) true landmarks of neutral faces.
        neutral, smiling: (n_people, 68, 2) both pictures of each of the other people.
        one_each: boolean (n_people,): whose smiling picture, and not the neutral one, a training
            with one picture each has.

    Returns:
        Rule -> arrows (n, 68, 2), all shapes being in units of their frames:
        "mean smile" and "ridge" learn from pairs (which deep feedback never sees); "mean smile, one
        picture each" and "ridge, one picture each" do not. The last predicts the smiling and the
        neutral shape from the landmarks that stay still.
    """
    real = align(smiling, neutral) - neutral
    both, gains = (np.concatenate([x, mirror(x)]) for x in (neutral, real))
    middle = neutral.mean(0, keepdims=True)
    smiles = align(smiling[one_each], middle)
    rests = align(neutral[~one_each], middle)
    smiles, rests, faces = (
        np.concatenate([x, mirror(x)]) if x is not shapes else align(x, middle)
        for x in (smiles, rests, shapes)
    )
    everywhere = np.ones((len(shapes), 1, 1))
    still, still_smile, still_rest = (x[:, _STILL] for x in (faces, smiles, rests))
    return {
        "mean smile": everywhere * real.mean(0),
        "mean smile, one picture each": everywhere * (smiles.mean(0) - rests.mean(0)),
        "ridge": _ridge(both, gains, shapes),
        "ridge, one picture each": _ridge(still_smile, smiles, still)
        - _ridge(still_rest, rests, still),
    }


def _ridge(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Ridge regression of ``y`` on ``x``, an unpunished mean aside, at new points."""
    flat_x, flat_y = x.reshape(len(x), -1), y.reshape(len(y), -1)
    middle = flat_x.mean(0)
    centred = flat_x - middle
    square = centred.T @ centred + RIDGE * np.eye(centred.shape[1])
    slope = np.linalg.solve(square, centred.T @ (flat_y - flat_y.mean(0)))
    said = flat_y.mean(0) + (at.reshape(len(at), -1) - middle) @ slope
    return said.reshape(len(at), *y.shape[1:])
