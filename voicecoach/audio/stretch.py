"""Slower or faster without another pitch (WSOLA: Verhelst and Roelands, ICASSP 1993)."""

import numpy as np

_HOP_MS = 15.0
_SEARCH_MS = 10.0  # a period of a low voice


def stretch(waveform: np.ndarray, sample_rate: int, rate: float) -> np.ndarray:
    """Changes the pace of a recording; pitch and sound stay.

    Overlapping pieces are laid out at another distance. Each is taken from where, within 10 ms, it
    continues best what was laid before it, so that no period of the voice is broken.

    Args:
        waveform: (n_samples,) float.
        sample_rate: Hz.
        rate: above 0; 0.5 takes twice as long, 1.0 changes nothing.

    Returns:
        (round(n_samples / rate),) float32.
    """
    waveform = np.asarray(waveform, dtype=np.float32)
    n_out = round(len(waveform) / rate)
    if rate == 1.0 or not n_out:
        return waveform[:n_out]
    hop, search = (round(ms * sample_rate / 1000) for ms in (_HOP_MS, _SEARCH_MS))
    # One piece of silence before the beginning, and enough for the last search behind the end.
    padded = np.pad(waveform, (hop + search, 3 * hop + 2 * search))
    window = np.hanning(2 * hop + 1)[:-1].astype(np.float32)  # two of them overlapped make one
    n_pieces = n_out // hop + 2
    result = np.zeros((n_pieces + 1) * hop, dtype=np.float32)
    expected = padded[search : search + 2 * hop]
    for piece in range(n_pieces):
        at = min(round(piece * hop * rate), len(padded) - 3 * hop - 2 * search)
        around = padded[at : at + 2 * hop + 2 * search]
        start = at + _best_match(around, expected)
        result[piece * hop : (piece + 2) * hop] += window * padded[start : start + 2 * hop]
        expected = padded[start + hop : start + 3 * hop]
    return result[hop : hop + n_out]


def _best_match(around: np.ndarray, expected: np.ndarray) -> int:
    """Where in ``around`` the stretch begins that is most like ``expected``."""
    from scipy.signal import correlate

    products = correlate(around, expected, mode="valid", method="fft")
    power = np.cumsum(np.concatenate(([0.0], np.square(around, dtype=np.float64))))
    power = power[len(expected) :] - power[: -len(expected)]
    middle = len(products) // 2
    likeness = products / np.sqrt(power + 1e-9)
    # In silence and in a steady tone the middle is as good as any other.
    return int(likeness.argmax()) if likeness.max() > likeness[middle] + 1e-6 else middle
