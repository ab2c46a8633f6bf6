"""``voicecoach measure``: recipe stage 6."""

import json
from pathlib import Path
from typing import Annotated

import typer

from voicecoach.cli.options import AsJson
from voicecoach.cli.task import Feedback, Task, TaskOption, other_stage


def measure(
    scores: Annotated[
        Path,
        typer.Argument(
            metavar="SCORES.JSONL",
            help="scores.jsonl of voicecoach evaluate or infer.",
            show_default=False,
        ),
    ],
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA", help="Data folder with the experts' scores.", show_default=False
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="Folder for metrics.json and results.md."),
    ],
    threshold_from: Annotated[
        Path | None,
        typer.Option(
            "--threshold-from",
            metavar="METRICS.JSON",
            help="Flag phones below the threshold frozen there, instead of as the scores say.",
            show_default=False,
        ),
    ] = None,
    train: Annotated[
        Path | None,
        typer.Option(
            "--train",
            metavar="FOLDER",
            help="Training data folder, for the baseline that always says the phone's mean.",
            show_default=False,
        ),
    ] = None,
    choose: Annotated[
        bool,
        typer.Option(
            "--choose-threshold",
            help="Flag phones below the threshold chosen on these scores, for a cross-validation.",
        ),
    ] = False,
    draws: Annotated[
        int, typer.Option("--draws", min=0, help="Bootstrap draws over speakers; 0 for none.")
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws.")] = 0,
    as_json: AsJson = False,
    feedback: Feedback = None,
    scorers: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Scorers of the same folds: judges also listen to what is improved (coach only).",
            show_default=False,
        ),
    ] = None,
    task: TaskOption = Task.score,
) -> None:
    """Compare scores with those of experts.

    \b
    voicecoach measure exp/test/scores.jsonl data/test --out exp/test
    voicecoach measure exp/test/scores.jsonl data/test --out exp/test \\
        --train data/train --threshold-from exp/cv/metrics.json

    Writes metrics.json (all numbers), results.md (the tables) and detection.png. PCC is
    Pearson's correlation over all phones, words or sentences of the set; a bad
    phone is one that the experts gave less than 0.5 of 2 in the mean.
    Intervals: 95 %, bootstrap over speakers.
    """
    if stage := other_stage(task, "measure"):
        return stage(scores, data, out, train, draws, seed, as_json, feedback, scorers)
    from voicecoach.cli.options import warn
    from voicecoach.data import kaldi, scores_json
    from voicecoach.data.atomic import make_folder, write_json, write_text
    from voicecoach.metrics.pictures import draw_detection
    from voicecoach.metrics.report import markdown
    from voicecoach.metrics.scoring import (
        choose_threshold,
        phone_means,
        score_metrics,
        with_references,
    )
    from voicecoach.scoring.corpus import read_records

    threshold = None if threshold_from is None else _frozen_threshold(threshold_from)
    utterances = kaldi.read(data)
    experts = kaldi.find_resource(data, kaldi.EXPERTS)
    records = with_references(
        read_records(scores), utterances, None if experts is None else scores_json.load(experts)
    )
    if choose:
        threshold = choose_threshold(records)
    missing = {u.utt for u in utterances if u.labels} - {record["utt"] for record in records}
    if missing:
        warn(f"{len(missing)} utterances of {data} have no scores, such as {min(missing)}.")
    metrics = score_metrics(
        records,
        threshold=threshold,
        means=None if train is None else phone_means(kaldi.read(train)),
        n_draws=draws,
        seed=seed,
    )
    metrics["counts"]["not_scored"] = len(missing)
    make_folder(out)
    write_json(out / "metrics.json", metrics, indent=2)
    write_text(out / "results.md", markdown(metrics))
    try:
        draw_detection(records, out / "detection.png", threshold)
    except ImportError:
        warn("No picture: pip install matplotlib for one.")
    if as_json:
        typer.echo(json.dumps(metrics, ensure_ascii=False, indent=2))
    else:
        _print(metrics)


def _frozen_threshold(path: Path) -> float:
    """The threshold that another measurement chose."""
    from voicecoach.data.scores_json import load
    from voicecoach.errors import InputError

    try:
        return float(load(path)["detection"]["at_precision"]["threshold"])
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path} holds no detection.at_precision.threshold: give a metrics.json of "
            "voicecoach measure."
        ) from error


def _print(metrics: dict) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from voicecoach.cli.options import output_console
    from voicecoach.metrics import report

    console = output_console()
    console.print(report.counts_line(metrics))
    for header, rows in (
        (report.HEADER, report.main_rows(metrics)),
        (report.BREAKDOWN_HEADER, report.breakdown_rows(metrics)),
    ):
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for column, name in enumerate(header):
            table.add_column(name, justify="left" if column == 0 else "right", no_wrap=column > 0)
        for row in rows:
            table.add_row(*row)
        console.print(table)
