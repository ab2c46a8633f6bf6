"""The vowel chart: where native speakers say the vowels, where the learner does, and the way."""

from typing import TYPE_CHECKING

import numpy as np

from voicecoach.coaching.gestures import DIPHTHONGS
from voicecoach.coaching.instructions import instruct, rounded
from voicecoach.coaching.panels.sheet import (
    MARKED,
    NATIVE,
    NORMAL,
    OTHER,
    REFERENCE,
    SMALL,
    Box,
    Sheet,
    around,
)
from voicecoach.coaching.panels.view import View
from voicecoach.coaching.results import PhoneFeedback, VowelRegion
from voicecoach.text.phones import VOWELS, to_ipa

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Way = tuple[str, tuple[float, float], tuple[float, float]]
"""Where in a vowel, and (F2, F1) in Hz before and after."""

_SD = 1.5  # an ellipse then holds two thirds of what native speakers say
_TICKS_HZ = (200, 300, 400, 500, 600, 800, 1000, 1200, 1500, 2000, 2500, 3000, 4000)
_MARGIN = 1.06
_SIDE = 0.6  # inches, for the axis
_NOTE = (
    "Blue: where two thirds of native speakers say each vowel, for a voice like yours. "
    "Small letters: your other vowels."
)


def ways(feedback: PhoneFeedback) -> list[Way]:
    """From where to where a vowel should move; as long as nothing tells it, it stays."""
    if feedback.said.phone not in VOWELS:
        return []
    told = [arrow for item in instruct(feedback) for arrow in item.arrows]
    found: list[Way] = []
    places = {at: {"f1": f1, "f2": f2} for at, f1, f2 in feedback.f1_f2_said}
    for at in dict.fromkeys([*places, *(arrow.at for arrow in told)]):
        arrows = {arrow.quantity: arrow for arrow in told if arrow.at == at}
        before = places.get(at, {}) | {name: arrow.before for name, arrow in arrows.items()}
        after = before | {name: arrow.after for name, arrow in arrows.items()}
        if {"f1", "f2"} <= before.keys() and {"f1", "f2"} & arrows.keys():
            found.append((at, (before["f2"], before["f1"]), (after["f2"], after["f1"])))
    return found


def outline(region: VowelRegion, n_points: int = 60) -> np.ndarray:
    """The ellipse of a vowel: (n_points, 2) F2 and F1 in Hz."""
    variance, axes = np.linalg.eigh(np.asarray(region.covariance))
    angle = np.linspace(0, 2 * np.pi, n_points)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    f1, f2 = axes @ (np.sqrt(np.maximum(variance, 0))[:, None] * circle) * _SD
    return np.stack([region.f2_hz * np.exp(f2), region.f1_hz * np.exp(f1)], axis=1)


def draw_vowels(sheet: Sheet, view: View, box: Box) -> None:
    """Draws the chart into a place."""
    coaching = view.coaching
    left, top, width, height = box
    sheet.write(left, top, "Vowels", weight="bold", size=NORMAL)
    note = sheet.wrap(_NOTE, width - _SIDE, size=SMALL)
    below = 0.65 + 0.17 * len(note)
    axes = sheet.axes(Box(left + _SIDE, top + 0.3, width - _SIDE, height - 0.3 - below))
    at = top + height - below + 0.6
    sheet.write(left + _SIDE, at, "\n".join(note), size=SMALL, color=OTHER)
    moves = [(n, item, way) for n, item in enumerate(coaching.phones, 1) for way in ways(item)]
    others = [(f2, f1) for _, f1, f2 in coaching.f1_f2_said]
    outlines = {region.phone: outline(region) for region in coaching.vowels}
    points = [point for _, _, (_, *way) in moves for point in way] + others
    _scale(axes, np.concatenate([*outlines.values(), *([points] if points else [])]))
    _draw_regions(axes, outlines, moves)
    if others:
        axes.plot(*np.transpose(others), "o", color=OTHER, markersize=3, zorder=3)
        sheet.keep_clear(axes, others, 3.0)
    for _, _, (_, before, after) in moves:
        _draw_way(sheet, axes, before, after, coaching.speaker.sure)
    for number, item, way in moves:
        _label_way(sheet, axes, view, number, item, way)
    for region in coaching.vowels:
        centre, offsets = (region.f2_hz, region.f1_hz), [(0, 0), *around(6, 12, 20)]
        style = {"size": 15, "color": REFERENCE}
        sheet.place(axes, centre, to_ipa(region.phone, 1), offsets, inside=True, **style)
    for (phone, _, _), point in zip(coaching.f1_f2_said, others, strict=True):
        style = {"size": SMALL, "color": OTHER}
        sheet.place(axes, point, to_ipa(phone, 1), around(5, 9), inside=True, **style)


