"""The frequency axis in overlapping bands, and bands joined again without a seam."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from pydantic import Field, model_validator

from voicecoach.config import Spec


class BandsSpec(Spec):
    """Into how many bands rows are cut, and how many rows neighbours share."""

    n_bands: int = Field(gt=0)
    shared_rows: int = Field(ge=0)

    @model_validator(mode="after")
    def _consistent(self) -> "BandsSpec":
        if self.n_bands > 1 and not self.shared_rows:
            raise ValueError("bands without shared_rows leave seams: give some")
        return self


def cut(height: int, spec: BandsSpec) -> list[slice]:
    """Bands of about the same number of rows, from the first to the last.

    Raises:
        ValueError: a row would belong to three bands.
    """
    inner = height + (spec.n_bands - 1) * spec.shared_rows
    size = -(-inner // spec.n_bands)
    starts = np.round(np.linspace(0, height - size, spec.n_bands)).astype(int).tolist()
    if any(later - start < size / 2 for start, later in pairwise(starts)):
        raise ValueError(f"{spec.n_bands} bands with {spec.shared_rows} shared rows in {height}")
    return [slice(start, start + size) for start in starts]


def windows(bands: Sequence[slice], height: int) -> np.ndarray:
    """(n_bands, height): ramps over what neighbours share; each column sums to one.

    Half a cosine, so that the slope has no corner.
    """
    found = np.zeros((len(bands), height))
    for number, band in enumerate(bands):
        found[number, band] = 1.0
    for number, (lower, upper) in enumerate(pairwise(bands)):
        shared = slice(upper.start, lower.stop)
        n_shared = lower.stop - upper.start
        rise = np.sin(np.pi / 2 * (np.arange(n_shared) + 0.5) / n_shared) ** 2
        found[number, shared] = 1.0 - rise
        found[number + 1, shared] = rise
    return found


def join(parts: Sequence[np.ndarray], bands: Sequence[slice], height: int) -> np.ndarray:
    """Cross-fades features (n_frames, rows of the band) of each band to (n_frames, height)."""
    whole = np.zeros((len(parts[0]), height))
    for part, band, window in zip(parts, bands, windows(bands, height), strict=True):
        whole[:, band] += window[band] * part
    return whole
