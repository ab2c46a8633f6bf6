"""One sitting of practice in the terminal: what is to be read, and what came of it."""

from datetime import date
from typing import TYPE_CHECKING

from voicecoach.text.keywords import KEYWORDS
from voicecoach.text.phones import to_ipa

if TYPE_CHECKING:
    from rich.console import Console

    from voicecoach.practice.session import Result, Session


def print_exercise(console: "Console", session: "Session") -> None:
    """The current sentence with its IPA, what it is good for, and the best score so far."""
    from voicecoach.practice.course import show_focus
    from voicecoach.text.pronunciation import write_sentence_ipa

    exercise, n = session.exercise, len(session.results)
    of = f" of {session.most}" if session.most else ""
    about = [f"level {exercise.level}"] if exercise.level else []
    about += [show_focus(focus) for focus in exercise.focus]
    console.print()
    console.print(
        f"Sentence {n}{of}{' (' if about else ''}{', '.join(about)}{')' if about else ''}",
        style="dim",
    )
    console.print(f"  {exercise.text}", style="bold")
    console.print(f"  {write_sentence_ipa(exercise.sentence)}")
    best = session.results[-1].best_before
    if best is not None:
        console.print(f"Your best so far: {best:.1f} of 10.")


def print_session(console: "Console", session: "Session") -> None:
    """Each sentence with its scores, the hardest sounds, the days in a row; nothing if nothing was
    scored."""
    scored = [result for result in session.results if result.totals]
    if not scored:
        return
    n_takes = sum(len(result.totals) for result in scored)
    console.print(f"\n{_count(len(scored), 'sentence')}, {_count(n_takes, 'take')}:", style="bold")
    for result in scored:
        console.print(f"{result.exercise.text}  {_totals(result)}")
    hardest = session.hardest_phones()
    if hardest:
        sounds = [
            f'{to_ipa(mean.phone, 1)} as in "{KEYWORDS[mean.phone]}" ({mean.mean:.1f} of 2)'
            for mean in hardest
        ]
        console.print(f"Hardest sounds: {', '.join(sounds)}.")
    if session.history is not None:
        days = session.history.streak_days(date.today())
        streak = f"{days} days in a row. " if days > 1 else ""
        console.print(f"{streak}More: voicecoach history.")


def _totals(result: "Result") -> str:
    """The first and the best total, and whether that beats all earlier sittings."""
    first, best = result.totals[0], max(result.totals)
    change = f"{first:.1f}, at best {best:.1f}" if best > first else f"{best:.1f}"
    record = result.best_before is not None and best > result.best_before
    return f"{change} (better than ever)" if record else change


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"