def _draw_regions(
    axes: "Axes", outlines: dict[str, np.ndarray], moves: list[tuple[int, PhoneFeedback, Way]]
) -> None:
    """The ellipses, with those of the vowels that are aimed at standing out."""
    targets = set()
    for _, item, (at, _, _) in moves:
        phone = item.said.phone
        targets.add(phone if phone in outlines else DIPHTHONGS.get(phone, {}).get(at))
    for phone, line in outlines.items():
        alpha, color, width = (0.4, REFERENCE, 1.8) if phone in targets else (0.13, NATIVE, 0.8)
        axes.fill(*line.T, facecolor=NATIVE, alpha=alpha, linewidth=0)
        axes.plot(*line.T, color=color, linewidth=width)


def _scale(axes: "Axes", points: np.ndarray) -> None:
    """Logarithmic and reversed, so that the chart lies as the mouth does, seen from the left."""
    from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

    (right, top), (left, bottom) = points.min(axis=0) / _MARGIN, points.max(axis=0) * _MARGIN
    axes.set(xscale="log", yscale="log", xlim=(left, right), ylim=(bottom, top))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(FixedLocator(_TICKS_HZ))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(StrMethodFormatter("{x:.0f}"))
    axes.set_xlabel("tongue forward  ←  F2 in Hz  →  tongue back, lips rounded", size=SMALL)
    axes.set_ylabel("mouth open  ←  F1 in Hz  →  closed", size=SMALL)


def _draw_way(
    sheet: Sheet, axes: "Axes", before: tuple[float, float], after: tuple[float, float], sure: bool
) -> None:
    axes.annotate(
        "", after, before, zorder=5,
        arrowprops={"arrowstyle": "-|>,head_width=0.35,head_length=0.7", "color": MARKED,
                    "linewidth": 2.4, "linestyle": "-" if sure else (0, (3, 2)),
                    "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
    axes.plot(*before, "o", color=MARKED, markeredgecolor="black", markersize=8, zorder=6)
    share = np.linspace(0, 1, 12)[:, None]
    way = np.exp((1 - share) * np.log(before) + share * np.log(after))
    sheet.keep_clear(axes, [tuple(point) for point in way], 6.0)


def _label_way(
    sheet: Sheet, axes: "Axes", view: View, number: int, item: PhoneFeedback, way: Way
) -> None:
    at, before, after = way
    symbol = view.spelling[item.word][item.phone]
    text = f'{number}  {symbol} in "{item.word_text}"' + ("" if at == "middle" else f", {at}")
    if view.coaching.speaker.sure:
        for name, (then, now) in zip(("F2", "F1"), zip(before, after, strict=True), strict=True):
            if then != now:
                text += f"\n{name} {rounded(then, 'Hz')} → {rounded(now, 'Hz')} Hz"
    offset = sheet.place(
        axes, before, text, around(10, 18, 30, 50, 80, 120, 180), inside=True, size=NORMAL,
        color="black", zorder=7,
    )  # fmt: skip
    if offset and max(map(abs, offset)) > 18:
        line = {"arrowstyle": "-", "color": OTHER, "linewidth": 0.7}
        axes.annotate("", before, offset, textcoords="offset points", arrowprops=line)
