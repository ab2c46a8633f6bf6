"""``voicecoach validate``: recipe stage 2."""

import json
from pathlib import Path
from typing import Annotated

import typer

from voicecoach.cli.options import AsJson
from voicecoach.cli.task import Task, TaskOption, other_stage


def validate(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Data folder.", show_default=False)],
    drop_bad: Annotated[
        Path | None,
        typer.Option(
            "--drop-bad",
            metavar="FOLDER",
            help="Write the good utterances to this data folder; then bad ones are no error.",
            show_default=False,
        ),
    ] = None,
    max_duration_s: Annotated[
        float, typer.Option("--max-duration-s", min=0.1, help="Longer recordings are bad.")
    ] = 60.0,
    as_json: AsJson = False,
    task: TaskOption = Task.score,
) -> None:
    """Check a data folder: its tables, and that every recording can be read.

    \b
    voicecoach validate data/train
    voicecoach validate data/train --drop-bad data/train_good

    A recording is bad if it is missing, is no sound, has no samples, is longer
    than --max-duration-s, or is too short to hold the phones of its text. Only
    headers are read: what is cut off in the middle is found by decoding.
    Exit code: 0 all good, 2 the tables contradict each other, 3 there are bad
    utterances.
    """
    if stage := other_stage(task, "validate"):
        return stage(data, as_json)
    from rich.progress import track

    from voicecoach.cli.options import EXIT_SOME_FAILED, log_console, output_console, warn
    from voicecoach.data import kaldi
    from voicecoach.data.checking import check

    unspeakable: dict[str, str] = {}
    utterances = kaldi.read(data, on_bad=lambda utt, e: unspeakable.__setitem__(utt, str(e)))
    found = [
        (u, *check(u, max_duration_s))
        for u in track(
            utterances, "Reading headers", console=log_console(), transient=True, update_period=1.0
        )
    ]
    bad = {**unspeakable, **{u.utt: reason for u, _, reason in found if reason is not None}}
    good = [(u, duration_s) for u, duration_s, reason in found if reason is None]
    durations_s = [duration_s for _, duration_s in good]
    summary = {
        "utterances": len(good) + len(bad),
        "good": len(good),
        "speakers": len({u.speaker for u, _ in good}),
        "scored": sum(u.labels is not None for u, _ in good),
        "total_s": round(sum(durations_s), 2),
        "shortest_s": round(min(durations_s, default=0.0), 2),
        "longest_s": round(max(durations_s, default=0.0), 2),
        "bad": bad,
    }
    for utt, reason in bad.items():
        warn(f"bad: {utt}: {reason}")
    if drop_bad is not None:
        kaldi.write(drop_bad, [u for u, _ in good])
        kaldi.copy_experts(data, drop_bad, {u.utt for u, _ in good})
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2))
    else:
        output_console().print(
            f"{data}: {len(good)} of {summary['utterances']} utterances are good, "
            f"{summary['speakers']} speakers, {summary['scored']} with scores, "
            f"{summary['total_s'] / 3600:.2f} h, {summary['shortest_s']} s to "
            f"{summary['longest_s']} s.",
            soft_wrap=True,
        )
    if bad and drop_bad is None:
        raise typer.Exit(EXIT_SOME_FAILED)
