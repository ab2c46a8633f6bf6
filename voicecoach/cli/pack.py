"""``voicecoach pack``: recipe stage 7."""

from pathlib import Path
from typing import Annotated

import typer

from voicecoach.cli.task import FaceFeatures, Feedback, Task, TaskOption, other_stage


def pack(
    model: Annotated[Path, typer.Argument(help="Trained checkpoint.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write.")],
    measured: Annotated[
        Path,
        typer.Option(
            metavar="METRICS.JSON", help="Of the cross-validation: its thresholds are frozen in."
        ),
    ],
    card: Annotated[
        Path, typer.Option(metavar="MARKDOWN", help="Model card; the numbers are added to it.")
    ],
    commit: Annotated[str, typer.Option(help="Commit that trained it, for the card.")] = "",
    face_features: FaceFeatures = None,
    feedback: Feedback = None,
    task: TaskOption = Task.score,
) -> None:
    """Make the small folder that users get: weights in 8 bits, thresholds, model card.

    \b
    voicecoach pack exp/score/full/last --measured exp/score/cv/metrics.json \\
        --card conf/model_card.md --out voicecoach/resources/scorer-en
    """
    if stage := other_stage(task, "pack"):
        return stage(model, out, measured, card, commit, face_features, feedback)
    from voicecoach.cli.options import read_text, warn
    from voicecoach.scoring.packing import pack_scorer

    size_mb = pack_scorer(model, out, measured, read_text(card), commit)
    warn(f"{out}: {size_mb:.1f} MB")
