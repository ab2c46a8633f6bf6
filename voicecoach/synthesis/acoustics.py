"""What the acoustic model writes: WORLD's parameters and the STFT magnitude, and back to sound."""

from dataclasses import dataclass

import numpy as np

from voicecoach.audio import world
from voicecoach.audio.spec import AudioSpec

FLOOR = 1e-5
"""Least STFT magnitude: 100 dB below a full-scale tone's."""


@dataclass(frozen=True, eq=False)
class Vocoded:
    """WORLD's parameters of a voice, few numbers per frame of ``AudioSpec.frame_shift_ms``.

    Attributes:
        mcep: (n_frames, order + 1) mel-cepstrum; c_0 is the loudness.
        log_f0: (n_frames,) log Hz, drawn through unvoiced frames by straight lines.
        voiced: (n_frames,) bool.
        aperiodicity_db: (n_frames, n_bands) dB, 0 is all noise.
    """

    mcep: np.ndarray
    log_f0: np.ndarray
    voiced: np.ndarray
    aperiodicity_db: np.ndarray

    def stack(self) -> np.ndarray:
        """(n_frames, order + 1 + 2 + n_bands): mcep, log F0, voiced, aperiodicity."""
        columns = (self.mcep, self.log_f0[:, None], self.voiced[:, None], self.aperiodicity_db)
        return np.concatenate(columns, axis=1)

    @classmethod
    def unstack(cls, rows: np.ndarray, order: int) -> "Vocoded":
        """Undoes ``stack``; what is voiced above one half counts as voiced."""
        n = order + 1
        return cls(rows[:, :n], rows[:, n], rows[:, n + 1] > 0.5, rows[:, n + 2 :])


def analyse(waveform: np.ndarray, audio: AudioSpec, order: int, fast: bool = False) -> Vocoded:
    """Takes a voice apart.

    Args:
        waveform: (n_samples,) float in [-1, 1].
        audio: sample rate and hop.
        order: highest coefficient of the mel-cepstrum.
        fast: see ``world.analyse``.

    Returns:
        n_samples // hop_length + 1 frames; frame i is centred on sample i * hop_length.

    Raises:
        InputError: the waveform cannot be analysed.
    """
    found = world.analyse(waveform, audio.sample_rate, audio.frame_shift_ms, fast)
    return from_world(found, audio, order)


def from_world(found: world.WorldFeatures, audio: AudioSpec, order: int) -> Vocoded:
    """What ``analyse`` gives, of features analysed before."""
    return Vocoded(
        world.to_mcep(found.spectral_envelope, order, audio.mcep_alpha),
        _fill(found.f0, found.voiced),
        found.voiced,
        world.to_band_aperiodicity(found.aperiodicity, audio.sample_rate),
    )


def synthesise(vocoded: Vocoded, audio: AudioSpec, n_samples: int) -> np.ndarray:
    """Speaks: (n_samples,) float32, not limited to [-1, 1]."""
    n_fft = world.fft_length(audio.sample_rate)
    aperiodicity = world.from_band_aperiodicity(vocoded.aperiodicity_db, audio.sample_rate, n_fft)
    aperiodicity[~vocoded.voiced] = 1.0
    return world.synthesise(
        world.WorldFeatures(
            f0=np.where(vocoded.voiced, np.exp(vocoded.log_f0), 0.0),
            spectral_envelope=world.from_mcep(vocoded.mcep, n_fft, audio.mcep_alpha),
            aperiodicity=aperiodicity,
            sample_rate=audio.sample_rate,
            frame_shift_ms=audio.frame_shift_ms,
            n_samples=n_samples,
        )
    )


def log_magnitude(waveform: np.ndarray, audio: AudioSpec) -> np.ndarray:
    """Natural log of the STFT magnitude, at least log ``FLOOR``: (n_frames, n_bins) float32."""
    import torch

    from voicecoach.audio.stft import magnitude

    found = magnitude(torch.from_numpy(np.asarray(waveform, dtype=np.float32)), audio)
    return found.clamp_min(FLOOR).log().numpy()


def from_log_magnitude(log_magnitude: np.ndarray, audio: AudioSpec, seed: int = 0) -> np.ndarray:
    """Speaks by Griffin-Lim: (n_frames * hop_length,) float32, of logs (n_frames, n_bins)."""
    import torch

    from voicecoach.audio.stft import griffin_lim

    # That many samples have one more centred frame.
    held = np.concatenate([log_magnitude, log_magnitude[-1:]]).astype(np.float32)
    n_samples = len(log_magnitude) * audio.hop_length
    return griffin_lim(torch.from_numpy(held).exp(), audio, n_samples, seed=seed).numpy()


def _fill(f0: np.ndarray, voiced: np.ndarray) -> np.ndarray:
    """log F0 through all frames; a recording without voice has 100 Hz, which nobody hears."""
    known = np.flatnonzero(voiced)
    if not len(known):
        return np.full(len(f0), np.log(100.0))
    return np.interp(np.arange(len(f0)), known, np.log(f0[known]))
