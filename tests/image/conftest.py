import numpy as np
import pytest
from PIL import Image, ImageDraw

# A face-like drawing: eyes, brows, nose and mouth of a canvas of 256.
POINTS = np.concatenate(
    [
        np.stack([128 - 80 * np.cos(t := np.linspace(0, np.pi, 17)), 100 + 120 * np.sin(t)], -1),
        np.stack([np.linspace(60, 105, 5), np.full(5, 72)], -1),
        np.stack([np.linspace(151, 196, 5), np.full(5, 72)], -1),
        np.stack([np.full(4, 128), np.linspace(92, 130, 4)], -1),
        np.stack([np.linspace(108, 148, 5), np.full(5, 146)], -1),
        *(
            np.stack([x + 16 * np.cos(t), 97 + 6 * np.sin(t)], -1)
            for x in (88, 168)
            for t in [np.pi + np.arange(6) * np.pi / 3]
        ),
        np.stack(
            [128 + 30 * np.cos(t := np.pi + np.arange(12) * np.pi / 6), 175 + 11 * np.sin(t)], -1
        ),
        np.stack(
            [128 + 24 * np.cos(t := np.pi + np.arange(8) * np.pi / 4), 175 + 4 * np.sin(t)], -1
        ),
    ]
)


@pytest.fixture
def points():
    """(68, 2) landmarks of the drawing, symmetric about x = 128."""
    return POINTS.copy()


def draw_face(points, size=256):
    picture = Image.new("RGB", (size, size), "#c8c8c8")
    draw = ImageDraw.Draw(picture)
    draw.polygon([tuple(p) for p in points[:17]], fill="#e0b090")
    draw.ellipse((48, 20, 208, 200), fill="#e0b090")
    for part in (range(36, 42), range(42, 48), range(48, 60)):
        draw.polygon([tuple(points[i]) for i in part], fill="#402020")
    return picture


@pytest.fixture
def picture(points):
    return draw_face(points)
