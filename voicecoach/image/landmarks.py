"""The 68 landmarks of a face: which is which, mirrors, and how two faces are laid over each other.

Order of the 300-W challenge (Sagonas et al., 2013), counted from 0: jaw 0-16, brows 17-26, nose
27-35, eyes 36-47, outer lips 48-59, inner lips 60-67. Points are (..., 68, 2), x to the right and
y down, in pixels whose first has its corner, not its centre, at 0.
"""

import numpy as np

N_LANDMARKS = 68
MOUTH = np.arange(48, 68)
LEFT_EYE, RIGHT_EYE = np.arange(36, 42), np.arange(42, 48)  # left and right in the picture
EYES = np.arange(36, 48)
BRIDGE = np.arange(27, 31)
STEADY = np.concatenate([BRIDGE, EYES])
"""What a smile moves least: the eyes and the bridge of the nose, by which faces are aligned."""
_EYES_MIRRORED = [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
_UP_TO_NOSE_MIRRORED = [*range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1)]
_LIPS_MIRRORED = [*range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), *range(67, 64, -1)]
MIRROR = np.array([*_UP_TO_NOSE_MIRRORED, *_EYES_MIRRORED, *_LIPS_MIRRORED])
"""Which landmark each becomes in a mirror."""
OUTLINES = {
    "jaw": [*range(17)],
    "left brow": [*range(17, 22)],
    "right brow": [*range(22, 27)],
    "bridge": [*range(27, 31)],
    "nostrils": [*range(31, 36)],
    "left eye": [*range(36, 42), 36],
    "right eye": [*range(42, 48), 42],
    "outer lips": [*range(48, 60), 48],
    "inner lips": [*range(60, 68), 60],
}
"""Landmarks in the order in which a pen would join them."""


def mirror(points: np.ndarray) -> np.ndarray:
    """Points, or arrows, of a mirrored face whose mirror is at x = 0."""
    return points[..., MIRROR, :] * np.array([-1.0, 1.0])


def eye_centres(points: np.ndarray) -> np.ndarray:
    """(..., 2, 2) middles of the left and the right eye."""
    return np.stack([points[..., LEFT_EYE, :].mean(-2), points[..., RIGHT_EYE, :].mean(-2)], -2)


def eye_distance(points: np.ndarray) -> np.ndarray:
    """(...) distance between the middles of the eyes."""
    left, right = np.moveaxis(eye_centres(points), -2, 0)
    return np.linalg.norm(right - left, axis=-1)


def align(points: np.ndarray, to: np.ndarray) -> np.ndarray:
    """Moves, turns and scales ``points`` so that their eyes and nose bridge lie best over those
    of ``to`` (least squares; Umeyama, 1991). Both (..., 68, 2)."""
    x, y = _complex(points), _complex(to)
    middle_x, middle_y = (z[..., STEADY].mean(-1, keepdims=True) for z in (x, y))
    steady_x, steady_y = x[..., STEADY] - middle_x, y[..., STEADY] - middle_y
    turn = (steady_x.conj() * steady_y).sum(-1, keepdims=True)
    turn = turn / (abs(steady_x) ** 2).sum(-1, keepdims=True)
    return _pairs((x - middle_x) * turn + middle_y)


def _complex(points: np.ndarray) -> np.ndarray:
    return points[..., 0] + 1j * points[..., 1]


def _pairs(numbers: np.ndarray) -> np.ndarray:
    return np.stack([numbers.real, numbers.imag], -1)
