"""Speech as converters see it: WORLD's parameters at 16 kHz, every 5 ms."""

import numpy as np

from voicecoach.audio import world
from voicecoach.audio.spec import AudioSpec
from voicecoach.errors import InputError
from voicecoach.synthesis import acoustics
from voicecoach.synthesis.acoustics import Vocoded

AUDIO = AudioSpec(
    sample_rate=16000, n_fft=512, win_length=400, hop_length=80, n_mels=80, fmin=0.0, fmax=8000.0
)
"""Learners are recorded at 16 kHz. A voiceprint is kept for years, so that this is no setting."""
ORDER = 31
"""Of the mel-cepstrum."""
SAMPLE_RATE = AUDIO.sample_rate
FRAMES_PER_S = AUDIO.sample_rate // AUDIO.hop_length

_SPEECH_DB = 30.0  # below the loud frames; quieter ones are pauses
_NEPERS = np.log(10.0) / 20.0  # in a decibel


def analyse(waveform: np.ndarray) -> Vocoded:
    """Takes speech apart: (n_samples,) float in [-1, 1] at ``SAMPLE_RATE``.

    The fast way: octave errors, which it makes more of, count little in a median.

    Raises:
        InputError: there are no finite samples.
    """
    return acoustics.analyse(waveform, AUDIO, ORDER, fast=True)


def resynthesise(waveform: np.ndarray) -> np.ndarray:
    """Takes a waveform (n_samples,) apart and puts it together again, with nothing changed."""
    return world.synthesise(world.analyse(waveform, SAMPLE_RATE, AUDIO.frame_shift_ms))


def is_speech(mcep: np.ndarray) -> np.ndarray:
    """(n_frames,) True where frames (n_frames, order + 1) are loud enough for speech."""
    loud = np.quantile(mcep[:, 0], 0.95)
    return mcep[:, 0] > loud - _SPEECH_DB * _NEPERS


def sounding_s(waveform: np.ndarray) -> float:
    """Seconds of a waveform (n_samples,) that are as loud as speech, without its pauses."""
    hop = SAMPLE_RATE // 50
    blocks = waveform[: len(waveform) // hop * hop].reshape(-1, hop).astype(np.float64)
    power = np.square(blocks - blocks.mean(axis=1, keepdims=True)).mean(axis=1)
    if not power.any():
        return 0.0
    noise, loud = np.quantile(power, [0.1, 0.95])
    return (
        float(np.mean(power > max(2 * noise, loud * 10 ** (-_SPEECH_DB / 10))))
        * len(waveform)
        / SAMPLE_RATE
    )


def check(waveform: np.ndarray) -> np.ndarray:
    """A waveform as float32. Raises ``InputError`` where it is no row of finite samples."""
    samples = np.asarray(waveform, dtype=np.float32)
    if samples.ndim != 1 or not len(samples) or not np.isfinite(samples).all():
        raise InputError("A waveform must be one row of finite samples: record it again.")
    return samples
