"""Log-mel bands as Whisper computes them."""

import functools

import torch
from torch import Tensor

from voicecoach.audio import _torchaudio
from voicecoach.audio.spec import AudioSpec
from voicecoach.audio.stft import stft

FLOOR = 1e-10  # power below which a band counts as silent
RANGE_DECADES = 8.0  # what lies further below the loudest point of the clip is levelled


def log_mel(waveform: Tensor, spec: AudioSpec) -> Tensor:
    """Log-mel bands, to the last step those that Whisper was trained on (Radford et al., 2022).

    Power of a centred STFT (periodic Hann window, ends reflected, last frame dropped), Slaney's
    mel filters, log10, levelled at 8 decades below the maximum of each clip, then (x + 4) / 4.

    Because the ends are reflected and the maximum is taken over the whole row, zeros that pad a
    row to the length of the longest are part of what is seen: the frames beside them differ from
    those of the recording alone. Compute each recording alone and pad the result.

    Args:
        waveform: (n_samples,) or (batch, n_samples), float, in [-1, 1], at ``spec.sample_rate``.
        spec: says the frames and bands.

    Returns:
        (n_frames, n_mels) or (batch, n_frames, n_mels) with n_frames = n_samples // hop_length,
        about [-1.5, 2]; same dtype and device as the waveform. Frame i is centred on sample
        i * hop_length.

    Raises:
        InputError: the waveform is too short to be reflected (n_fft // 2 samples or fewer).
    """
    spectrum = stft(waveform, spec)[..., : waveform.shape[-1] // spec.hop_length, :]
    power = spectrum.real.square() + spectrum.imag.square()
    filters = _filters(spec, waveform.dtype, waveform.device)
    bands = (power @ filters).clamp(min=FLOOR).log10()
    loudest = bands.amax(dim=(-2, -1), keepdim=True)
    return (torch.maximum(bands, loudest - RANGE_DECADES) + 4.0) / 4.0


def mel_filters(spec: AudioSpec) -> Tensor:
    """Slaney's triangular filters, each of unit area: (n_bins, n_mels), float32."""
    return _torchaudio.load().functional.melscale_fbanks(
        n_freqs=spec.n_bins,
        f_min=spec.fmin,
        f_max=spec.fmax,
        n_mels=spec.n_mels,
        sample_rate=spec.sample_rate,
        norm="slaney",
        mel_scale="slaney",
    )


@functools.lru_cache(maxsize=16)
def _filters(spec: AudioSpec, dtype: torch.dtype, device: torch.device) -> Tensor:
    # A tensor first made in inference mode could never take part in a later training step.
    with torch.inference_mode(False):
        return mel_filters(spec).to(dtype=dtype, device=device)
