"""``voicecoach evaluate``: a whole corpus in, a line of scores for each recording out."""

import os
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicecoach.cli.options import (
    EXIT_SOME_FAILED,
    Model,
    log_console,
    output_console,
    warn,
)
from voicecoach.data.atomic import make_folder
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from voicecoach.data.utterance import Utterance
    from voicecoach.scoring.corpus import Failure

FAILED = "failed.tsv"
SUMMARY = "summary.json"
RESULTS = ("scores.jsonl", SUMMARY, FAILED)
_MOST_LISTED = 10  # of the bad files on standard error; all stand in FAILED


def evaluate(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA", help="A Kaldi folder (wav.scp, text), or a TSV of file and text."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="DIR", help="Folder for the results.", show_default=False
        ),
    ],
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, metavar="N", help="Processes that score.")
    ] = 1,
    threads: Annotated[
        int | None,
        typer.Option(
            "--threads",
            min=1,
            metavar="N",
            help="Threads of each process. Default: the cores, shared out.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The summary as JSON on standard output, no table.")
    ] = False,
    model: Model = None,
) -> None:
    """Scores a corpus: scores.jsonl, summary.json and a table in the terminal.

    Run the same command again to go on after an interruption: what is scored is kept. Bad
    recordings are left out, listed in failed.tsv, and make the exit code 3.
    """
    from voicecoach.data.atomic import write_json
    from voicecoach.scoring.corpus import SCORES, Failure, read_records
    from voicecoach.scoring.summary import summarise

    unspeakable: list[Failure] = []
    utterances = _read(data, unspeakable)
    make_folder(out)
    threads = threads or max(1, (os.cpu_count() or 1) // jobs)
    failures = unspeakable + _score(utterances, out, model, jobs, threads)
    _write_failures(out / FAILED, failures)

    summary = {
        "data": str(data),
        **summarise(read_records(out / SCORES)),
        "failed": len(failures),
        "metrics": _metrics(utterances, out / SCORES),
    }
    write_json(out / SUMMARY, summary, indent=2)
    if as_json:
        import json

        typer.echo(json.dumps(summary, ensure_ascii=False, allow_nan=False, indent=2))
    else:
        _print_summary(summary, out)
    if failures:
        _report_failures(failures, len(utterances) + len(unspeakable), out / FAILED)
        raise typer.Exit(EXIT_SOME_FAILED)


def _read(data: Path, unspeakable: "list[Failure]") -> "list[Utterance]":
    from voicecoach.data import kaldi
    from voicecoach.scoring.corpus import Failure

    def on_bad(utt: str, error: InputError) -> None:
        unspeakable.append(Failure(utt, "", str(error)))

    if not data.exists():
        raise InputError(f"There is no {data}: give a Kaldi folder or a TSV of file and text.")
    read = kaldi.read if data.is_dir() else kaldi.read_tsv
    return read(data, on_bad=on_bad)


def _score(
    utterances: "Sequence[Utterance]", out: Path, model: str | None, jobs: int, threads: int
) -> "list[Failure]":
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from voicecoach.scoring.corpus import score_corpus

    columns = (
        TextColumn("Scoring"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=log_console()) as progress:
        task = progress.add_task("", total=len(utterances))
        return score_corpus(
            utterances, out, model, jobs, threads, lambda count: progress.advance(task, count)
        )


def _write_failures(path: Path, failures: "Sequence[Failure]") -> None:
    from voicecoach.data.atomic import write_text

    rows = (f"{failure.utt}\t{failure.wav}\t{failure.reason}\n" for failure in failures)
    write_text(path, "utt\tfile\treason\n" + "".join(rows))


def _report_failures(failures: "Sequence[Failure]", total: int, path: Path) -> None:
    warn(f"voicecoach: {len(failures)} of {total} recordings could not be scored ({path}):")
    for failure in failures[:_MOST_LISTED]:
        warn(f"  {failure.utt}: {failure.reason}")
    if len(failures) > _MOST_LISTED:
        warn(f"  and {len(failures) - _MOST_LISTED} more")


def _metrics(utterances: "Sequence[Utterance]", path: Path) -> dict[str, Any] | None:
    """How near the scores come to the experts' where the data have those, else None."""
    from voicecoach.metrics.scoring import score_metrics, with_references
    from voicecoach.scoring.corpus import read_records

    labelled = {utterance.utt for utterance in utterances if utterance.labels is not None}
    records = (_for_metrics(r) for r in read_records(path) if r["utt"] in labelled)
    first = next(records, None)
    if first is None:
        return None
    return score_metrics(with_references(chain([first], records), utterances))


def _for_metrics(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what the metrics do not read: they hold all records at once."""
    kept = ("text", "accuracy", "stress", "total", "phones", "phones-accuracy", "flagged")
    words = [{name: word[name] for name in kept} for word in record["words"]]
    return {**record, "words": words}


def _print_summary(summary: dict[str, Any], out: Path) -> None:
    from rich.table import Table

    console = output_console()
    counts = Table("Utterances", "Minutes", "Words", "Phones", "Flagged per 100", "Failed")
    counts.add_row(
        str(summary["utterances"]),
        f"{summary['duration_s'] / 60:.1f}",
        str(summary["words"]),
        str(summary["phones"]),
        _number(summary["flagged_phones_per_100"]),
        str(summary["failed"]),
    )
    console.print(counts)
    metrics = summary["metrics"]
    if metrics is None:
        means = Table("Score", "Mean", "Scale")
        for name, value in summary["mean"].items():
            means.add_row(name, _number(value), "0-2" if name == "phones" else "0-10")
        console.print(means)
    else:
        _print_metrics(console, metrics)
    console.print(f"Written to {out}: {', '.join(RESULTS)}.")


def _print_metrics(console: "Console", metrics: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table("", "Value", "95 % interval", title="Against the experts", title_justify="left")
    rows = [("phone PCC", metrics["phone"]["pcc"]), ("phone MSE", metrics["phone"]["mse"])]
    for level in ("word", "sentence"):
        rows += [(f"{level} {name} PCC", of["pcc"]) for name, of in metrics[level].items()]
    found = metrics["detection"]
    rows += [(f"flags, {name}", found["flagged"][name]) for name in ("precision", "recall", "f1")]
    rows.append(("best F1 over thresholds", found["best_f1"]["f1"]))
    for name, measured in rows:
        interval = f"{_number(measured['low'])} to {_number(measured['high'])}"
        table.add_row(name, _number(measured["value"]), interval)
    console.print(table)
    bad = metrics["counts"]["bad_phones"]
    console.print(f"{bad} phones were scored below 0.5 by the experts.")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
