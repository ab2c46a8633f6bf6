"""Mel-frequency cepstral coefficients."""

import math

import torch
from torch import Tensor

from voicecoach.audio.mel import FLOOR, mel_filters
from voicecoach.audio.spec import AudioSpec
from voicecoach.audio.stft import stft


def mfcc(waveform: Tensor, spec: AudioSpec, n_coefficients: int = 13) -> Tensor:
    """Orthonormal DCT-II of log-mel power in decibels (Davis and Mermelstein, 1980).

    The same numbers as ``librosa.feature.mfcc``; no lifter, no deltas.

    Args:
        waveform: (n_samples,) or (batch, n_samples), float, in [-1, 1].
        spec: says the frames and bands.
        n_coefficients: 1 to n_mels; the first one is proportional to the mean log energy.

    Returns:
        (..., n_frames, n_coefficients) with n_frames = n_samples // hop_length + 1.

    Raises:
        InputError: the waveform is too short (n_fft // 2 samples or fewer).
        ValueError: more coefficients than bands, or none.
    """
    if not 1 <= n_coefficients <= spec.n_mels:
        raise ValueError(f"{n_coefficients} coefficients of {spec.n_mels} bands")
    spectrum = stft(waveform, spec)
    power = spectrum.real.square() + spectrum.imag.square()
    filters = mel_filters(spec).to(power)
    decibels = 10.0 * (power @ filters).clamp(min=FLOOR).log10()
    loudest = decibels.amax(dim=(-2, -1), keepdim=True)
    return torch.maximum(decibels, loudest - 80.0) @ _dct(spec.n_mels, n_coefficients).to(power)


def _dct(n_mels: int, n_coefficients: int) -> Tensor:
    """(n_mels, n_coefficients) with orthonormal columns."""
    band = torch.arange(n_mels, dtype=torch.float64)[:, None] + 0.5
    order = torch.arange(n_coefficients, dtype=torch.float64)
    basis = torch.cos(math.pi / n_mels * band * order) * math.sqrt(2.0 / n_mels)
    basis[:, 0] /= math.sqrt(2.0)
    return basis
