"""What the parts head says of a phone: formants, duration, and six moments of its sound."""

import numpy as np

N_MOMENTS = 6
BANDS = 40
_MEL_LOW_HZ, _MEL_HIGH_HZ = 60.0, 8000.0
SCALARS = ("log_f1", "log_f2", "log_f3", "log_duration")
"""Of the whole phone: formants (Hz) of its middle half, and milliseconds, natural logarithms."""
MOMENT = ("log_f1", "log_f2", "log_f3", "log_f0", "voicing", "level")
"""Of each moment, before the ``BANDS`` of the envelope in dB: logarithms of Hz, the share of voiced
frames, and dB against the loud sounds of the recording, as the envelope is."""
WIDTH = len(MOMENT) + BANDS
N_PARTS = len(SCALARS) + N_MOMENTS * WIDTH


def split(parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(..., N_PARTS) -> scalars (..., 4) and moments (..., 6, WIDTH)."""
    scalars, moments = np.split(parts, [len(SCALARS)], axis=-1)
    return scalars, moments.reshape(*parts.shape[:-1], N_MOMENTS, WIDTH)


def band_edges_hz() -> np.ndarray:
    """(BANDS + 2,) edges of the triangular bands, evenly apart in mel (O'Shaughnessy, 1987)."""
    low, high = (2595.0 * np.log10(1 + hz / 700.0) for hz in (_MEL_LOW_HZ, _MEL_HIGH_HZ))
    return 700.0 * (10.0 ** (np.linspace(low, high, BANDS + 2) / 2595.0) - 1)


def band_hz() -> np.ndarray:
    """(BANDS,) middles of the bands."""
    return band_edges_hz()[1:-1]


def band_filters(n_bins: int, nyquist_hz: float) -> np.ndarray:
    """(n_bins, BANDS) triangles whose weights add up to 1."""
    edges = band_edges_hz()
    bins = np.linspace(0, nyquist_hz, n_bins)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    filters = np.maximum(0.0, np.minimum(rising, falling))
    return filters / (filters.sum(0) + 1e-12)
