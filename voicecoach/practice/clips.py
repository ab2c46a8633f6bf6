"""Pieces of a recording to listen to: a word, a sound, two recordings in turn."""

from collections.abc import Sequence

import numpy as np

_MARGIN_MS = 30.0  # around a word: its edges are known to 25 ms
_FADE_MS = 10.0  # a cut inside a sound clicks
_SHORTEST_SOUND_MS = 240.0  # less is a click to the ear, whatever the sound
_BETWEEN_S = 0.4
_LOUDNESS = 0.1  # -20 dB, so that no recording is taken for the better one because it is louder
_PEAK = 0.95


def cut_word(waveform: np.ndarray, sample_rate: int, start_ms: float, end_ms: float) -> np.ndarray:
    """A word of a recording, with what little is needed to hear its edges.

    Args:
        waveform: (n_samples,) float.
        sample_rate: Hz.
        start_ms: where it begins.
        end_ms: where it ends.

    Returns:
        (n,) float32, faded in and out.
    """
    return _cut(waveform, sample_rate, start_ms - _MARGIN_MS, end_ms + _MARGIN_MS)


def cut_sound(waveform: np.ndarray, sample_rate: int, start_ms: float, end_ms: float) -> np.ndarray:
    """A single sound, with so much of its neighbours that the ear can tell it; as `cut_word`."""
    missing_ms = max(0.0, _SHORTEST_SOUND_MS - (end_ms - start_ms))
    return _cut(waveform, sample_rate, start_ms - missing_ms / 2, end_ms + missing_ms / 2)


def in_turn(waveforms: Sequence[np.ndarray], sample_rate: int) -> np.ndarray:
    """One after the other, equally loud, with a pause between.

    Args:
        waveforms: (n_samples,) float each.
        sample_rate: Hz, of all.

    Returns:
        (n,) float32 in [-1, 1].
    """
    pause = np.zeros(round(_BETWEEN_S * sample_rate), dtype=np.float32)
    parts = [part for waveform in waveforms for part in (equally_loud(waveform), pause)]
    return np.concatenate(parts[:-1]) if parts else pause[:0]


def equally_loud(waveform: np.ndarray) -> np.ndarray:
    """(n_samples,) float32, with its louder parts at -20 dB of full scale and without clipping."""
    waveform = np.asarray(waveform, dtype=np.float32)
    size = np.abs(waveform)
    sounding = size[size > 0.1 * size.max(initial=0.0)]
    if not len(sounding):
        return waveform
    gain = _LOUDNESS / float(np.sqrt(np.mean(np.square(sounding, dtype=np.float64))))
    gain = min(gain, _PEAK / float(size.max()))
    # In double precision: next to nothing has a huge gain.
    return (waveform.astype(np.float64) * gain).astype(np.float32)


def _cut(waveform: np.ndarray, sample_rate: int, start_ms: float, end_ms: float) -> np.ndarray:
    start, end = (max(0, round(ms * sample_rate / 1000)) for ms in (start_ms, end_ms))
    piece = np.array(waveform[start:end], dtype=np.float32)
    n_fade = min(round(_FADE_MS * sample_rate / 1000), len(piece) // 2)
    ramp = np.linspace(0, 1, n_fade, dtype=np.float32)
    piece[:n_fade] *= ramp
    piece[len(piece) - n_fade :] *= ramp[::-1]
    return piece
