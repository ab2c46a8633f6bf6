"""Short-time Fourier transform, its inverse, its magnitude, and sound from magnitudes alone."""

import numpy as np
import torch
from torch import Tensor

from voicecoach.audio import _torchaudio
from voicecoach.audio.spec import AudioSpec
from voicecoach.errors import InputError


def stft(waveform: Tensor, spec: AudioSpec) -> Tensor:
    """Complex spectrum of centred frames (periodic Hann window, ends reflected).

    Args:
        waveform: (n_samples,) or (batch, n_samples), float.
        spec: says the frames.

    Returns:
        (..., n_frames, n_bins) complex with n_frames = n_samples // hop_length + 1; frame i is
        centred on sample i * hop_length.

    Raises:
        InputError: the waveform is too short to be reflected (n_fft // 2 samples or fewer).
    """
    n_samples = waveform.shape[-1]
    if n_samples <= spec.n_fft // 2:
        raise InputError(
            f"The recording has only {n_samples} samples ({1000 * n_samples / spec.sample_rate:.1f}"
            " ms): too short to analyse, record the whole sentence."
        )
    return torch.stft(
        waveform,
        n_fft=spec.n_fft,
        hop_length=spec.hop_length,
        win_length=spec.win_length,
        window=_window(spec, waveform),
        center=True,
        pad_mode="reflect",
        return_complex=True,
    ).transpose(-1, -2)


def istft(spectrum: Tensor, spec: AudioSpec, n_samples: int) -> Tensor:
    """Waveform whose ``stft`` comes nearest to a spectrum (Griffin and Lim, 1984).

    Args:
        spectrum: (n_frames, n_bins) or (batch, n_frames, n_bins), complex.
        spec: as given to ``stft``.
        n_samples: how long the waveform was; where the last frame ends earlier, zeros follow.

    Returns:
        (..., n_samples).
    """
    return torch.istft(
        spectrum.transpose(-1, -2),
        n_fft=spec.n_fft,
        hop_length=spec.hop_length,
        win_length=spec.win_length,
        window=_window(spec, spectrum.real),
        center=True,
        length=n_samples,
    )


def shape(waveform: np.ndarray, gain: np.ndarray, spec: AudioSpec) -> np.ndarray:
    """Filters by a magnitude that changes over time, and moves nothing in time.

    Args:
        waveform: (n_samples,) float.
        gain: (n_frames, n_bins) of amplitude, in step with ``stft``.
        spec: says the frames.

    Returns:
        (n_samples,) float32, not limited to [-1, 1].

    Raises:
        InputError: as ``stft``.
    """
    spectrum = stft(torch.from_numpy(np.asarray(waveform, np.float32)), spec)
    shaped = spectrum * torch.from_numpy(np.asarray(gain, np.float32))
    return istft(shaped, spec, len(waveform)).numpy()


def magnitude(waveform: Tensor, spec: AudioSpec) -> Tensor:
    """|stft|: (..., n_frames, n_bins), 0 or above. Raises as ``stft`` does."""
    return stft(waveform, spec).abs()


def griffin_lim(
    magnitude: Tensor, spec: AudioSpec, n_samples: int, n_iter: int = 32, seed: int = 0
) -> Tensor:
    """Waveform whose ``magnitude`` comes near to a given one.

    The fast variant of Perraudin, Balazs and Sondergaard, "A fast Griffin-Lim algorithm", WASPAA
    2013, with momentum 0.99, as torchaudio has it.

    Args:
        magnitude: (n_samples // hop_length + 1, n_bins), 0 or above.
        spec: as given to ``stft``.
        n_samples: of the waveform.
        n_iter: steps.
        seed: of the phases to begin with; the same seed gives the same samples.

    Returns:
        (n_samples,).
    """
    functional = _torchaudio.load().functional
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return functional.griffinlim(
            magnitude.T,
            _window(spec, magnitude),
            n_fft=spec.n_fft,
            hop_length=spec.hop_length,
            win_length=spec.win_length,
            power=1.0,
            n_iter=n_iter,
            momentum=0.99,
            length=n_samples,
            rand_init=True,
        )


def _window(spec: AudioSpec, like: Tensor) -> Tensor:
    return torch.hann_window(spec.win_length, periodic=True, dtype=like.dtype, device=like.device)
