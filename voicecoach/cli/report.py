"""The report of one scored sentence in the terminal.

Nothing depends on colour: every bar has its number in front of it, a flagged sound carries a mark
and what was heard, and the list "To change" says the same in sentences. ``plain`` leaves out bars
and table, which a screen reader would spell out.
"""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from voicecoach.cli.options import speaks_unicode
from voicecoach.coaching.instructions import caution
from voicecoach.coaching.results import Coaching
from voicecoach.practice.advice import Advice, advise
from voicecoach.scoring.quality import Problem
from voicecoach.scoring.results import DELETED, EXTRA, PhoneScore, SentenceScore, WordScore
from voicecoach.scoring.wording import ipa
from voicecoach.text.phones import to_ipa
from voicecoach.text.sentence import Sentence

_LABEL_WIDTH = 14
_NUMBER_WIDTH = 12
_MAX_BAR = 40
_MIN_BAR = 8  # a shorter bar says less than its number
_GOOD, _FAIR = 8.0, 6.0  # where the colour changes, on the 0-10 scale
_ERRORS = {
    "omission": "left out",
    "insertion": "not in the sentence",
    "repetition": "said twice",
}


def print_report(
    console: Console,
    score: SentenceScore,
    sentence: Sentence | None = None,
    title: str | None = None,
    plain: bool = False,
    coaching: Coaching | None = None,
) -> None:
    """Prints scores, words with their sounds, and what to change.

    Args:
        console: where to; its width, encoding and colour are respected.
        score: what the scorer returned.
        sentence: the transcribed sentence, for the stress that decides between ʌ and ə.
        title: what this recording is called; its text stands below.
        plain: sentences only.
        coaching: on the same score, for what to do about the worst sounds.
    """
    print_scores(console, score, sentence, title, plain)
    print_advice(console, advise(score, sentence, coaching), coaching)


def print_scores(
    console: Console,
    score: SentenceScore,
    sentence: Sentence | None = None,
    title: str | None = None,
    plain: bool = False,
) -> None:
    """The first part of `print_report`: how good it was."""
    spellings = ipa(score, sentence)
    if title:
        console.print(Text(title, style="bold"))
    console.print(f'"{score.text}" ({score.duration_ms / 1000:.1f} s)')
    console.print()
    if plain:
        _print_plain(console, score, spellings)
    else:
        _print_bars(console, score)
        console.print()
        console.print(_word_table(console, score, spellings))
    console.print()


def print_advice(console: Console, advice: list[Advice], coaching: Coaching | None = None) -> None:
    """The second part of `print_report`: what to change."""
    if not advice:
        console.print("Nothing to change: no sound was flagged.")
        return
    console.print(Text("To change:", style="bold"))
    for number, item in enumerate(advice, 1):
        console.print(f"{number}. {item.sentence}")
        for instruction in item.instructions:
            console.print(f"   {instruction}")
    if coaching is not None and (warning := caution(coaching)) is not None:
        console.print(warning)


def print_problems(console: Console, problems: Sequence[Problem], refused: bool) -> None:
    """Prints what is wrong with a recording, with its measurement, and what to do.

    Args:
        console: where to.
        problems: of the recording; none prints nothing.
        refused: whether it was not scored because of them.
    """
    if refused:
        console.print(Text("Not scored.", style="bold"))
    elif problems:
        console.print()
    print_reasons(console, problems)


def print_reasons(console: Console, problems: Sequence[Problem]) -> None:
    """The problems of `print_problems` alone."""
    for problem in problems:
        console.print(f"{_mark(console)} {problem.message} {problem.advice}")


def scores_of(score: SentenceScore) -> list[tuple[str, float]]:
    """The five sentence scores with the names that a learner sees, the total first."""
    return [
        ("Total", score.total),
        ("Accuracy", score.accuracy),
        ("Fluency", score.fluency),
        ("Prosody", score.prosody),
        ("Completeness", score.completeness),
    ]


def _print_bars(console: Console, score: SentenceScore) -> None:
    width = min(_MAX_BAR, console.width - _LABEL_WIDTH - _NUMBER_WIDTH)
    full, empty = ("█", "░") if speaks_unicode(console) else ("#", ".")
    for name, value in scores_of(score):
        line = Text(f"{name:<{_LABEL_WIDTH}}{value:4.1f} of 10  "[: _LABEL_WIDTH + _NUMBER_WIDTH])
        if width >= _MIN_BAR:
            filled = round(width * min(max(value, 0.0), 10.0) / 10)
            line.append(full * filled, style=_colour(value))
            line.append(empty * (width - filled), style="dim")
        line.rstrip()
        console.print(line)


def _word_table(console: Console, score: SentenceScore, spellings: list[list[str]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("Word", overflow="fold")
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("Sounds", overflow="fold")
    for word, spelling in zip(score.words, spellings, strict=True):
        extra = word.error in EXTRA
        value = "-" if extra else f"{word.total:.1f}"
        sounds = Text()
        if word.error in _ERRORS:
            sounds.append(f"{_mark(console)}{_ERRORS[word.error]}", style="bold red")
        else:
            for phone, symbol in zip(word.phones, spelling, strict=True):
                sounds.append(" " if sounds.plain else "")
                sounds.append_text(_sound(console, phone, symbol))
        style = "" if extra else _colour(word.total)
        table.add_row(Text(word.text), Text(value, style=style), sounds)
    return table


def _sound(console: Console, phone: PhoneScore, symbol: str) -> Text:
    """A sound: plain if it was fine, else marked, with what was heard behind an arrow."""
    if not phone.flagged:
        return Text(symbol)
    arrow = "→" if speaks_unicode(console) else ">"
    if phone.realised is None:
        heard = f"{arrow}?"
    elif phone.realised == DELETED:
        heard = f"{arrow}nothing"
    elif phone.realised == phone.phone:
        heard = ""
    else:
        heard = f"{arrow}{to_ipa(phone.realised, 1)}"
    return Text(f"{_mark(console)}{symbol}{heard}", style="bold red")


def _print_plain(console: Console, score: SentenceScore, spellings: list[list[str]]) -> None:
    for name, value in scores_of(score):
        console.print(f"{name}: {value:.1f} of 10.")
    for number, (word, spelling) in enumerate(zip(score.words, spellings, strict=True), 1):
        console.print(f"Word {number}, {word.text}: {_plain_word(word, spelling)}")


def _plain_word(word: WordScore, spelling: list[str]) -> str:
    if word.error in _ERRORS:
        return f"{_ERRORS[word.error]}."
    sounds = ", ".join(
        f"{symbol} (to change)" if phone.flagged else symbol
        for phone, symbol in zip(word.phones, spelling, strict=True)
    )
    return f"{word.total:.1f} of 10. Sounds: {sounds}."


def _mark(console: Console) -> str:
    return "✗" if speaks_unicode(console) else "!"


def _colour(value: float) -> str:
    if value >= _GOOD:
        return "green"
    return "yellow" if value >= _FAIR else "red"
