"""What to change, in words, for those who look at the picture alone."""

import re

from voicecoach.coaching.instructions import caution, describe, instruct, introduce
from voicecoach.coaching.panels.sheet import LARGE, MARKED, NORMAL, Sheet
from voicecoach.coaching.panels.view import View

_LINE_IN = {LARGE: 0.27, NORMAL: 0.205}
_PARAGRAPH_IN = 0.1
_INDENT_IN = 0.25
# Non-breaking spaces: "F2 1650 → 1980 Hz" stays on one line.
_NUMBERS = re.compile(r"(\S+) (\S+) -> (\S+) ")
_UNBROKEN = "\\1\u00a0\\2\u00a0→\u00a0\\3\u00a0"

Written = tuple[float, float, str, dict]
"""Left and top in inches from the panel's corner, a line, and its style."""


def lay_out(sheet: Sheet, view: View, width: float) -> tuple[list[Written], float]:
    """All lines and the height that they take, in inches.

    Args:
        sheet: measures; nothing is written on it.
        view: what is told.
        width: in inches.
    """
    coaching = view.coaching
    marked = {"size": NORMAL, "weight": "bold", "color": MARKED}
    paragraphs = [(0.0, f'"{coaching.score.text}"', {"size": LARGE, "weight": "bold"})]
    paragraphs.append((0.0, introduce(coaching), {"size": NORMAL}))
    for number, feedback in enumerate(coaching.phones, 1):
        paragraphs.append((0.0, f"{number}. {describe(coaching, feedback)}", marked))
        for item in instruct(feedback, coaching.speaker.sure):
            text = f"• {_NUMBERS.sub(_UNBROKEN, item.text)}"
            paragraphs.append((_INDENT_IN, text, {"size": NORMAL}))
    if (warning := caution(coaching)) is not None:
        paragraphs.append((0.0, warning, {"size": NORMAL, "style": "italic"}))
    written, top = [], 0.0
    for indent, text, style in paragraphs:
        if indent == 0.0 and written:
            top += _PARAGRAPH_IN
        for line in sheet.wrap(text, width - indent, **style):
            written.append((indent, top, line, style))
            top += _LINE_IN[style["size"]]
    return written, top


def write(sheet: Sheet, written: list[Written], left: float, top: float) -> None:
    """Writes what was laid out, with its upper left corner at a place."""
    for indent, below, text, style in written:
        sheet.write(left + indent, top + below, text, **style)
