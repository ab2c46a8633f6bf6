"""``voicecoach voices``: who can speak."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicecoach.cli.options import AsJson, Plain, output_console
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console


def voices(
    delete: Annotated[
        str | None,
        typer.Option(
            "--delete",
            metavar="NAME",
            help="Delete an enrolled voice and its recordings, and stop.",
            show_default=False,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --delete: do not ask.")] = False,
    as_json: AsJson = False,
    plain: Plain = False,
) -> None:
    """List the voices that --voice takes: those of the package, and those that were enrolled.

    \b
    voicecoach voices
    voicecoach voices --json
    voicecoach voices --delete anna

    An enrolled voice is a folder on this machine, and nowhere else.
    """
    if delete is not None:
        delete_voice(delete, yes)
        return
    if yes:
        raise InputError("--yes goes with --delete.")
    found = _builtin() + _enrolled()
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, allow_nan=False, indent=2))
    else:
        _print(output_console(), found, plain)


def delete_voice(name: str, sure: bool) -> None:
    """Deletes an enrolled voice, after a question unless ``sure``.

    Raises:
        InputError: there is none, it cannot be deleted, or nobody answered.
    """
    from voicecoach.conversion import folders

    folder = folders.folder_of(name)
    if folder.is_dir() and not sure:
        try:
            answer = input(f"Delete the voice '{folder.name}' with all in {folder}? [y/N] ")
        except EOFError as error:
            typer.echo()
            raise InputError("Nobody answered: give --yes to delete without a question.") from error
        if answer.strip().lower() not in ("y", "yes"):
            typer.echo("Nothing was deleted.")
            return
    folders.delete(name)
    typer.echo(f"Deleted: the voice '{folder.name}' and its recordings.")


def _builtin() -> list[dict[str, Any]]:
    from voicecoach.synthesis import voices as packaged

    return [{"name": name, "kind": "built in"} for name in packaged.available()]


def _enrolled() -> list[dict[str, Any]]:
    from voicecoach.conversion.folders import names
    from voicecoach.conversion.profile import Profile

    found: list[dict[str, Any]] = []
    for name in names():
        row: dict[str, Any] = {"name": name, "kind": "enrolled"}
        try:
            opened = Profile.open(name)
        except InputError as error:
            row["error"] = str(error)
        else:
            row["clips"] = len(opened.clips)
            row["speech_s"] = round(opened.speech_s, 1)
            row["enrolled"] = opened.consent.when.isoformat()
            row["folder"] = str(opened.folder)
        found.append(row)
    return found


def _print(console: "Console", found: list[dict[str, Any]], plain: bool) -> None:
    rows = [(row["name"], row["kind"], *_amount(row)) for row in found]
    if plain:
        for name, kind, speech, day in rows:
            more = f", {speech} of speech, since {day}" if day else ""
            console.print(f"{name}: {kind}{more}.", soft_wrap=True)
    else:
        from rich.table import Table

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for column in ("Voice", "Kind", "Speech", "Since"):
            table.add_column(column, no_wrap=True)
        for row in rows:
            table.add_row(*row)
        console.print(table)
    for row in found:
        if "error" in row:
            console.print(row["error"], soft_wrap=True)
    if not any(row["kind"] == "enrolled" for row in found):
        console.print("Your own: voicecoach enroll NAME --record 20", soft_wrap=True)


def _amount(row: dict[str, Any]) -> tuple[str, str]:
    """Seconds of speech and day of an enrolled voice."""
    if "speech_s" not in row:
        return ("", "") if "error" not in row else ("damaged", "")
    return f"{row['speech_s']:.0f} s", row["enrolled"][:10]
