"""The frame of a face: where its eyes are, and the crop that a network sees.

In the units of a frame the middle between the eyes is at (0, 0), the right eye at (0.5, 0) and y
points down the face, so that faces of all sizes and turns have their parts at similar places.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from voicecoach.image.landmarks import eye_centres

LEFT, TOP, WIDTH = -1.35, -0.65, 2.7
"""The square of a crop in eye distances: from the brows to below the chin."""


@dataclass(frozen=True)
class Frame:
    """Frames of a batch of faces.

    Attributes:
        middle: (batch, 2) middle between the eyes in pixels.
        eyes: (batch, 2) from the left to the right eye in pixels.
    """

    middle: np.ndarray
    eyes: np.ndarray

    @classmethod
    def of(cls, points: np.ndarray) -> "Frame":
        """The frames that landmarks (batch, 68, 2) in pixels have."""
        left, right = np.moveaxis(eye_centres(points), -2, 0)
        return cls((left + right) / 2, right - left)

    def to_pixels(self, points: np.ndarray) -> np.ndarray:
        """(batch, n, 2) in units of the frame -> pixels."""
        return self.turn(points) + self.middle[:, None]

    def turn(self, arrows: np.ndarray) -> np.ndarray:
        """(batch, n, 2) arrows in units of the frame -> in pixels."""
        return arrows @ self._axes()

    def to_units(self, points: np.ndarray) -> np.ndarray:
        """(batch, n, 2) in pixels -> units of the frame."""
        return (points - self.middle[:, None]) @ np.linalg.inv(self._axes())

    def jitter(self, shift: np.ndarray, scale: np.ndarray, angle: np.ndarray) -> "Frame":
        """Frames beside these.

        Args:
            shift: (batch, 2) in eye distances.
            scale: (batch,) factor of the eye distance.
            angle: (batch,) radians, clockwise in the picture.
        """
        x, y = self.eyes.T
        cos, sin = scale * np.cos(angle), scale * np.sin(angle)
        turned = np.stack([cos * x - sin * y, sin * x + cos * y], -1)
        return Frame(self.middle + self.turn(shift[:, None])[:, 0], turned)

    def _axes(self) -> np.ndarray:
        """(batch, 2, 2): the frame's x and y axis in pixels."""
        return np.stack([self.eyes, self.eyes[:, ::-1] * np.array([-1.0, 1.0])], 1)


def crop(patches: Tensor, frame: Frame, size: int, mirrored: np.ndarray | None = None) -> Tensor:
    """Cuts the square of each face out of its patch, bilinear; edges are continued.

    Args:
        patches: (batch, 1, height, width).
        frame: in pixels of the patches.
        size: side of the crops in pixels.
        mirrored: boolean (batch,): which crops are mirrored.

    Returns:
        (batch, 1, size, size), each with mean 0 and standard deviation 1.
    """
    along = (np.arange(size) + 0.5) / size * WIDTH
    x, y = np.meshgrid(LEFT + along, TOP + along)
    units = np.stack([x, y], -1).reshape(1, -1, 2).repeat(len(frame.middle), 0)
    if mirrored is not None:
        units[mirrored] *= np.array([-1.0, 1.0])
    height, width = patches.shape[-2:]
    places = 2 * frame.to_pixels(units) / np.array([width, height]) - 1
    grid = torch.from_numpy(places).float().view(-1, size, size, 2)
    crops = F.grid_sample(patches, grid, padding_mode="border", align_corners=False)
    middle = crops.mean((1, 2, 3), keepdim=True)
    return (crops - middle) / crops.std((1, 2, 3), keepdim=True).clamp(min=1e-3)
