"""What the recipe stages of several tasks do alike: bars, results, and the folder for users."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.cli.options import read_text, warn

if TYPE_CHECKING:
    from rich.progress import Progress


def shower(progress: "Progress", title: str) -> Callable[[int, int], None]:
    """A bar, and the function that moves it."""
    bar = progress.add_task(title, total=None)
    return lambda done, total: progress.update(bar, completed=done, total=total)


def report(out: Path, metrics: dict[str, Any], text: str, as_json: bool) -> None:
    """Writes ``metrics.json`` and ``results.md`` into a folder and prints one of them; says which
    judges were missing."""
    import typer

    from voicecoach.data.atomic import write_json, write_text

    for reason in metrics.get("missing_judges", ()):
        warn(reason)
    write_json(out / "metrics.json", metrics, indent=2)
    write_text(out / "results.md", text)
    typer.echo(text if not as_json else (out / "metrics.json").read_text(encoding="utf-8"))


def pack(write: Callable[[str], Path], card: Path, title: str, table: str) -> None:
    """Packs a checkpoint with its numbers in the card, and says how large it is.

    Args:
        write: packs with this card (Markdown); gives the folder.
        card: Markdown without numbers.
        title: of the section with the numbers.
        table: Markdown.
    """
    folder = write(f"{read_text(card).rstrip()}\n\n## {title}\n\n{table}")
    size_mb = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    warn(f"{folder}: {size_mb:.2f} MB")
