"""Arrows over a photograph."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from voicecoach.data.atomic import replacing
from voicecoach.errors import InputError
from voicecoach.image.landmarks import OUTLINES, eye_distance

SIDE = 960
"""Side of the picture that is written, in pixels."""
_FINER = 3  # drawn so many times larger, for smooth lines
_ROOM = 1.35  # side of what is shown, in heights of the face
_SHORTEST = 0.006  # eye distances; shorter arrows are dots
_FACE, _ARROW, _EDGE = "#7fd4ff", "#ffb000", "#201000"


def draw_arrows(
    picture: Image.Image, before: np.ndarray, after: np.ndarray, path: str | Path
) -> None:
    """Writes the face enlarged, its landmarks joined, an arrow at each that should move.

    Args:
        picture: RGB.
        before, after: (68, 2) in pixels of the picture.
        path: PNG, JPEG or WebP by its suffix.

    Raises:
        InputError: the suffix is another, or the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp"):
        raise InputError(f"{path} is no picture format to write: end the name in .png.")
    corner, side = _square(before)
    scale = SIDE * _FINER / side
    canvas = picture.transform(
        (SIDE, SIDE),
        Image.Transform.EXTENT,
        (*corner, *(corner + side)),
        Image.Resampling.BICUBIC,
    ).resize((SIDE * _FINER, SIDE * _FINER), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(canvas)
    start, end = (before - corner) * scale, (after - corner) * scale
    for outline in OUTLINES.values():
        draw.line([tuple(start[i]) for i in outline], fill=_FACE, width=_FINER)
    pen = 2 * _FINER
    shortest = _SHORTEST * float(eye_distance(start))
    for tail, tip in zip(start, end, strict=True):
        if np.linalg.norm(tip - tail) < shortest:
            box = (*(tail - pen), *(tail + pen))
            draw.ellipse(box, fill=_ARROW, outline=_EDGE, width=_FINER // 2)
        else:
            _draw_arrow(draw, tail, tip, pen)
    small = canvas.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    with replacing(path) as temporary:
        small.save(temporary, format=Image.registered_extensions()[path.suffix.lower()])


def _square(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Corner and side of the square around a face, more of it above than below."""
    low, high = points.min(0), points.max(0)
    side = float((high - low).max()) * _ROOM
    return (low + high) / 2 - np.array([0.5, 0.56]) * side, side


def _draw_arrow(draw: ImageDraw.ImageDraw, tail: np.ndarray, tip: np.ndarray, pen: int) -> None:
    length = float(np.linalg.norm(tip - tail))
    along = (tip - tail) / length
    across = np.array([-along[1], along[0]])
    head = min(5.0 * pen, 0.6 * length)
    neck = tip - head * along
    for width, colour in ((pen + 2 * _FINER, _EDGE), (pen, _ARROW)):
        wider = (width - pen) / 2
        draw.line([tuple(tail), tuple(neck)], fill=colour, width=width)
        base = neck - wider * along
        half = head * 0.45 + wider
        corners = (tip + 1.5 * wider * along, base + half * across, base - half * across)
        draw.polygon([tuple(c) for c in corners], fill=colour)
