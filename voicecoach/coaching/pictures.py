"""Feedback as a picture: vowel chart, pitch, durations and spectrogram, together or alone."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from voicecoach.coaching.panels import words
from voicecoach.coaching.panels.durations import LINE_IN, draw_durations
from voicecoach.coaching.panels.sheet import DPI, WIDTH_IN, Box, Sheet
from voicecoach.coaching.panels.timeline import (
    PITCH_LINE_IN,
    SPECTROGRAM_LINE_IN,
    draw_pitch,
    draw_spectrogram,
)
from voicecoach.coaching.panels.view import View
from voicecoach.coaching.panels.vowels import draw_vowels, ways
from voicecoach.coaching.results import Coaching, Reference
from voicecoach.data.atomic import replacing
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FORMATS = (".png", ".svg")
_MARGIN_IN, _GAP_IN = 0.3, 0.25
_CHART_IN, _CHART_SHARE = 5.6, 0.5  # its height; its share of the width beside the words
_TITLE_IN = 0.35


class _Panel(NamedTuple):
    """``missing`` says what is not there to draw, or nothing."""

    draw: Callable[[Sheet, View, Box], None]
    missing: Callable[[View], str]
    line_in: float


def draw(
    coaching: Coaching,
    path: str | Path,
    *,
    panels: Sequence[str] | None = None,
    waveform: np.ndarray | None = None,
    sample_rate: int | None = None,
    reference: Reference | None = None,
) -> None:
    """Draws feedback into a file, 1200 pixels wide.

    Args:
        coaching: of the coach.
        path: PNG or SVG, by its suffix.
        panels: of ``PANELS``; by default the overview: what to change in words, and all panels
            that apply (the vowel chart where a vowel is to change, the spectrogram where there is
            a waveform).
        waveform: (n_samples,) float, the recording, for the spectrogram.
        sample_rate: of ``waveform``, Hz.
        reference: for the pitch panel; without it the learner's pitch stands alone.

    Raises:
        InputError: another suffix, a panel that was asked for has nothing to show, or the file
            cannot be written.
        ImportError: matplotlib is not installed.
        ValueError: a panel of another name.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _FORMATS:
        raise InputError(f"Cannot draw {path}: the name must end in .png or .svg.")
    view = View(coaching, waveform, sample_rate, reference)
    figure = compose(view, panels)
    from matplotlib import rc_context

    # Without a date and with fixed names inside, the same feedback gives the same file.
    metadata = {"Date": None} if suffix == ".svg" else None
    with rc_context({"svg.hashsalt": "voicecoach"}), replacing(path) as temporary:
        figure.savefig(temporary, format=suffix.lstrip("."), dpi=DPI, metadata=metadata)


def applicable(view: View) -> tuple[str, ...]:
    """The names of the panels that the overview has."""
    names = [name for name, panel in PANELS.items() if not panel.missing(view)]
    if not any(ways(feedback) for feedback in view.coaching.phones) and "vowels" in names:
        names.remove("vowels")
    return tuple(names)


def compose(view: View, panels: Sequence[str] | None = None) -> "Figure":
    """The figure that ``draw`` writes. Raises as it does."""
    overview = panels is None
    names = applicable(view) if overview else tuple(panels)
    for name in names:
        if name not in PANELS:
            raise ValueError(f"{name!r} is none of {', '.join(PANELS)}")
        if missing := PANELS[name].missing(view):
            raise InputError(f"There is nothing to draw as {name}: {missing}.")
    width = WIDTH_IN - 2 * _MARGIN_IN
    beside = overview and "vowels" in names
    told, told_in = _head(view, overview, width * (1 - _CHART_SHARE) - 0.4 if beside else width)
    head_in = max(told_in, _CHART_IN) if beside else told_in
    below = [name for name in names if not (beside and name == "vowels")]
    heights = [_height(view, name) for name in below]
    sheet = Sheet(2 * _MARGIN_IN + head_in + sum(height + _GAP_IN for height in heights))
    words.write(sheet, told, _MARGIN_IN + (width * _CHART_SHARE + 0.4 if beside else 0), _MARGIN_IN)
    if beside:
        draw_vowels(sheet, view, Box(_MARGIN_IN, _MARGIN_IN, width * _CHART_SHARE, head_in))
    top = _MARGIN_IN + head_in + _GAP_IN
    for name, height in zip(below, heights, strict=True):
        PANELS[name].draw(sheet, view, Box(_MARGIN_IN, top, width, height))
        top += height + _GAP_IN
    return sheet.figure


def _head(view: View, overview: bool, width: float) -> tuple[list[words.Written], float]:
    """What is written above or beside the panels, and its height."""
    probe = Sheet(1.0)
    if overview:
        return words.lay_out(probe, view, width)
    style = {"size": words.LARGE, "weight": "bold"}
    lines = probe.wrap(f'"{view.coaching.score.text}"', width, **style)
    return [(0.0, _TITLE_IN * i, line, style) for i, line in enumerate(lines)], _TITLE_IN * len(
        lines
    )


def _height(view: View, name: str) -> float:
    if name == "vowels":
        return 1.4 * _CHART_IN
    return 0.2 + PANELS[name].line_in * len(view.lines)


def _no_vowels(view: View) -> str:
    return "" if view.coaching.vowels else "no vowel regions are known"


def _no_pitch(view: View) -> str:
    if view.coaching.contour is None and view.reference is None:
        return "there is no pitch contour"
    return _no_words(view)


def _no_durations(view: View) -> str:
    return "" if view.coaching.durations else "no durations are known"


def _no_spectrogram(view: View) -> str:
    if view.waveform is None or view.sample_rate is None or not len(view.waveform):
        return "there is no recording"
    return _no_words(view)


def _no_words(view: View) -> str:
    return "" if view.lines else "no word was said"


PANELS = {
    "vowels": _Panel(draw_vowels, _no_vowels, _CHART_IN),
    "pitch": _Panel(draw_pitch, _no_pitch, PITCH_LINE_IN),
    "durations": _Panel(draw_durations, _no_durations, LINE_IN),
    "spectrogram": _Panel(draw_spectrogram, _no_spectrogram, SPECTROGRAM_LINE_IN),
}
"""What can be drawn, by name, in the order of the overview."""
