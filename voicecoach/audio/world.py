"""The WORLD vocoder (Morise et al., 2016): F0, spectral envelope, aperiodicity, and back."""

from dataclasses import dataclass, replace

import numpy as np

from voicecoach.errors import InputError

F0_FLOOR_HZ, F0_CEILING_HZ = 71.0, 800.0  # down to a low man's voice, up to a child's
ALL_NOISE = 0.999  # aperiodicity where D4C hears no voice
_FASTEST_HZ, _SLOWEST_HZ = 96_000, 8_000


@dataclass(frozen=True, eq=False)
class WorldFeatures:
    """What WORLD says of a voice, every ``frame_shift_ms``; frame i is at i * frame_shift_ms.

    Attributes:
        f0: (n_frames,) Hz, 0.0 where unvoiced.
        spectral_envelope: (n_frames, n_bins) power, above 0.
        aperiodicity: (n_frames, n_bins) share of noise in the amplitude, 0 to 1.
        sample_rate: Hz.
        frame_shift_ms: milliseconds.
        n_samples: of the waveform that was analysed.
    """

    f0: np.ndarray
    spectral_envelope: np.ndarray
    aperiodicity: np.ndarray
    sample_rate: int
    frame_shift_ms: float
    n_samples: int

    @property
    def n_fft(self) -> int:
        """FFT length that belongs to the number of bins."""
        return 2 * (self.spectral_envelope.shape[1] - 1)

    @property
    def voiced(self) -> np.ndarray:
        """(n_frames,) bool: Harvest finds some F0 in many fricatives, D4C hears if it is voice."""
        return (self.f0 > 0) & (self.aperiodicity[:, 0] < ALL_NOISE)


def analyse(
    waveform: np.ndarray, sample_rate: int, frame_shift_ms: float = 5.0, fast: bool = False
) -> WorldFeatures:
    """Analyses with Harvest (F0), CheapTrick (envelope) and D4C (aperiodicity).

    Args:
        waveform: (n_samples,) float in [-1, 1].
        sample_rate: Hz, 8000 to 96000.
        frame_shift_ms: milliseconds between frames.
        fast: F0 by DIO and StoneMask, some 25 times faster than Harvest: for clean speech.

    Raises:
        InputError: no samples, NaN samples, or a sample rate outside the range.
        ValueError: the frame shift is not above 0.
    """
    import pyworld

    if not _SLOWEST_HZ <= sample_rate <= _FASTEST_HZ:
        raise InputError(
            f"Cannot analyse a voice at {sample_rate} Hz: resample to 16000 or 24000 Hz."
        )
    if not frame_shift_ms > 0:
        raise ValueError(f"frame_shift_ms {frame_shift_ms:g} is not above 0")
    samples = np.ascontiguousarray(waveform, dtype=np.float64)
    if samples.ndim != 1 or not len(samples) or not np.isfinite(samples).all():
        raise InputError("Cannot analyse a waveform without finite samples: record it again.")
    limits = {"f0_floor": F0_FLOOR_HZ, "f0_ceil": F0_CEILING_HZ, "frame_period": frame_shift_ms}
    if fast:
        f0, times = pyworld.dio(samples, sample_rate, **limits)
        f0 = pyworld.stonemask(samples, f0, times, sample_rate)
    else:
        f0, times = pyworld.harvest(samples, sample_rate, **limits)
    return WorldFeatures(
        f0=f0,
        spectral_envelope=pyworld.cheaptrick(samples, f0, times, sample_rate),
        aperiodicity=pyworld.d4c(samples, f0, times, sample_rate),
        sample_rate=sample_rate,
        frame_shift_ms=frame_shift_ms,
        n_samples=len(samples),
    )


def synthesise(features: WorldFeatures) -> np.ndarray:
    """Speaks the features: (n_samples,) float32, not limited to [-1, 1].

    Raises:
        ValueError: the three arrays do not have the same frames and bins.
    """
    import pyworld

    shape = features.spectral_envelope.shape
    if features.aperiodicity.shape != shape or features.f0.shape != shape[:1]:
        raise ValueError("f0, spectral_envelope and aperiodicity do not fit together")
    waveform = pyworld.synthesize(
        np.ascontiguousarray(features.f0, dtype=np.float64),
        np.ascontiguousarray(features.spectral_envelope, dtype=np.float64),
        np.ascontiguousarray(features.aperiodicity, dtype=np.float64),
        features.sample_rate,
        features.frame_shift_ms,
    )[: features.n_samples]
    return np.pad(waveform, (0, features.n_samples - len(waveform))).astype(np.float32)


