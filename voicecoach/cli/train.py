"""``voicecoach train``: recipe stage 4."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from voicecoach.cli.options import Folds, Threads, set_threads, warn
from voicecoach.cli.task import Task, TaskOption, other_stage


def train(
    features: Annotated[
        list[Path],
        typer.Argument(
            help="Feature folders; those without scores are taken as well-spoken.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the experiment.")],
    model: Annotated[Path, typer.Option("--model", metavar="YAML", help="What network.")] = Path(
        "conf/model/scorer.yaml"
    ),
    config_path: Annotated[
        Path, typer.Option("--config", metavar="YAML", help="How to train.")
    ] = Path("conf/train/score.yaml"),
    augment: Annotated[
        Path, typer.Option("--augment", metavar="YAML", help="Masks of SpecAugment.")
    ] = Path("conf/train/augment.yaml"),
    fold: Annotated[
        int | None,
        typer.Option(help="Hold out and validate this fold of speakers.", show_default=False),
    ] = None,
    folds: Folds = 5,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Instead of the configuration's.", show_default=False)
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Instead of the configuration's.", show_default=False)
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on after the last finished epoch.")
    ] = False,
    threads: Threads = None,
    task: TaskOption = Task.score,
) -> None:
    """Train a network, with checkpoints after every epoch.

    \b
    voicecoach train exp/features/train --out exp/score/full
    voicecoach train exp/features/train --out exp/score/fold0 --fold 0 --resume
    torchrun --nproc-per-node 2 -m voicecoach.cli.main train exp/features/train --out exp/score

    The folder gets last and best (by the configuration's metric), log.jsonl and tensorboard.
    """
    stage = other_stage(task, "train") or partial(_train, augment)
    set_threads(threads)
    given = {k: v for k, v in {"seed": seed, "epochs": epochs}.items() if v is not None}
    metrics = stage(features, out, model, config_path, given, fold, folds, resume)
    warn(f"{out}: " + ", ".join(f"{name} {value:.3f}" for name, value in metrics.items()))


def _train(
    augment: Path,
    features: list[Path],
    out: Path,
    model: Path,
    config_path: Path,
    given: dict[str, int],
    fold: int | None,
    folds: int,
    resume: bool,
) -> dict[str, float]:
    from voicecoach import config
    from voicecoach.data.augment import AugmentSpec
    from voicecoach.scoring import features as scoring_features
    from voicecoach.scoring import training
    from voicecoach.scoring.model import ModelSpec

    return training.train(
        [scoring_features.load(folder) for folder in features],
        out,
        config.load(model, ModelSpec),
        config.load(config_path, training.ScoreTrainSpec).model_copy(update=given),
        config.load(augment, AugmentSpec),
        fold=fold,
        n_folds=folds,
        resume=resume,
    )
