"""Panels over time: the pitch contour and the spectrogram, with words and sounds above."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.coaching.contours import align_contour
from voicecoach.coaching.panels.sheet import (
    MARKED,
    NORMAL,
    OTHER,
    REFERENCE,
    SMALL,
    Box,
    Sheet,
)
from voicecoach.coaching.panels.view import Line, View
from voicecoach.coaching.results import Contour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PITCH_LINE_IN, SPECTROGRAM_LINE_IN = 2.0, 2.7
_SIDE = 0.6  # inches, for the axis
_ROW_PT = 14.0
_WINDOW_MS, _HOP_MS = 5.0, 2.0  # short, so that formants and bursts are seen
_RANGE_DB = 55.0
_LEAST_SEMITONES = 4.0
_TALLEST_HZ = 8000.0


def draw_pitch(sheet: Sheet, view: View, box: Box) -> None:
    """Draws the learner's contour over the reference's, which is put into the learner's time."""
    said = view.coaching.contour
    reference = view.reference and align_contour(view.reference, view.coaching.score)
    contours = [contour for contour in (said, reference) if contour is not None]
    title = "Pitch (semitones against the middle of each voice)"
    sheet.write(box.left, box.top, title, weight="bold", size=NORMAL)
    low, high = _semitone_range(contours)
    for number, (line, place) in enumerate(_places(view, box, words_above=1)):
        axes = sheet.axes(place)
        axes.set(xlim=(line.start_ms / 1000, line.end_ms / 1000), ylim=(low, high))
        axes.axhline(0, color=OTHER, linewidth=0.6, linestyle=":")
        if reference is not None:
            _plot(axes, reference, color=REFERENCE, linestyle=(0, (4, 2)), linewidth=1.6)
        if said is not None:
            _plot(axes, said, color="black", linewidth=2.2)
        _mark_sounds(sheet, axes, view, line)
        _write_words(sheet, axes, view, line, row=0)
        axes.set_xlabel("seconds", size=SMALL, loc="right", labelpad=1)
        if number == 0:
            _write_legend(sheet, box, said is not None, reference is not None)


def draw_spectrogram(sheet: Sheet, view: View, box: Box) -> None:
    """Draws the spectrogram with the boundaries of the sounds, and their IPA above."""
    sheet.write(box.left, box.top, "Spectrogram", weight="bold", size=NORMAL)
    level_db, times_s, hz = spectrogram(view.waveform, view.sample_rate)
    loudest = level_db.max()
    half = _HOP_MS / 2000
    for line, place in _places(view, box, words_above=3):
        axes = sheet.axes(place)
        axes.imshow(
            level_db,
            extent=(times_s[0] - half, times_s[-1] + half, hz[0] / 1000, hz[-1] / 1000),
            origin="lower", aspect="auto", cmap="Greys", vmin=loudest - _RANGE_DB, vmax=loudest,
            interpolation="bilinear",
        )  # fmt: skip
        top = min(_TALLEST_HZ, view.sample_rate / 2) / 1000
        axes.set(xlim=(line.start_ms / 1000, line.end_ms / 1000), ylim=(0, top))
        axes.set_ylabel("kHz", size=SMALL)
        axes.set_xlabel("seconds", size=SMALL, loc="right", labelpad=1)
        for word in view.words[line.first : line.last]:
            for phone in word.phones:
                for edge in (phone.start_ms, phone.end_ms):
                    axes.axvline(edge / 1000, color=REFERENCE, linewidth=0.6, alpha=0.7)
        _mark_sounds(sheet, axes, view, line)
        _write_phones(sheet, axes, view, line)
        _write_words(sheet, axes, view, line, row=2)


