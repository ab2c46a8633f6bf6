"""One recording on the time of another: phone by phone, by straight lines."""

import numpy as np


def stretched(times_ms: np.ndarray, from_ms: np.ndarray, to_ms: np.ndarray) -> np.ndarray:
    """Times (n,) among phones ``from_ms`` (n_phones, 2) to times among ``to_ms``, by straight lines
    within phones and pauses."""
    return np.interp(times_ms, from_ms.ravel(), to_ms.ravel())


def sample(rows: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Rows (n_frames, n) at places between frames, by straight lines: (len(at), n)."""
    at = np.clip(at, 0, len(rows) - 1)
    left = np.minimum(at.astype(int), len(rows) - 2)
    share = (at - left)[:, None]
    return (1.0 - share) * rows[left] + share * rows[left + 1]


def weights(times_ms: np.ndarray, phones_ms: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(n,) the value of the phone that each time is in, 0 in none."""
    number = np.searchsorted(phones_ms[:, 0], times_ms, side="right") - 1
    inside = (number >= 0) & (times_ms < phones_ms[number.clip(0), 1])
    return np.where(inside, values[number.clip(0)], 0.0)
