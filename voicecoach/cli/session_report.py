"""What came of one sitting of practice, in the terminal."""

from datetime import date
from typing import TYPE_CHECKING

from voicecoach.text.keywords import KEYWORDS
from voicecoach.text.phones import to_ipa

if TYPE_CHECKING:
    from rich.console import Console

    from voicecoach.practice.session import Result, Session


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