def spectrogram(
    waveform: np.ndarray, sample_rate: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Level (n_bins, n_frames) in dB, rising 6 dB per octave; frame times in s, bins in Hz."""
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    n_window = max(16, round(sample_rate * _WINDOW_MS / 1000))
    hop = max(1, round(sample_rate * _HOP_MS / 1000))
    flat = np.append(waveform[:1], np.diff(waveform))  # lifts the high formants to the low ones
    padded = np.pad(flat, (0, max(0, n_window - len(flat))))
    transform = ShortTimeFFT(
        hann(n_window, sym=False), hop, sample_rate, mfft=max(512, n_window), scale_to="magnitude"
    )
    level_db = 20 * np.log10(np.abs(transform.stft(padded)) + 1e-7)
    return level_db, transform.t(len(padded)), transform.f


def _places(view: View, box: Box, words_above: int) -> Iterator[tuple[Line, Box]]:
    """Each line of the sentence with the place of its axes, all at the same scale of time."""
    each = (box.height - 0.2) / len(view.lines)
    longest = max(line.end_ms - line.start_ms for line in view.lines)
    above, below = 0.12 + words_above * _ROW_PT / 72, 0.42
    for number, line in enumerate(view.lines):
        width = (box.width - _SIDE) * (line.end_ms - line.start_ms) / longest
        top = box.top + 0.2 + number * each + above
        yield line, Box(box.left + _SIDE, top, width, each - above - below)


def _semitone_range(contours: list[Contour]) -> tuple[float, float]:
    """What shows all but a few outliers, which are errors of an octave more often than not."""
    voiced = np.concatenate([c.semitones[np.isfinite(c.semitones)] for c in contours] or [[]])
    if not len(voiced):
        return -_LEAST_SEMITONES, _LEAST_SEMITONES
    low, high = np.percentile(voiced, [3, 97])
    low, high = min(low - 1, -_LEAST_SEMITONES), max(high + 1, _LEAST_SEMITONES)
    return low, high + 0.2 * (high - low)  # room for the numbers of sounds


def _plot(axes: "Axes", contour: Contour, **style: object) -> None:
    axes.plot(contour.times_ms / 1000, contour.semitones, solid_capstyle="round", **style)


def _mark_sounds(sheet: Sheet, axes: "Axes", view: View, line: Line) -> None:
    """A frame around each sound that is spoken of, with its number."""
    low, high = axes.get_ylim()
    for (word, phone), number in view.marks.items():
        if line.first <= word < line.last:
            said = view.words[word].phones[phone]
            start, end = (ms / 1000 for ms in said.sound_ms)
            axes.axvspan(start, end, facecolor=MARKED, alpha=0.13, linewidth=0)
            axes.axvspan(start, end, fill=False, edgecolor=MARKED, linewidth=1.8)
            point = ((start + end) / 2, high - 0.02 * (high - low))
            offsets = [(0, -1), (9, -1), (-9, -1), (0, -_ROW_PT), (0, -2 * _ROW_PT)]
            style = {"size": NORMAL, "weight": "bold", "color": "black"}
            sheet.place(axes, point, f"{number}", offsets, bbox=_PLATE, **style)


_PLATE = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": MARKED, "linewidth": 1.2}


def _write_phones(sheet: Sheet, axes: "Axes", view: View, line: Line) -> None:
    """IPA above the axes, in two rows; what is spoken of first, so that it has room."""
    keys = [(w, p) for w in range(line.first, line.last) for p in range(len(view.words[w].phones))]
    for key in sorted(keys, key=lambda key: key not in view.marks):
        phone = view.words[key[0]].phones[key[1]]
        if phone.end_ms <= phone.start_ms and key not in view.marks:
            continue
        marked = {"weight": "bold", "color": MARKED} if key in view.marks else {}
        middle = (phone.start_ms + phone.end_ms) / 2000
        rows = [(0, 3 + row * _ROW_PT) for row in range(2)]
        text = view.spelling[key[0]][key[1]]
        sheet.place(axes, (middle, axes.get_ylim()[1]), text, rows, size=SMALL, **marked)


def _write_words(sheet: Sheet, axes: "Axes", view: View, line: Line, row: int) -> None:
    marked = {word for word, _ in view.marks}
    keys = sorted(range(line.first, line.last), key=lambda word: word not in marked)
    for key in keys:
        word = view.words[key]
        at = ((word.start_ms + word.end_ms) / 2000, axes.get_ylim()[1])
        rows = [(0, 3 + row * _ROW_PT), (0, 3 + (row + 1) * _ROW_PT)]
        weight = "bold" if key in marked else "normal"
        sheet.place(axes, at, word.text, rows, size=SMALL, weight=weight)


def _write_legend(sheet: Sheet, box: Box, said: bool, reference: bool) -> None:
    from matplotlib.lines import Line2D

    entries = [("you", {"color": "black", "linewidth": 2.2})] if said else []
    if reference:
        dashed = {"color": REFERENCE, "linestyle": (0, (4, 2)), "linewidth": 1.6}
        entries.append(("reference, at the times of your sounds", dashed))
    left = box.left + 5.2
    for text, style in entries:
        height = 1 - (box.top + 0.09) / sheet.height_in
        ends = np.array([left, left + 0.35]) / sheet.figure.get_figwidth()
        sheet.figure.add_artist(Line2D(ends, [height, height], **style))
        sheet.write(left + 0.45, box.top, text, size=SMALL)
        left += 0.45 + 0.085 * len(text) + 0.3
