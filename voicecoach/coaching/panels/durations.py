"""How long each sound lasted, beside the range of native speakers."""

from typing import TYPE_CHECKING

from voicecoach.coaching.panels.sheet import MARKED, NATIVE, NORMAL, OTHER, SMALL, Box, Sheet
from voicecoach.coaching.panels.view import Line, View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE_IN = 2.1
_SIDE = 0.6  # inches, for the axis
_GAP = 0.6  # between words, in widths of a sound


def draw_durations(sheet: Sheet, view: View, box: Box) -> None:
    """Draws a bar for each sound, in front of the range in which native speakers say it."""
    title = "How long each sound lasted (wide: native speakers at your pace; narrow: you)"
    sheet.write(box.left, box.top, title, weight="bold", size=NORMAL)
    ranges = {(item.word, item.phone): item for item in view.coaching.durations}
    lines = [
        line for line in view.lines if any(w.phones for w in view.words[line.first : line.last])
    ]
    highest = max(
        [100.0, *(item.high_ms for item in ranges.values())]
        + [p.end_ms - p.start_ms for word in view.words for p in word.phones]
    )
    widest = max(_width(view, line) for line in lines)
    each = (box.height - 0.2) / len(lines)
    for number, line in enumerate(lines):
        width = (box.width - _SIDE) * max(_width(view, line) / widest, 0.25)
        top = box.top + 0.35 + number * each
        axes = sheet.axes(Box(box.left + _SIDE, top, width, each - 0.75))
        axes.set(ylim=(0, 1.12 * highest), xlim=(-0.8, max(_width(view, line), widest / 4) - 0.2))
        axes.set_xticks([])
        axes.set_ylabel("ms", size=SMALL)
        _draw_line(sheet, axes, view, line, ranges)


def _width(view: View, line: Line) -> float:
    """Of a line, in widths of a sound."""
    words = view.words[line.first : line.last]
    return sum(len(word.phones) + _GAP for word in words if word.phones)


def _draw_line(sheet: Sheet, axes: "Axes", view: View, line: Line, ranges: dict) -> None:
    at = 0.0
    for w in range(line.first, line.last):
        word = view.words[w]
        for p, phone in enumerate(word.phones):
            x = at + p
            native = ranges.get((w, p))
            said_ms = native.said_ms if native else phone.end_ms - phone.start_ms
            if native:
                axes.bar(
                    x, native.high_ms - native.low_ms, 0.84, native.low_ms,
                    facecolor=NATIVE, alpha=0.45, edgecolor=NATIVE, linewidth=1,
                )  # fmt: skip
            number = view.marks.get((w, p))
            style = {"color": OTHER} if number is None else {"color": MARKED, "edgecolor": "black"}
            axes.bar(x, said_ms, 0.4, **style)
            weight = "normal"
            if number is not None:
                weight = "bold"
                top = max(said_ms, native.high_ms if native else 0)
                label = f"{number}: {said_ms:.0f}"
                sheet.place(
                    axes, (x, top), label, [(0, 2), (0, 14), (0, 26)], size=SMALL, weight=weight
                )
            sheet.place(axes, (x, 0), view.spelling[w][p], [(0, -3)], size=NORMAL, weight=weight)
        if word.phones:
            middle = at + (len(word.phones) - 1) / 2
            sheet.place(
                axes, (middle, 0), word.text, [(0, -18), (0, -31)], size=SMALL, color="black"
            )
            at += len(word.phones) + _GAP
