"""``voicecoach infer``: recipe stage 5."""

from pathlib import Path
from typing import Annotated

import typer

from voicecoach.cli.task import (
    FaceFeatures,
    Feedback,
    Source,
    Task,
    TaskOption,
    other_stage,
    source_of,
)


def infer(
    data: Annotated[Path, typer.Argument(help="Data folder.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for scores.jsonl.")],
    model: Annotated[
        list[str],
        typer.Option(
            metavar="FOLDER",
            help="Checkpoint. Several: those of all folds in order, each for the speakers that "
            "it never heard.",
        ),
    ],
    folds: Annotated[
        int | None,
        typer.Option(
            min=2,
            help="How many folds there are, where not all are trained yet: the speakers of the "
            "others are left out. Default: as many as checkpoints.",
            show_default=False,
        ),
    ] = None,
    shuffle: Annotated[
        bool,
        typer.Option(
            "--shuffle", help="Give every sentence another speaker's recording, as a control."
        ),
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, help="Processes that score.")] = 1,
    face_features: FaceFeatures = None,
    feedback: Feedback = None,
    source: Source = None,
    task: TaskOption = Task.score,
) -> None:
    """Run a trained scorer, or those of a cross-validation, over a data folder.

    \b
    voicecoach infer data/test --model exp/score/full/last --out exp/score/test
    voicecoach infer data/train --out exp/score/cv \\
        --model exp/score/fold0/last --model exp/score/fold1/last --model exp/score/fold2/last

    Run the same command again to go on after an interruption. Exit code 3: some recordings could
    not be scored; they are named.
    """
    only = source_of(task, source)
    if stage := other_stage(task, "infer"):
        return stage(data, out, model, face_features, feedback, **only)
    import os

    from rich.progress import Progress

    from voicecoach.cli.options import EXIT_SOME_FAILED, log_console, warn
    from voicecoach.data import kaldi
    from voicecoach.data.atomic import make_folder, write_text
    from voicecoach.data.checking import check
    from voicecoach.data.folds import in_fold
    from voicecoach.data.shuffle import shuffled
    from voicecoach.scoring.corpus import SCORES, score_corpus
    from voicecoach.scoring.scorer import MAX_DURATION_S

    utterances = kaldi.read(data)
    if shuffle:
        durations_s = [check(u, MAX_DURATION_S)[0] for u in utterances]
        utterances = shuffled(utterances, durations_s)
    groups = {model[0]: utterances}
    if folds or len(model) > 1:
        n_folds = max(folds or 0, len(model))
        groups = {c: in_fold(utterances, fold, n_folds) for fold, c in enumerate(model)}
    failures, lines = [], []
    with Progress(console=log_console()) as progress:
        bar = progress.add_task("Scoring", total=sum(map(len, groups.values())))
        for number, (checkpoint, group) in enumerate(groups.items()):
            part = make_folder(out / f"part{number}" if len(groups) > 1 else out)
            failures += score_corpus(
                group,
                part,
                checkpoint,
                jobs,
                max(1, (os.cpu_count() or 1) // jobs),
                lambda count: progress.advance(bar, count),
            )
            lines.append((part / SCORES).read_text(encoding="utf-8"))
    if len(groups) > 1:
        write_text(out / SCORES, "".join(lines))
    for failure in failures:
        warn(f"  {failure.utt}: {failure.reason}")
    if failures:
        raise typer.Exit(EXIT_SOME_FAILED)
