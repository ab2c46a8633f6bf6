"""``voicecoach history``: what was practised, and whether it gets better."""

import json
import re
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicecoach.cli.options import AsJson, Plain, output_console
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from voicecoach.practice.history import History
    from voicecoach.practice.summary import Summary


class Switch(str, Enum):
    """What ``--keep-recordings`` takes."""

    on = "on"
    off = "off"


def history(
    last: Annotated[
        int, typer.Option("--last", min=1, metavar="N", help="Attempts in the table.")
    ] = 10,
    phone: Annotated[
        str | None,
        typer.Option(
            "--phone",
            metavar="PHONE",
            help="Only this sound, day by day: TH, or θ.",
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="DAY|30d",
            help="Nothing before this day, or of the last so many days.",
            show_default=False,
        ),
    ] = None,
    png: Annotated[
        Path | None,
        typer.Option(
            "--png",
            metavar="FILE",
            help="Also draw the scores over time, as PNG or SVG.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    plain: Plain = False,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="FILE",
            help="Write all attempts with all sounds to FILE.csv or FILE.json, and stop.",
            show_default=False,
        ),
    ] = None,
    keep_recordings: Annotated[
        Switch | None,
        typer.Option(
            "--keep-recordings",
            help="From now on keep what you say, or not, and stop. At first it is off.",
            show_default=False,
        ),
    ] = None,
    delete: Annotated[
        bool,
        typer.Option("--delete", help="Delete attempts, recordings and settings, and stop."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --delete: do not ask.")] = False,
) -> None:
    """Show what you practised, and whether it gets better.

    \b
    voicecoach history
    voicecoach history --since 30d --png progress.png
    voicecoach history --phone TH --since 2026-11-01
    voicecoach history --export history.csv

    Sentences are scored from 0 to 10, sounds from 0 to 2: wrong, accented,
    correct. Everything stays on this machine, in the folder that the
    environment variable VOICECOACH_DATA names, or in your own data folder.
    """
    if sum((export is not None, keep_recordings is not None, delete)) > 1:
        raise InputError("Give one of --export, --keep-recordings and --delete at a time.")
    if yes and not delete:
        raise InputError("--yes goes with --delete.")
    from voicecoach.practice.history import History

    name = None if phone is None else _phone(phone)
    start = None if since is None else _since(since)
    with History.open() as opened:
        if delete:
            _delete(opened, yes)
        elif keep_recordings is not None:
            _keep_recordings(opened, keep_recordings is Switch.on)
        elif export is not None:
            if phone is not None or since is not None:
                raise InputError("--export writes everything: leave --phone and --since out.")
            count = opened.export(export)
            typer.echo(f"Written: {export} ({_count(count, 'attempt')}).")
        else:
            _show(opened, name, start, last, png, as_json, plain)


def _show(
    opened: "History",
    phone: str | None,
    since: datetime | None,
    last: int,
    png: Path | None,
    as_json: bool,
    plain: bool,
) -> None:
    from voicecoach.practice.summary import summarise, to_json

    summary = summarise(opened, _now().date(), since=since, phone=phone, last=last)
    if png is not None:
        _draw(summary, png)
    if as_json:
        typer.echo(
            json.dumps(to_json(summary, opened), ensure_ascii=False, allow_nan=False, indent=2)
        )
    elif not summary.totals.attempts:
        typer.echo(_nothing_yet(opened, since))
    else:
        from voicecoach.cli.history_report import print_history, print_phone

        console = output_console()
        if phone is not None:
            print_phone(console, summary, phone, plain)
        else:
            print_history(console, summary, plain)
    if png is not None and not as_json:
        typer.echo(f"Written: {png}.")


def _draw(summary: "Summary", path: Path) -> None:
    if not summary.totals.attempts:
        raise InputError(f"There is no attempt to draw in {path}: practise first.")
    from voicecoach.practice.pictures import draw_progress

    try:
        draw_progress(summary, path)
    except ImportError as error:
        raise InputError("--png needs matplotlib: pip install matplotlib.") from error


def _nothing_yet(opened: "History", since: datetime | None) -> str:
    if since is not None and opened.totals().attempts:
        return f"No attempts since {since:%Y-%m-%d}: practise, or give an earlier --since."
    return "No attempts yet. Practise with: voicecoach practice"


def _keep_recordings(opened: "History", wanted: bool) -> None:
    opened.keep_recordings = wanted
    if wanted:
        typer.echo(f"From now on your recordings are kept, in {opened.folder / 'recordings'}.")
    else:
        kept = opened.totals().recordings
        typer.echo("From now on no recording is kept.")
        if kept:
            typer.echo(f"Still there: {_count(kept, 'recording')}; --delete deletes all.")


def _delete(opened: "History", sure: bool) -> None:
    totals = opened.totals()
    what = f"{_count(totals.attempts, 'attempt')}, {_count(totals.recordings, 'recording')}"
    if not sure:
        try:
            answer = input(f"Delete {what} and the settings in {opened.folder}? [y/N] ")
        except EOFError as error:
            typer.echo()
            raise InputError("Nobody answered: give --yes to delete without a question.") from error
        if answer.strip().lower() not in ("y", "yes"):
            typer.echo("Nothing was deleted.")
            return
    opened.delete()
    typer.echo(f"Deleted: {what} and the settings.")


def _phone(name: str) -> str:
    """ARPAbet from ARPAbet in any case, or IPA. Raises ``InputError`` for anything else."""
    from voicecoach.text.phones import PHONES, from_ipa, strip_stress

    arpabet = strip_stress(name.strip().upper())
    if arpabet in PHONES:
        return arpabet
    try:
        phones = from_ipa(name)
    except ValueError:
        phones = []
    if len(phones) != 1:
        raise InputError(f"--phone {name} is no sound: give one of {' '.join(sorted(PHONES))}.")
    return phones[0]


def _since(text: str) -> datetime:
    """The start of a day in local time: ``2026-11-01``, or ``30d`` counting today."""
    if match := re.fullmatch(r"(\d{1,5})d", text.strip()):
        day = _now().date() - timedelta(days=max(0, int(match.group(1)) - 1))
    else:
        try:
            day = date.fromisoformat(text.strip())
        except ValueError as error:
            raise InputError(
                f"--since {text} is no day: write it as 2026-11-01, or 30d for the last 30 days."
            ) from error
    return datetime.combine(day, time.min).astimezone()


def _now() -> datetime:
    return datetime.now().astimezone()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
