"""Another pitch and another pace for a recording, in its own sound.

Time-domain pitch-synchronous overlap-add (Moulines and Charpentier, "Pitch-synchronous waveform
processing techniques for text-to-speech synthesis using diphones", Speech Communication 1990).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import fft

_FINE = 3
"""Pieces are laid to a third of a sample: at 16 kHz whole samples would be 2 % of a child's period,
and sound rough."""
_APART = 256  # zeros behind a recording: its end rings into them, and not into its beginning
_HOP_S = 0.01  # of pieces without voice: half of it, laid anew, hums
_LONGEST_S = 0.02  # half of a piece
_SEARCH = 0.15  # of a period, to either side of where the next one is expected
_PERIOD_S = 0.005  # of a stretch of voice that is too short to show its own


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Where each piece comes from and goes to, in samples.

    Attributes:
        source: (n_pieces, 2) int, its middle in the recording; a voiced piece is a mixture of the
            periods before and after, since one that is only said twice hums.
        share: (n_pieces,) of the second in the mixture.
        place: (n_pieces,) its middle in what is made, rising.
        ratio: (n_pieces,) new pitch by old pitch; 1 without voice.
        voiced: (n_pieces,) bool.
    """

    source: np.ndarray
    share: np.ndarray
    place: np.ndarray
    ratio: np.ndarray
    voiced: np.ndarray


def respeak(
    waveform: np.ndarray,
    sample_rate: int,
    f0: np.ndarray,
    new_f0: np.ndarray,
    frame_shift_ms: float,
    stretch: float = 1.0,
) -> np.ndarray:
    """Changes pitch and pace; spectral envelope and noise stay those of the recording.

    Args:
        waveform: (n_samples,) float.
        sample_rate: Hz.
        f0: (n_frames,) Hz, 0 where unvoiced; frame i is at i * frame_shift_ms.
        new_f0: (n_frames,) Hz, above 0 where ``f0`` is; half to twice of it sounds well.
        frame_shift_ms: milliseconds.
        stretch: how many times as long, 0.5 to 2.

    Returns:
        (round(n_samples * stretch),) float32, not limited to [-1, 1].

    Raises:
        ValueError: pitches do not fit together.
    """
    if f0.shape != new_f0.shape or not (new_f0[f0 > 0] > 0).all():
        raise ValueError("f0 and new_f0 must have the same voiced frames")
    samples = np.asarray(waveform, np.float64)
    fine = _resample(samples, _FINE, 1)
    rate = _FINE * sample_rate
    at = np.arange(len(f0)) * frame_shift_ms / 1000 * rate
    pieces = _plan(fine, rate, at, f0, new_f0, stretch)
    made = _lay(fine, pieces, _FINE * round(len(samples) * stretch), round(_LONGEST_S * rate))
    return _resample(made, 1, _FINE).astype(np.float32)


