"""Pictures in: any format that Pillow reads, and one clear sentence for all else."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from voicecoach.errors import InputError

MAX_PIXELS = 50_000_000
"""Larger pictures are refused before they are decoded."""
MIN_SIDE = 48
PATCH = 128
"""Side of a patch in pixels."""
MARGIN = 1.4
"""Side of a patch in sides of the box that a detector draws around a face."""


@dataclass(frozen=True)
class Patch:
    """A face cut from its picture.

    Attributes:
        grey: (PATCH, PATCH) uint8.
        left, top: corner of the patch in pixels of the picture, perhaps outside of it.
        scale: pixels of the picture in one of the patch.
    """

    grey: np.ndarray
    left: float
    top: float
    scale: float

    def to_picture(self, points: np.ndarray) -> np.ndarray:
        """(..., 2) points of the patch in pixels of the picture."""
        return points * self.scale + np.array([self.left, self.top])

    def to_patch(self, points: np.ndarray) -> np.ndarray:
        """The other way."""
        return (points - np.array([self.left, self.top])) / self.scale


def read(path: str | Path) -> Image.Image:
    """Reads a picture as RGB, upright as its EXIF data say.

    Raises:
        InputError: it is missing, no picture, cut off, damaged, too small or too large.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"There is no picture {path}: check the path.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # ours is stricter
            with Image.open(path) as opened:
                _check_size(opened, path)
                return ImageOps.exif_transpose(_flatten(opened))
    except UnidentifiedImageError as error:
        raise InputError(f"{path} is no picture that can be read: give a JPEG or PNG.") from error
    except Image.DecompressionBombError as error:
        raise InputError(_too_large(path)) from error
    # Pillow's readers raise many kinds of errors on damaged files.
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError) as error:
        raise InputError(f"The picture {path} is damaged ({error}): save it again.") from error


def _check_size(picture: Image.Image, path: Path) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise InputError(_too_large(path))
    if min(width, height) < MIN_SIDE:
        raise InputError(
            f"{path} is only {width} x {height} pixels: give one with at least {MIN_SIDE} a side."
        )


def _too_large(path: Path) -> str:
    return f"{path} has more than {MAX_PIXELS // 10**6} million pixels: make it smaller."


def _flatten(picture: Image.Image) -> Image.Image:
    """RGB, what is transparent on white, with the EXIF orientation kept."""
    if picture.mode in ("I", "I;16", "F"):  # where convert() would clip
        values = np.asarray(picture, dtype=np.float64)
        span = max(float(np.ptp(values)), 1e-9)
        scaled = ((values - values.min()) / span * 255).astype(np.uint8)
        return Image.fromarray(scaled).convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    flat = Image.alpha_composite(white, clear).convert("RGB")
    flat.info = dict(picture.info)
    flat.getexif().update(picture.getexif())
    return flat


def cut(picture: Image.Image, box: tuple[float, float, float]) -> Patch:
    """Cuts the patch around a box (left, top, side) in pixels; past the edges they are
    continued."""
    left, top, side = box
    grow = (MARGIN - 1) / 2 * side
    left, top, side = left - grow, top - grow, side * MARGIN
    width, height = picture.size
    inside = (max(0, int(left)), max(0, int(top)))
    inside += (min(width, int(left + side) + 2), min(height, int(top + side) + 2))
    grey = np.asarray(picture.crop(inside).convert("L"))
    before = max(0, int(np.ceil(-top))), max(0, int(np.ceil(-left)))
    after = [
        max(0, int(np.ceil(end + side)) + 1 - length)
        for end, length in ((top, height), (left, width))
    ]
    padded = np.pad(grey, list(zip(before, after, strict=True)), mode="edge")
    x, y = left - inside[0] + before[1], top - inside[1] + before[0]
    small = Image.fromarray(padded).resize(
        (PATCH, PATCH), Image.Resampling.BOX, box=(x, y, x + side, y + side)
    )
    return Patch(np.asarray(small), left, top, side / PATCH)
