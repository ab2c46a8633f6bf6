"""``voicecoach probe``: how well wrong words and phones are noticed, where the truth is known."""

from pathlib import Path
from typing import Annotated

import typer

from voicecoach.cli.options import Fold, Folds, Model, Threads


def probe(
    data: Annotated[
        Path,
        typer.Argument(
            help="Data folder of native speech, each text exactly what was said, or of scored "
            "speech, of which the words with full marks are taken.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="JSON", help="Write the counts to this file too."),
    ] = None,
    fold: Fold = None,
    folds: Folds = 5,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the changes.")] = 0,
    model: Model = None,
    threads: Threads = None,
) -> None:
    """Score recordings against sentences with an exchanged phone, a phone or a word put in.

    \b
    voicecoach probe data/kathleen_test
    voicecoach probe librispeech-clips/test-other --out exp/probe.json
    voicecoach probe exp/data/train --model exp/seed0/fold0/last --fold 0

    What was really said is known, so what is noticed can be counted; and flags on the untouched
    sentence are false ones.
    """
    import json

    from rich.progress import Progress

    from voicecoach.cli.options import load_scorer, log_console
    from voicecoach.data import kaldi
    from voicecoach.data.atomic import write_json
    from voicecoach.data.folds import in_fold
    from voicecoach.scoring.probe import run

    utterances = in_fold(kaldi.read(data), fold, folds)
    scorer = load_scorer(model, threads)
    with Progress(console=log_console()) as progress:
        bar = progress.add_task("Probing", total=len(utterances))
        counts = run(scorer, utterances, seed, lambda done, _: progress.update(bar, completed=done))
    if out is not None:
        write_json(out, counts, indent=2)
    typer.echo(json.dumps(counts, indent=2))
