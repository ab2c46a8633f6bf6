"""Resonances of the vocal tract by linear prediction: Praat's formants without Praat, and quick."""

import math

import numpy as np

from voicecoach.errors import InputError

N_FORMANTS = 3
_POLES = 10  # five formants below the ceiling
_WINDOW_S = 0.050
_FRAME_S = 0.010
_PRE_EMPHASIS_HZ = 50.0
_SILENCE = 1e-12  # power
_EDGE_HZ = 50.0  # a resonance at either end of the band is none


def measure_formants(
    waveform: np.ndarray, sample_rate: int, times_s: np.ndarray, ceilings_hz: tuple[float, ...]
) -> np.ndarray:
    """The lowest three resonances at some times, as Praat's "To Formant (burg)" finds them.

    Five formants are sought below a ceiling: about 5000 Hz suits a man's vocal tract, 5500 Hz a
    woman's, and up to 8000 Hz a child's. Where that is not known, look below several.

    Args:
        waveform: (n_samples,) in [-1, 1].
        sample_rate: Hz.
        times_s: (n_times,); between two of Praat's frames, 10 ms apart, lies a straight line, and
            beyond the first and last all stays as it is.
        ceilings_hz: one or more, of whole numbers.

    Returns:
        (n_times, n_ceilings, 3) Hz, rising; NaN where fewer are found.

    Raises:
        InputError: no samples, or NaN samples.
    """
    waveform = np.asarray(waveform, dtype=np.float64)
    if waveform.ndim != 1 or not len(waveform) or not np.isfinite(waveform).all():
        raise InputError("Cannot measure formants without finite samples: record it again.")
    found = [_below(waveform, sample_rate, np.asarray(times_s), hz) for hz in ceilings_hz]
    return np.stack(found, axis=1)


def _below(
    waveform: np.ndarray, sample_rate: int, times_s: np.ndarray, ceiling_hz: float
) -> np.ndarray:
    """(n_times, 3) Hz below one ceiling."""
    rate = round(2 * ceiling_hz)
    samples = _resample(waveform, sample_rate, rate)
    samples[1:] -= np.exp(-2 * np.pi * _PRE_EMPHASIS_HZ / rate) * samples[:-1]
    first_s, n_frames = _frames(len(samples) * (1 / rate))
    places = np.clip((times_s - first_s) / _FRAME_S, 0, n_frames - 1)
    below = places.astype(int)
    wanted, index = np.unique([below, np.minimum(below + 1, n_frames - 1)], return_inverse=True)
    left, right = _resonances(samples, rate, first_s + wanted * _FRAME_S)[index.reshape(2, -1)]
    return left + (places - below)[:, None] * (right - left)


def _frames(duration_s: float) -> tuple[float, int]:
    """The middle of Praat's first window, and how many there are: in the middle of a sound."""
    n_frames = max(1, int((duration_s - _WINDOW_S) / _FRAME_S) + 1)
    return 0.5 * (duration_s - (n_frames - 1) * _FRAME_S), n_frames


def _resonances(samples: np.ndarray, rate: int, times_s: np.ndarray) -> np.ndarray:
    """(n_times, 3) Hz, each of the window around a time."""
    n_window = round(_WINDOW_S * rate)
    starts = np.round(times_s * rate).astype(int) - n_window // 2
    index = starts[:, None] + np.arange(n_window)
    inside = (index >= 0) & (index < len(samples))
    frames = np.where(inside, samples[index.clip(0, len(samples) - 1)], 0.0) * _gauss(n_window)
    roots = np.linalg.eigvals(_companion(_burg(frames)))
    # A pole and its mirror image are one resonance: keep the upper half plane.
    hz = np.where(roots.imag > 0, np.angle(roots), np.nan) * rate / (2 * np.pi)
    hz[(hz < _EDGE_HZ) | (hz > rate / 2 - _EDGE_HZ)] = np.nan
    hz[np.square(frames).mean(axis=1) < _SILENCE] = np.nan
    return np.sort(hz, axis=1)[:, :N_FORMANTS]  # NaN sorts to the end


def _resample(samples: np.ndarray, sample_rate: int, rate: int) -> np.ndarray:
    """Through the spectrum, as Praat does: it leaves nothing above and all below the ceiling. A
    filter with a slope bends the highest poles down, and they push the lower ones."""
    from scipy.fft import next_fast_len
    from scipy.signal import resample

    # Padded to a length that is a whole number of samples at either rate.
    whole = sample_rate // math.gcd(sample_rate, rate)
    n_padded = whole * next_fast_len(-(-len(samples) // whole) + 1)
    padded = np.pad(samples, (0, n_padded - len(samples)))
    n_new = round(len(samples) * rate / sample_rate)
    return resample(padded, n_padded * rate // sample_rate)[:n_new]


def _gauss(n: int) -> np.ndarray:
    """Praat's window: a bell that is nothing at its ends."""
    edge = np.exp(-12.0)
    place = (np.arange(n) - 0.5 * (n - 1)) / (n + 1)
    return (np.exp(-48.0 * place**2) - edge) / (1.0 - edge)


def _burg(frames: np.ndarray) -> np.ndarray:
    """Coefficients (n_frames, 11) of the predictor, the first one 1 (Burg, 1975)."""
    forward, backward = frames[:, 1:].copy(), frames[:, :-1].copy()
    coefficients = np.zeros((len(frames), _POLES + 1))
    coefficients[:, 0] = 1.0
    for order in range(1, _POLES + 1):
        power = np.einsum("ij,ij->i", forward, forward) + np.einsum("ij,ij->i", backward, backward)
        cross = np.einsum("ij,ij->i", forward, backward)
        reflection = (-2.0 * cross / np.maximum(power, 1e-12))[:, None]
        mirrored = coefficients[:, order::-1].copy()
        coefficients[:, : order + 1] += reflection * mirrored
        forward, backward = (
            forward[:, 1:] + reflection * backward[:, 1:],
            backward[:, :-1] + reflection * forward[:, :-1],
        )
    return coefficients


def _companion(coefficients: np.ndarray) -> np.ndarray:
    """(n_frames, 10, 10): matrices whose eigenvalues are the roots of the polynomials."""
    matrices = np.zeros((len(coefficients), _POLES, _POLES))
    matrices[:, 0] = -coefficients[:, 1:]
    matrices[:, np.arange(1, _POLES), np.arange(_POLES - 1)] = 1.0
    return matrices
