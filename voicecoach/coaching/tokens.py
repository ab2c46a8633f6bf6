"""What the coach's network is given of each phone: ten moments of it, and the voice around it."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from voicecoach.audio.formants import N_FORMANTS, measure_formants
from voicecoach.coaching.parts import N_MOMENTS
from voicecoach.text.phones import PHONES, SONORANTS

CEILINGS_HZ = (4800.0, 5700.0, 6400.0)
"""The network is shown formants below each, and weighs them for the voice at hand."""
N_MEASURED = len(CEILINGS_HZ) * N_FORMANTS
N_EXPLICIT = N_MEASURED + 1
"""Values that are parts already, and last in the inputs: formants, and the duration."""
INNER = slice(2, 2 + N_MOMENTS)
"""The moments within the phone; two lie before it and two after."""
MIDDLE = slice(3, 7)
"""Those of its middle, of which formants are given."""
_BEFORE, _AFTER = (8, 3), (2, 7)  # frames from its edges
_LOWEST_HZ = 50.0

_IS_SONORANT = torch.tensor([phone in SONORANTS for phone in PHONES])


@dataclass
class Tokens:
    """Phones as the network is given them: ``inputs`` (n, 10, width), ``context`` (n, 2 * width)
    of their recording, ``phones`` (n,) indices."""

    inputs: Tensor
    context: Tensor
    phones: Tensor


def moments_of(segments: np.ndarray, n_frames: int) -> np.ndarray:
    """Frames (n_phones, 10), between whole numbers: six within each phone and two on either side.

    Args:
        segments: (n_phones, 2) start and end in frames.
        n_frames: of the recording.
    """
    start, end = segments[:, :1], segments[:, 1:]
    inner = start + (end - start) * (np.arange(N_MOMENTS) + 0.5) / N_MOMENTS - 0.5
    moments = np.concatenate([start - _BEFORE, inner, end + _AFTER], axis=1)
    return np.clip(moments, 0, n_frames - 1.001)


def measure(
    waveform: np.ndarray, sample_rate: int, moments: np.ndarray, frame_shift_ms: float
) -> np.ndarray:
    """Formants (n_phones, 10, 9) at the moments: log Hz below each ceiling, as low as can be where
    there is none."""
    times_s = moments.ravel() * frame_shift_ms / 1000
    hz = measure_formants(waveform, sample_rate, times_s, CEILINGS_HZ)
    log_hz = np.log(np.nan_to_num(hz, nan=_LOWEST_HZ))
    return log_hz.reshape(*moments.shape, N_MEASURED).astype(np.float32)


def assemble(
    heard: Tensor,
    log_mel: Tensor,
    measured: np.ndarray,
    moments: np.ndarray,
    segments: np.ndarray,
    phones: np.ndarray,
    frame_shift_ms: float,
) -> Tokens:
    """All phones of one recording.

    Args:
        heard: (n_steps, trunk_width) of the scorer's trunk, one step per two frames.
        log_mel: (n_frames, n_mels).
        measured: (n_phones, 10, 9) of ``measure``.
        moments: (n_phones, 10) of ``moments_of``.
        segments: (n_phones, 2) in frames.
        phones: (n_phones,) indices.
        frame_shift_ms: milliseconds.
    """
    at = torch.from_numpy(moments)
    duration_ms = torch.from_numpy(np.maximum(segments[:, 1] - segments[:, 0], 1) * frame_shift_ms)
    log_duration = duration_ms.log().float()[:, None, None].expand(-1, at.shape[1], 1)
    inputs = torch.cat(
        [
            _between(heard, (at / 2).clamp(max=len(heard) - 1.001)),
            _between(log_mel, at),
            torch.from_numpy(measured),
            log_duration,
        ],
        -1,
    )
    index = torch.from_numpy(np.asarray(phones))
    return Tokens(inputs, _context(inputs, index).expand(len(inputs), -1), index)


def _between(rows: Tensor, at: Tensor) -> Tensor:
    """(n, width) -> (..., width): rows at places between whole numbers."""
    below = at.long()
    share = (at - below).float()[..., None]
    above = (below + 1).clamp(max=len(rows) - 1)
    return rows[below].float() * (1 - share) + rows[above].float() * share


def _context(inputs: Tensor, phones: Tensor) -> Tensor:
    """(2 * width,): means over all phones, and over those whose formants tell the voice."""
    middles = inputs[:, 4:6].mean(1)
    sonorant = _IS_SONORANT[phones]
    voice = middles[sonorant].mean(0) if sonorant.any() else middles.new_zeros(middles.shape[1])
    return torch.cat([middles.mean(0), voice])