def _resample(samples: np.ndarray, up: int, down: int) -> np.ndarray:
    """By the whole spectrum, so that nothing is lost below half the rate, as a filter would."""
    size = down * fft.next_fast_len(len(samples) // down + _APART, real=True)
    made = fft.irfft(fft.rfft(samples, size), size * up // down) * (up / down)
    return made[: len(samples) * up // down]


def _plan(
    samples: np.ndarray,
    rate: int,
    at: np.ndarray,
    f0: np.ndarray,
    new_f0: np.ndarray,
    stretch: float,
) -> _Pieces:
    """In voiced speech a piece for each new period, of the two old ones about it."""
    hop = _HOP_S * rate
    n_made = len(samples) * stretch
    rows: list[tuple[float, float, float, float, float, bool]] = []
    end = 0.0

    def without_voice(start: float, stop: float) -> None:
        count = max(1, round((stop - start) / hop)) if stop - start > hop / 2 else 0
        places = np.linspace(start, stop, count, endpoint=False)
        rows.extend((x / stretch, x / stretch, 0.0, x, 1.0, False) for x in places)

    voiced = f0 > 0
    for marks in _voices(samples, rate, at, f0):
        ratios = np.interp(marks, at[voiced], new_f0[voiced] / f0[voiced])
        periods = np.append(np.diff(marks), _PERIOD_S * rate)
        periods[-1] = periods[-2:][0]  # the last one is as long as that before it
        number = np.arange(len(marks))
        place = max(marks[0] * stretch, end)  # the last voice may still sound
        without_voice(end, place)
        while place <= marks[-1] * stretch + 1:
            at_mark = float(np.interp(place / stretch, marks, number))
            first, nearest = int(at_mark), round(at_mark)
            second = min(first + 1, len(marks) - 1)
            share = at_mark - first
            rows.append((marks[first], marks[second], share, place, ratios[nearest], True))
            place += periods[nearest] / ratios[nearest]
        end = place
    without_voice(end, n_made)
    if not rows:  # shorter than a piece
        rows.append((0.0, 0.0, 0.0, 0.0, 1.0, False))
    *source, share, place, ratio, sounds = (np.array(x) for x in zip(*rows, strict=True))
    middles = np.rint(np.stack(source, axis=1)).astype(int)
    return _Pieces(middles, share, place, ratio, sounds.astype(bool))


def _voices(samples: np.ndarray, rate: int, at: np.ndarray, f0: np.ndarray) -> Iterator[np.ndarray]:
    """Of each voiced stretch: the middle of every period, in samples, rising."""
    edges = np.flatnonzero(np.diff(np.r_[0, f0 > 0, 0])).reshape(-1, 2)
    power = np.concatenate(([0.0], np.cumsum(np.square(samples))))
    for first, last in edges:
        half = (at[1] - at[0]) / 2 if len(at) > 1 else 0.0
        low, high = max(at[first] - half, 0.0), min(at[last - 1] + half, len(samples) - 1.0)
        inside = samples[int(low) : int(high) + 1]
        if not len(inside):
            continue
        loudest = int(low) + int(np.abs(inside).argmax())
        marks = [loudest]
        for step in (1, -1):
            mark = loudest
            while True:
                period = rate / np.interp(mark, at[first:last], f0[first:last])
                found = _next(samples, power, mark, step * period, low, high)
                if found is None:
                    break
                marks.append(found)
                mark = found
        yield np.sort(marks)


def _next(
    samples: np.ndarray, power: np.ndarray, mark: int, period: float, low: float, high: float
) -> int | None:
    """About a period on (back where it is below 0), where the wave is most like that at ``mark``;
    None beyond ``low`` and ``high``."""
    expected, length = mark + period, abs(period)
    if not low <= expected <= high:
        return None
    half, search = int(length / 2), int(_SEARCH * length)
    start, stop = int(expected) - search, int(expected) + search + 1
    if min(mark, start) < half or max(mark, stop) + half > len(samples):
        return round(expected)
    wave = samples[mark - half : mark + half]
    likeness = np.correlate(samples[start - half : stop + half - 1], wave)
    energy = power[start + half : stop + half] - power[start - half : stop - half]
    return start + int((likeness / np.sqrt(energy + 1e-9)).argmax())


def _lay(samples: np.ndarray, pieces: _Pieces, n_made: int, longest: int) -> np.ndarray:
    """Adds up pieces under Hann windows: of two periods, or as far as the neighbours."""
    gaps = np.diff(pieces.place)
    both = pieces.voiced[1:] & pieces.voiced[:-1]
    left, right = (
        np.where(both, gaps * ratio, gaps) for ratio in (pieces.ratio[1:], pieces.ratio[:-1])
    )
    left = np.append(longest, left).astype(int).clip(4, longest)
    right = np.append(right, longest).astype(int).clip(4, longest)
    # More periods in a second are louder: a voice keeps its loudness beside sounds without voice.
    gain = 1.0 / np.sqrt(pieces.ratio)
    padded = np.pad(samples, longest)
    made = np.zeros(n_made + 2 * longest)
    places = np.rint(pieces.place).astype(int).clip(0, n_made)
    sources = pieces.source.clip(0, len(samples))
    for (first, second), share, place, before, after, loudness in zip(
        sources + longest, pieces.share, places + longest, left, right, gain, strict=True
    ):
        window = loudness * np.concatenate([_rise(before), _rise(after)[::-1]])
        piece = (1.0 - share) * padded[first - before : first + after]
        if share:
            piece += share * padded[second - before : second + after]
        made[place - before : place + after] += window * piece
    return made[longest : longest + n_made]


def _rise(n: int) -> np.ndarray:
    """The first half of a Hann window of 2 n samples."""
    return 0.5 - 0.5 * np.cos(np.pi * (np.arange(n) + 0.5) / n)
