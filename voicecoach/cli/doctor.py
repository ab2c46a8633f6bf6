"""``voicecoach doctor``: what works on this machine, and what to do about the rest."""

from typing import TYPE_CHECKING, Annotated

import typer

from voicecoach.cli.options import AsJson

if TYPE_CHECKING:
    from voicecoach.practice.doctor import Report


def doctor(
    loopback: Annotated[
        bool,
        typer.Option("--loopback", help="Also play a chirp and record it, by the default devices."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what works on this machine: versions, model, microphone, loudspeaker, disk.

    \b
    voicecoach doctor
    voicecoach doctor --loopback
    voicecoach doctor --json

    Each line begins with ok, warn (works without it, but less) or fail (does not work).
    Exit code: 0 if recordings in files can be scored, with or without sound devices; else 2.
    """
    from voicecoach.cli.options import EXIT_BAD_INPUT
    from voicecoach.practice.doctor import examine

    report = examine(loopback)
    if as_json:
        _print_json(report)
    else:
        _print(report)
    if not report.usable:
        raise typer.Exit(EXIT_BAD_INPUT)


def _uses(report: "Report") -> dict[str, bool]:
    return {
        "scoring files": report.usable,
        "recording": report.can_record,
        "playing": report.can_play,
    }


def _print_json(report: "Report") -> None:
    import json
    from dataclasses import asdict

    content = {
        "usable": report.usable,
        "can_record": report.can_record,
        "can_play": report.can_play,
        "checks": [asdict(check) for check in report.checks],
    }
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))


def _print(report: "Report") -> None:
    from voicecoach.cli.options import output_console

    console = output_console()
    for check in report.checks:
        advice = f" -> {check.advice}" if check.advice else ""
        console.print(f"{check.status:<4}  {check.name}: {check.found}{advice}", soft_wrap=True)
    uses = _uses(report)
    for title, wanted in (("Works", True), ("Does not work", False)):
        names = [name for name, works in uses.items() if works is wanted]
        if names:
            console.print(f"{title}: {', '.join(names)}.")
