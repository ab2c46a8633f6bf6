"""What to change about a recording, in the terminal.

Every sound has a sentence of what was heard, a table of its arrows with the numbers, and what to
do; then a vowel chart in characters and bars for durations. ``plain`` says it in sentences alone.
"""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from voicecoach.cli.options import speaks_unicode
from voicecoach.cli.vowel_chart import vowel_chart
from voicecoach.coaching.instructions import (
    NAMES,
    Instruction,
    caution,
    describe,
    instruct,
    introduce,
    rounded,
)
from voicecoach.coaching.results import Coaching, DurationRange, PhoneFeedback
from voicecoach.scoring.wording import ipa

_LEAST_FOR_TABLES = 60
_BAR, _BESIDE_BAR = 40, 34  # columns: of a bar, and of what stands around it
_INDENT = "   "


def print_feedback(
    console: Console, coaching: Coaching, title: str | None = None, plain: bool = False
) -> None:
    """Prints what was heard and what to do, for each sound that is spoken of.

    Args:
        console: where to; its width, encoding and colour are respected.
        coaching: what the coach returned.
        title: what this recording is called.
        plain: sentences only; a narrow terminal has no room for tables either.
    """
    plain = plain or console.width < _LEAST_FOR_TABLES
    if title:
        console.print(Text(title, style="bold"))
    console.print(introduce(coaching))
    for number, feedback in enumerate(coaching.phones, 1):
        console.print()
        console.print(Text(f"{number}. {describe(coaching, feedback)}", style="bold"))
        instructions = instruct(feedback, coaching.speaker.sure)
        if plain:
            for item in instructions:
                console.print(item.sentence)
        else:
            _print_instructions(console, instructions)
    if (warning := caution(coaching)) is not None:
        console.print()
        console.print(warning)
    if plain:
        _print_plain_durations(console, coaching)
    elif coaching.phones:
        _print_chart(console, coaching)
        _print_durations(console, coaching)


def _print_instructions(console: Console, instructions: tuple[Instruction, ...]) -> None:
    """A row for each arrow, with what to do at its end; general advice below as a line."""
    up, down = ("↑", "↓") if speaks_unicode(console) else ("+", "-")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(f"{_INDENT}What")
    for header in ("Now", "", "Aim"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("To do", overflow="fold")
    for item in instructions:
        for index, arrow in enumerate(item.arrows):
            at = "" if arrow.at == "middle" else f", {arrow.at}"
            sign = up if arrow.after > arrow.before else down
            now = rounded(arrow.before, arrow.unit) if item.sure else "?"
            aim = f"{rounded(arrow.after, arrow.unit)} {arrow.unit}" if item.sure else "?"
            words = item.words if item.sure else item.text
            table.add_row(
                f"{_INDENT}{NAMES[arrow.quantity]}{at}", now, sign, aim, "" if index else words
            )
    if table.row_count:
        console.print(table)
    for item in instructions:
        if not item.arrows:
            console.print(f"{_INDENT}{item.sentence}")


def _print_chart(console: Console, coaching: Coaching) -> None:
    lines = vowel_chart(coaching, console.width, speaks_unicode(console))
    if lines:
        console.print()
        console.print(Text("Vowels", style="bold"))
        for line in lines:
            console.print(line, no_wrap=True)
        console.print(
            "Down: F1 in Hz, mouth open. Left: F2 in Hz, tongue forward. Letters: native speakers. "
            "Numbers: your sounds; *: where they should be; a colon: your other vowels."
        )


def _print_durations(console: Console, coaching: Coaching) -> None:
    """Bars for the words that hold what is to change: said, over the range of native speakers."""
    rows = _told_durations(coaching)
    width = min(_BAR, console.width - _BESIDE_BAR)
    if not rows:
        return
    longest = max(max(item.said_ms, item.high_ms) for _, item in rows)
    signs = " █░▓" if speaks_unicode(console) else " #.="
    spelling = ipa(coaching.score, coaching.sentence)
    numbers = _numbers(coaching)
    console.print()
    console.print(Text("Length of the sounds", style="bold"))
    console.print(f"{signs[1]} you  {signs[2]} native speakers at your pace  {signs[3]} both")
    word = None
    for feedback, item in rows:
        if item.word != word:
            word = item.word
            console.print(f"{_INDENT}{feedback.word_text}")
        number = numbers.get((item.word, item.phone), "")
        ends = [round(width * ms / longest) for ms in (item.said_ms, item.low_ms, item.high_ms)]
        label = f"{number:>3} {spelling[item.word][item.phone]:<3} {item.said_ms:4.0f} ms "
        range_ms = f" {item.low_ms:.0f} to {item.high_ms:.0f} ms"
        console.print(f"{label}{_bar(width, *ends, signs)}{range_ms}", no_wrap=True)


def _bar(width: int, said: int, low: int, high: int, signs: str) -> str:
    """Columns of nothing, of what was said, of the native range, and of both."""
    return "".join(signs[(at < said) + 2 * (low <= at < high)] for at in range(width))


def _print_plain_durations(console: Console, coaching: Coaching) -> None:
    """One sentence for each sound of unusual length, unless an instruction has told it already."""
    natives = {(item.word, item.phone): item for item in coaching.durations}
    for number, feedback in enumerate(coaching.phones, 1):
        told = {arrow.quantity for item in instruct(feedback) for arrow in item.arrows}
        item = natives.get((feedback.word, feedback.phone))
        if item is None or feedback.left_out or told & {"duration", "closure"}:
            continue
        if not item.low_ms <= item.said_ms <= item.high_ms:
            console.print(
                f"Sound {number} lasted {item.said_ms:.0f} ms; native speakers at your pace take "
                f"{item.low_ms:.0f} to {item.high_ms:.0f} ms."
            )


def _told_durations(coaching: Coaching) -> list[tuple[PhoneFeedback, DurationRange]]:
    """All durations of the words in which something is to change."""
    words = {feedback.word: feedback for feedback in coaching.phones}
    return [(words[item.word], item) for item in coaching.durations if item.word in words]


def _numbers(coaching: Coaching) -> dict[tuple[int, int], int]:
    return {(item.word, item.phone): n for n, item in enumerate(coaching.phones, 1)}
