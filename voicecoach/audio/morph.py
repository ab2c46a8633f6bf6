"""Changes some sounds of a recording in the speaker's own voice, and leaves all else untouched."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voicecoach.audio import io
from voicecoach.audio.edits import MARGIN_S, Edit, Stretch, place
from voicecoach.audio.resynthesis import find_pitch_range, respeak
from voicecoach.errors import InputError

__all__ = ["Edit", "Morphed", "morph"]

_SLOWEST_HZ, _FASTEST_HZ = 8_000, 48_000
_FADE_S = 0.005  # to either side of where a stretch begins and ends
_D4C_HZ = 16_000  # below it pyworld's D4C reads beyond its spectrum: other results each time
_PEAK = 0.99
_LIMITER_S = 0.005


@dataclass(frozen=True, eq=False)
class Morphed:
    """A recording with changes.

    Attributes:
        waveform: (n_samples,) float32 in [-1, 1].
        sample_rate: Hz.
        old_ms: (n,) times in the recording, rising.
        new_ms: (n,) where they have gone to; between them time runs evenly.
        resynthesised_ms: start and end, in new time, of each stretch that is no longer the
            recording itself, cross-fades included.
    """

    waveform: np.ndarray
    sample_rate: int
    old_ms: np.ndarray
    new_ms: np.ndarray
    resynthesised_ms: tuple[tuple[float, float], ...]

    def to_new_ms(self, ms: float | np.ndarray) -> float | np.ndarray:
        """Where times of the recording, in ms, have gone to."""
        moved = np.interp(ms, self.old_ms, self.new_ms)
        return moved if np.ndim(ms) else float(moved)


def morph(
    waveform: np.ndarray,
    sample_rate: int,
    edits: Sequence[Edit],
    *,
    band_hz: np.ndarray | None = None,
    exaggerate: float = 1.0,
) -> Morphed:
    """Changes stretches of a recording and fades them into the rest.

    Edits that touch or are less than 20 ms apart are spoken as one, and their changes go over into
    each other within 20 ms. All else is the samples of the recording, moved in time where
    something before them became longer or shorter; the cross-fades reach 5 ms into it.

    Args:
        waveform: (n_samples,) float in [-1, 1].
        sample_rate: Hz, 8000 to 48000.
        edits: in any order.
        band_hz: (n_bands,) centres of the bands of ``Edit.envelope_db``, rising. Between them run
            straight lines; below the first and above the last all changes as they do.
        exaggerate: 0 or more; multiplies decibels, cents and the logarithms of duration ratios.

    Raises:
        InputError: no samples, NaN samples, or a sample rate outside the range.
        ValueError: edits overlap, lie outside the recording or hold impossible values.
    """
    waveform = _check(waveform, sample_rate)
    band_hz = np.zeros(0) if band_hz is None else np.asarray(band_hz, dtype=np.float64)
    if band_hz.ndim != 1 or not np.isfinite(band_hz).all() or (np.diff(band_hz) <= 0).any():
        raise ValueError("band_hz must be one rising row")
    if not (np.isfinite(exaggerate) and exaggerate >= 0):
        raise ValueError(f"exaggerate {exaggerate:g} must be 0 or more")
    stretches = place(edits, len(waveform), sample_rate, len(band_hz), exaggerate)
    rate = max(sample_rate, _D4C_HZ)
    source = io.resample(waveform, sample_rate, rate)
    pitch_range = find_pitch_range(source, rate) if stretches else (0.0, 0.0)
    replaced = []
    for stretch in stretches:
        times_s, joints_s = stretch.times_s(sample_rate)
        times_s = np.clip(times_s, 0, len(waveform) / sample_rate)
        change = stretch.change(sample_rate, band_hz, exaggerate)
        spoken = _limit(respeak(source, rate, times_s, joints_s, change, pitch_range), rate)
        spoken = io.resample(spoken, rate, sample_rate)
        replaced.append((stretch, *_fade(waveform, sample_rate, stretch, spoken)))
    return _assemble(waveform, sample_rate, replaced)


def _assemble(
    waveform: np.ndarray,
    sample_rate: int,
    replaced: Sequence[tuple[Stretch, np.ndarray, int, int]],
) -> Morphed:
    """Puts the results of ``_fade`` in place of what they replace."""
    parts, spans, old, new = [], [], [np.zeros(1)], [np.zeros(1)]
    n_old = n_new = 0
    for stretch, piece, start, end in replaced:
        parts += [waveform[n_old:start], piece]
        n_new += start - n_old
        spans.append((n_new, n_new + len(piece)))
        old.append(stretch.old)
        new.append(stretch.new + n_new + stretch.old[0] - start)
        n_old, n_new = end, n_new + len(piece)
    result = np.concatenate([*parts, waveform[n_old:]])
    to_ms = 1000 / sample_rate
    return Morphed(
        waveform=result,
        sample_rate=sample_rate,
        old_ms=np.concatenate([*old, [len(waveform)]]) * to_ms,
        new_ms=np.concatenate([*new, [len(result)]]) * to_ms,
        resynthesised_ms=tuple((start * to_ms, end * to_ms) for start, end in spans),
    )


def _fade(
    waveform: np.ndarray, sample_rate: int, stretch: Stretch, spoken: np.ndarray
) -> tuple[np.ndarray, int, int]:
    """What replaces samples of the recording, the first of these, and the first after them."""
    margin, n_new = round(MARGIN_S * sample_rate), int(stretch.new[-1])
    start, end = int(stretch.old[0]), int(stretch.old[-1])
    most = min(round(_FADE_S * sample_rate), n_new // 2, (end - start) // 2)
    left, right = min(most, start), min(most, len(waveform) - end)
    piece = spoken[margin - left : margin + n_new + right].copy()
    into, out_of = _ramp(left), _ramp(right)[::-1]
    n_into, n_out_of = len(into), len(out_of)
    piece[:n_into] = into * piece[:n_into] + (1 - into) * waveform[start - left : start + left]
    tail = piece[len(piece) - n_out_of :]
    tail[:] = out_of * tail + (1 - out_of) * waveform[end - right : end + right]
    return piece, start - left, end + right


def _ramp(half: int) -> np.ndarray:
    """(2 * half,) float32 from 0 to 1."""
    return (0.5 - 0.5 * np.cos(np.pi * (np.arange(2 * half) + 0.5) / max(1, 2 * half))).astype("f4")


def _limit(spoken: np.ndarray, sample_rate: int) -> np.ndarray:
    """Turned down around peaks, so that nothing is clipped."""
    from scipy.ndimage import convolve1d, minimum_filter1d

    size = np.abs(spoken)
    if size.max(initial=0.0) <= _PEAK:
        return spoken
    length = 2 * round(_LIMITER_S * sample_rate) + 1
    gain = minimum_filter1d(_PEAK / np.maximum(size, _PEAK), length)
    window = np.hanning(length + 2)[1:-1]
    return spoken * convolve1d(gain, window / window.sum(), mode="nearest").astype(np.float32)


def _check(waveform: np.ndarray, sample_rate: int) -> np.ndarray:
    if not _SLOWEST_HZ <= sample_rate <= _FASTEST_HZ:
        raise InputError(f"Cannot change a voice at {sample_rate} Hz: resample to 16000 Hz.")
    samples = np.asarray(waveform, dtype=np.float32)
    if samples.ndim != 1 or not len(samples) or not np.isfinite(samples).all():
        raise InputError("Cannot change a waveform without finite samples: record it again.")
    return samples