def fft_length(sample_rate: int) -> int:
    """FFT length of the envelopes that ``analyse`` gives at a sample rate."""
    import pyworld

    return pyworld.get_cheaptrick_fft_size(sample_rate, F0_FLOOR_HZ)


def to_mcep(spectral_envelope: np.ndarray, order: int, alpha: float) -> np.ndarray:
    """Mel-cepstrum of an envelope: the cepstrum on the frequency axis warped by an all-pass.

    log |H(w)| = sum over m of c_m cos(m * warped(w)), with the phase of a first-order all-pass
    filter as the warping (Tokuda et al., 1994), here by resampling the log envelope.

    Args:
        spectral_envelope: (n_frames, n_bins) power, above 0.
        order: highest coefficient, 1 to n_bins - 1.
        alpha: all-pass constant, ``AudioSpec.mcep_alpha``.

    Returns:
        (n_frames, order + 1); c_0 is the mean log amplitude along the warped axis.
    """
    n_bins = spectral_envelope.shape[1]
    if not 1 <= order < n_bins:
        raise ValueError(f"order {order} of {n_bins} bins")
    log_amplitude = 0.5 * np.log(spectral_envelope)
    even = np.linspace(0.0, np.pi, n_bins)
    warped = _at(log_amplitude, _warp(even, -alpha))  # minus alpha is the way back
    cepstrum = np.fft.irfft(warped, axis=1)[:, : order + 1]
    cepstrum[:, 1 : n_bins - 1] *= 2.0  # the real cepstrum is symmetric: both halves in one
    return cepstrum


def from_mcep(mcep: np.ndarray, n_fft: int, alpha: float) -> np.ndarray:
    """The smooth envelope of a mel-cepstrum: (n_frames, n_fft // 2 + 1) power.

    Args:
        mcep: (n_frames, order + 1), of ``to_mcep``.
        n_fft: FFT length of the envelope wanted.
        alpha: as given to ``to_mcep``.
    """
    omega = _warp(np.linspace(0.0, np.pi, n_fft // 2 + 1), alpha)
    basis = np.cos(np.arange(mcep.shape[1])[:, None] * omega)
    return np.exp(2.0 * (mcep @ basis))


def with_mcep(features: WorldFeatures, mcep: np.ndarray, alpha: float) -> WorldFeatures:
    """The same voice with the envelope of a mel-cepstrum of as many frames."""
    return replace(features, spectral_envelope=from_mcep(mcep, features.n_fft, alpha))


def to_band_aperiodicity(aperiodicity: np.ndarray, sample_rate: int) -> np.ndarray:
    """The few numbers that D4C measured: (n_frames, n_bands) dB, 0 or below, every 3 kHz.

    Args:
        aperiodicity: (n_frames, n_bins), 0 to 1.
        sample_rate: Hz; 16000 has one band, 24000 three.
    """
    import pyworld

    return pyworld.code_aperiodicity(np.ascontiguousarray(aperiodicity, np.float64), sample_rate)


def from_band_aperiodicity(bands_db: np.ndarray, sample_rate: int, n_fft: int) -> np.ndarray:
    """The aperiodicity (n_frames, n_fft // 2 + 1) that ``to_band_aperiodicity`` was given."""
    import pyworld

    bands = np.ascontiguousarray(np.minimum(bands_db, 0.0), np.float64)
    return pyworld.decode_aperiodicity(bands, sample_rate, n_fft)


def _warp(omega: np.ndarray, alpha: float) -> np.ndarray:
    """Negative phase of the all-pass (z^-1 - alpha) / (1 - alpha z^-1): 0 to pi onto 0 to pi."""
    return omega + 2.0 * np.arctan2(alpha * np.sin(omega), 1.0 - alpha * np.cos(omega))


def _at(rows: np.ndarray, omega: np.ndarray) -> np.ndarray:
    """Values of (n_frames, n_bins) rows at frequencies between the bins, by straight lines."""
    position = np.clip(omega / np.pi, 0.0, 1.0) * (rows.shape[1] - 1)
    left = np.minimum(position.astype(int), rows.shape[1] - 2)
    share = position - left
    return rows[:, left] * (1.0 - share) + rows[:, left + 1] * share
