"""The history in the terminal: tables with small curves, or sentences for screen readers."""

from collections.abc import Sequence
from datetime import date

from rich.console import Console
from rich.table import Table
from rich.text import Text

from voicecoach.cli.options import speaks_unicode
from voicecoach.practice.attempts import Attempt
from voicecoach.practice.progress import DayMean
from voicecoach.practice.summary import Summary
from voicecoach.text.keywords import KEYWORDS
from voicecoach.text.phones import to_ipa

_BEST_TOTAL, _BEST_PHONE = 10.0, 2.0
_MOST_DAYS = 20  # of a curve in the terminal; --png draws all
_BLOCKS, _DIGITS = "▁▂▃▄▅▆▇█", "0123456789"
_MAX_BAR, _BESIDE_BAR = 40, 33  # columns: of a bar, and of what stands around it
_MIN_BAR = 8
_LEAST_FOR_TABLES = 60
_LONGEST_TEXT = 40  # columns of a sentence in the table


def print_history(console: Console, summary: Summary, plain: bool = False) -> None:
    """The last attempts, how much was practised, the hardest sounds, and scores over time.

    Args:
        console: where to; its width, encoding and colour are respected.
        summary: of at least one attempt.
        plain: sentences only; a narrow terminal has no room for tables either.
    """
    plain = plain or console.width < _LEAST_FOR_TABLES
    if plain:
        for attempt in summary.attempts:
            console.print(_attempt_sentence(attempt))
    else:
        console.print(_attempt_table(console, summary.attempts))
    console.print()
    _print_totals(console, summary)
    console.print()
    console.print(Text("Over time, hardest sounds first:", style="bold"))
    if plain:
        console.print(f"All sentences: {_change(summary.total_days, _BEST_TOTAL)}")
        for mean in summary.hardest:
            change = _change(summary.phone_days[mean.phone], _BEST_PHONE)
            console.print(f"{phone_name(mean.phone)}: {change}")
    else:
        console.print(_curve_table(console, summary))
        hidden = len(summary.total_days) - _MOST_DAYS
        if hidden > 0:
            console.print(f"{hidden} earlier days are not shown; --png draws all.")


def print_phone(console: Console, summary: Summary, phone: str, plain: bool = False) -> None:
    """One sound, day by day.

    Args:
        console: where to.
        summary: made for this phone.
        phone: ARPAbet.
        plain: sentences only.
    """
    name = phone_name(phone)
    if not summary.hardest:
        console.print(f"{name} was not in the sentences that were practised.")
        return
    (mean,) = summary.hardest
    console.print(
        f"{name}: mean {mean.mean:.1f} of 2, said {_times(mean.count)}, "
        f"to change {_times(mean.flagged)}."
    )
    console.print()
    days = summary.phone_days[phone]
    if len(days) > _MOST_DAYS:
        console.print(f"The last {_MOST_DAYS} of {len(days)} days:")
    width = min(_MAX_BAR, console.width - _BESIDE_BAR)
    for day in days[-_MOST_DAYS:]:
        if plain:
            console.print(f"{day.day}: {day.mean:.1f} of 2, {_times(day.count)}.")
        else:
            line = Text(f"{day.day}  {day.mean:.1f} of 2  ")
            if width >= _MIN_BAR:
                line.append_text(_bar(console, day.mean / _BEST_PHONE, width)).append("  ")
            console.print(line.append(_times(day.count)))


def phone_name(phone: str) -> str:
    """``TH`` to ``θ as in "thin"``."""
    return f'{to_ipa(phone, 1)} as in "{KEYWORDS[phone]}"'


def _attempt_table(console: Console, attempts: Sequence[Attempt]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("When", no_wrap=True)
    table.add_column("Total", justify="right", no_wrap=True)
    table.add_column("Sentence", overflow="fold", max_width=_LONGEST_TEXT)
    table.add_column("To change", overflow="fold")
    for attempt in attempts:
        total = f"{attempt.score.total:.1f}"
        sounds = " ".join(_to_change(attempt)) or "-"
        table.add_row(_when(attempt), total, Text(attempt.text), sounds)
    return table


def _attempt_sentence(attempt: Attempt) -> str:
    sounds = ", ".join(_to_change(attempt)) or "nothing"
    total = attempt.score.total
    return f'{_when(attempt)}: "{attempt.text}", {total:.1f} of 10. To change: {sounds}.'


def _to_change(attempt: Attempt) -> list[str]:
    """The flagged sounds in IPA, each once, in spoken order."""
    flagged = (p.phone for word in attempt.score.words for p in word.phones if p.flagged)
    return [to_ipa(phone, 1) for phone in dict.fromkeys(flagged)]


def _when(attempt: Attempt) -> str:
    return f"{attempt.time.astimezone():%Y-%m-%d %H:%M}"


def _print_totals(console: Console, summary: Summary) -> None:
    totals = summary.totals
    console.print(f"Days in a row: {summary.streak_days}.")
    console.print(
        f"Attempts: {totals.attempts}, different sentences: {totals.sentences}, days: "
        f"{totals.days}, speech: {totals.speech_ms / 60_000:.1f} min."
    )
    if totals.recordings:
        console.print(f"Recordings kept: {totals.recordings}.")


def _curve_table(console: Console, summary: Summary) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("Sound", no_wrap=True)
    table.add_column("As in", no_wrap=True)
    table.add_column("Mean", justify="right", no_wrap=True)
    table.add_column("Times", justify="right", no_wrap=True)
    table.add_column("By day", no_wrap=True)
    days = summary.total_days
    shown = [day.day for day in days[-_MOST_DAYS:]]
    times = sum(day.count for day in days)
    mean = sum(day.mean * day.count for day in days) / times
    curve = _curve(console, shown, days, _BEST_TOTAL)
    table.add_row("all", "sentences", f"{mean:.1f} of 10", str(times), curve)
    for phone in summary.hardest:
        curve = _curve(console, shown, summary.phone_days[phone.phone], _BEST_PHONE)
        name, keyword = to_ipa(phone.phone, 1), KEYWORDS[phone.phone]
        table.add_row(name, keyword, f"{phone.mean:.1f} of 2", str(phone.count), curve)
    return table


def _curve(console: Console, shown: Sequence[date], days: Sequence[DayMean], best: float) -> str:
    """A sign for each day shown: its height, from 0 to ``best``, tells the mean; a space for none.

    So one column is the same day in all curves.
    """
    signs = _BLOCKS if speaks_unicode(console) else _DIGITS
    means = {day.day: day.mean / best for day in days}
    return "".join(
        signs[max(0, min(int(means[day] * len(signs)), len(signs) - 1))] if day in means else " "
        for day in shown
    )


def _bar(console: Console, share: float, width: int) -> Text:
    full, empty = ("█", "░") if speaks_unicode(console) else ("#", ".")
    filled = round(width * min(max(share, 0.0), 1.0))
    return Text(full * filled).append(empty * (width - filled), style="dim")


def _change(days: Sequence[DayMean], best: float) -> str:
    first, last = days[0], days[-1]
    if first is last:
        return f"{first.mean:.1f} of {best:.0f} on {first.day}."
    return f"from {first.mean:.1f} of {best:.0f} on {first.day} to {last.mean:.1f} on {last.day}."


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
