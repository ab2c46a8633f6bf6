"""Filters that move nothing in time."""

import numpy as np
from scipy import fft


def band_limit(
    waveform: np.ndarray, sample_rate: int, low_hz: float, high_hz: float, order: int = 4
) -> np.ndarray:
    """Keeps ``low_hz`` to ``high_hz`` (each 3 dB down), with no delay at any frequency.

    The magnitude is that of a Butterworth filter, the phase zero: a causal filter would delay the
    sounds by an amount that depends on their frequency, and phone times would no longer fit.

    Args:
        waveform: (n_samples,) float.
        sample_rate: Hz.
        low_hz: lower edge in Hz; 0 keeps everything below.
        high_hz: upper edge in Hz, above ``low_hz``; at or beyond half the sample rate it keeps
            everything above.
        order: steepness, 6 dB per octave each.

    Returns:
        (n_samples,), same dtype.

    Raises:
        ValueError: the edges are not 0 <= low_hz < high_hz.
    """
    if not 0 <= low_hz < high_hz:
        raise ValueError(f"a band from {low_hz:g} to {high_hz:g} Hz keeps nothing")
    n_samples = len(waveform)
    # 20 ms of zeros, lest the filtered end of the recording wraps round to its beginning.
    n_fft = fft.next_fast_len(n_samples + sample_rate // 50, real=True)
    frequency = fft.rfftfreq(n_fft, 1 / sample_rate)
    response = np.ones_like(frequency)
    if low_hz > 0:
        ratio = low_hz / np.maximum(frequency, 1.0)  # 0 Hz is cut in any case
        response /= np.sqrt(1 + ratio ** (2 * order))
    if high_hz < sample_rate / 2:
        response /= np.sqrt(1 + (frequency / high_hz) ** (2 * order))
    filtered = fft.irfft(fft.rfft(waveform, n_fft) * response, n_fft)[:n_samples]
    return filtered.astype(waveform.dtype, copy=False)


def convolve(waveform: np.ndarray, response: np.ndarray, skip: int = 0) -> np.ndarray:
    """Convolves and drops the first ``skip`` samples: (n_samples,), same length and dtype.

    Args:
        waveform: (n_samples,) float.
        response: (n_taps,) impulse response; the sample at ``skip`` stands for no delay.
        skip: samples, 0 to n_taps - 1.
    """
    n_fft = fft.next_fast_len(len(waveform) + len(response) - 1, real=True)
    product = fft.rfft(waveform, n_fft) * fft.rfft(response, n_fft)
    wet = fft.irfft(product, n_fft)[skip : skip + len(waveform)]
    return wet.astype(waveform.dtype, copy=False)
