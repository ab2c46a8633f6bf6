"""The recipe stages of the coach: what ``--task coach`` does in each command."""

from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.cli import stages
from voicecoach.cli.options import log_console, read_text, warn
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from voicecoach.coaching.features import PhoneFolder


def features(
    data: Path,
    out: Path,
    jobs: int,
    audio: Path | None,
    align_with: Path | None,
    voice: Path | None,
    before: Path | None,
) -> None:
    """Measures every phone of a feature folder of the scorer (``data``)."""
    from rich.progress import Progress

    from voicecoach.coaching.features import extract
    from voicecoach.scoring.features import load

    scorer_features = load(data)
    with Progress(console=log_console()) as progress:
        bar = progress.add_task("Measuring", total=len(scorer_features.utterances))

        def show(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        folder = extract(scorer_features, out, jobs, show)
    # So that the later stages find what the phones were cut from.
    (out / "of.txt").write_text(f"{data.resolve()}\n", encoding="utf-8")
    warn(f"{out}: {len(folder.phones)} phones")


def train(
    features: list[Path],
    out: Path,
    model: Path,
    config_path: Path,
    given: dict[str, int],
    fold: int | None,
    folds: int,
    resume: bool,
) -> dict[str, float]:
    """Trains a network, then the likelihood of well-said phones (``given``: settings that replace
    those of ``config_path``)."""
    from voicecoach import config
    from voicecoach.coaching import training
    from voicecoach.coaching.network import CoachSpec

    return training.train(
        [_phones(folder) for folder in features],
        out,
        config.load(model, CoachSpec),
        config.load(config_path, training.CoachTrainSpec).model_copy(update=given),
        fold=fold,
        n_folds=folds,
        resume=resume,
    )


def measure(
    models: Path,
    features: Path,
    out: Path,
    train: Path | None,
    draws: int,
    seed: int,
    as_json: bool,
    feedback: Path | None,
    scorers: Path | None,
) -> None:
    """Compares arrows with the way to the same speaker's good tokens (``models``: a folder with
    fold0, fold1, ...), and has judges listen where ``scorers`` of the same folds are given."""
    from rich.progress import Progress

    from voicecoach import config
    from voicecoach.coaching import listening, measuring, verdicts
    from voicecoach.coaching.backwards import FeedbackSpec
    from voicecoach.data.atomic import make_folder

    spec = config.load(_needed(feedback), FeedbackSpec)
    phones = _phones(features)
    make_folder(out)
    with Progress(*Progress.get_default_columns(), console=log_console()) as progress:
        show = stages.shower(progress, "Running backwards")
        metrics = measuring.measure(models, phones, spec, draws, seed, show)
        text = measuring.markdown(metrics)
        if scorers is not None:
            show = stages.shower(progress, "Listening")
            found = listening.listen(
                models, scorers, phones.features.utterances, spec, out, seed, show
            )
            metrics |= verdicts.summarise(*found, draws, seed)
            text += f"\n{verdicts.markdown(metrics)}"
    stages.report(out, metrics, text, as_json)


def pack(
    model: Path,
    out: Path,
    measured: Path,
    card: Path,
    commit: str,
    features: Path | None,
    feedback: Path | None,
) -> None:
    """Makes the folder that users get."""
    from voicecoach import config
    from voicecoach.coaching import measuring, packing, verdicts
    from voicecoach.coaching.backwards import FeedbackSpec
    from voicecoach.data.scores_json import load as load_json

    metrics = load_json(measured)
    table = measuring.markdown(metrics)
    if "effect" in metrics:
        table += f"\n{verdicts.markdown(metrics)}"
    spec = config.load(_needed(feedback), FeedbackSpec)
    stages.pack(
        lambda text: packing.pack(model, out, spec, text, commit), card, "Held-out speakers", table
    )


def _phones(folder: Path) -> "PhoneFolder":
    """Phones, with what the scorer's trunk heard of them."""
    from dataclasses import replace

    import numpy as np

    from voicecoach.coaching.features import load
    from voicecoach.scoring.features import load as load_features

    source = Path(read_text(folder / "of.txt").strip())
    heard = source / "heard0.npy"
    if not heard.is_file():
        raise InputError(f"{heard} is missing: train the scorer with a frozen trunk first.")
    steps = np.load(heard, mmap_mode="r", allow_pickle=False)
    return load(replace(load_features(source), heard=(steps,)), folder)


def _needed(feedback: Path | None) -> Path:
    if feedback is None:
        raise InputError("Give --feedback, how the network is run backwards (a YAML file).")
    return feedback
