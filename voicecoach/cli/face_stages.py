"""The recipe stages for faces: what ``--task face`` does in each command."""

import json
from pathlib import Path

from voicecoach.cli import stages
from voicecoach.cli.options import EXIT_SOME_FAILED, log_console, read_text, warn
from voicecoach.errors import InputError


def validate(data: Path, as_json: bool) -> None:
    """Checks that every picture can be read and every label lies inside it."""
    import typer

    from voicecoach.image import dataset
    from voicecoach.image.picture import read

    faces = dataset.read(data)
    bad = {}
    for face in faces:
        try:
            size = read(face.picture).size
        except InputError as error:
            bad[face.name] = str(error)
        else:
            # The chin may lie below a tight crop, but not far.
            if (face.landmarks < -0.1 * size[0]).any() or (face.landmarks > 1.1 * max(size)).any():
                bad[face.name] = "a landmark lies outside of the picture"
    people = {face.person for face in faces}
    for name, reason in bad.items():
        warn(f"bad: {name}: {reason}")
    summary = {"pictures": len(faces), "people": len(people), "bad": bad}
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2))
    else:
        good = len(faces) - len(bad)
        typer.echo(f"{data}: {good} of {len(faces)} pictures are good, {len(people)} people.")
    if bad:
        raise typer.Exit(EXIT_SOME_FAILED)


def features(
    data: Path,
    out: Path,
    jobs: int,
    audio: Path | None,
    align_with: Path | None,
    voice: Path | None,
    before: Path | None,
) -> None:
    """Cuts out every face, in one process: it takes seconds."""
    from rich.progress import Progress

    from voicecoach.data.atomic import make_folder
    from voicecoach.image import dataset
    from voicecoach.image.features import extract

    faces = dataset.read(data)
    make_folder(out)
    with Progress(console=log_console()) as progress:
        bar = progress.add_task("Cutting out faces", total=len(faces))
        failed = extract(faces, out, lambda done, _: progress.update(bar, completed=done))
    warn(f"{out}: {len(faces) - len(failed)} faces")
    for name, reason in failed.items():
        warn(f"  left out {name}: {reason}")


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
    """Trains a network; a ``given`` seed also draws the picture that each person gives."""
    from voicecoach import config
    from voicecoach.image import training
    from voicecoach.image.features import load
    from voicecoach.image.model import FaceModelSpec

    if "seed" in given:
        given = {**given, "draw_seed": given["seed"]}
    return training.train(
        [load(folder) for folder in features],
        out,
        config.load(model, FaceModelSpec),
        config.load(config_path, training.FaceTrainSpec).model_copy(update=given),
        fold=fold,
        n_folds=folds,
        resume=resume,
    )


def infer(
    data: Path, out: Path, models: list[str], features: Path | None, feedback: Path | None
) -> None:
    """Gives feedback on everybody whom a network never saw."""
    import typer

    from voicecoach.data.atomic import write_text
    from voicecoach.image import dataset, inference
    from voicecoach.image.features import load

    features, spec = _features_and_spec(features, feedback)
    records, failed = inference.infer(models, dataset.read(data), load(features), spec)
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    write_text(out / inference.FILE, "".join(lines))
    warn(f"{out / inference.FILE}: {len(records)} pictures")
    for name, reason in failed.items():
        warn(f"  {name}: {reason}")
    if failed:
        raise typer.Exit(EXIT_SOME_FAILED)


def measure(
    records: Path,
    data: Path,
    out: Path,
    train: Path | None,
    draws: int,
    seed: int,
    as_json: bool,
    feedback: Path | None,
    scorers: Path | None,
) -> None:
    """Compares feedback with the labels and the real smiles."""
    from voicecoach.image import dataset, measuring
    from voicecoach.image.report import markdown

    try:
        lines = records.read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines]
    except (OSError, ValueError) as error:
        raise InputError(
            f"Cannot read {records} ({error}): run stage 5 (voicecoach infer)."
        ) from error
    others = None if train is None else dataset.read(train)
    metrics = measuring.measure(found, dataset.read(data), others, draws, seed)
    stages.report(out, metrics, markdown(metrics), as_json)


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
    from voicecoach.data.scores_json import load as load_json
    from voicecoach.image.features import load
    from voicecoach.image.packing import pack_coach
    from voicecoach.image.report import markdown

    features, spec = _features_and_spec(features, feedback)
    made_by = f"Commit {commit}. " if commit else ""
    text = (
        f"{read_text(card).rstrip()}\n\n## Cross-validation over the people\n\n{made_by}Weights as "
        f"trained, before rounding.\n\n{markdown(load_json(measured))}"
    )
    size_mb = pack_coach(model, load(features), spec, out, text)
    warn(f"{out}: {size_mb:.1f} MB")


def _features_and_spec(features: Path | None, feedback: Path | None) -> tuple:
    from voicecoach import config
    from voicecoach.image.coach import FaceFeedbackSpec

    if features is None or feedback is None:
        raise InputError("Faces need --features (what trained) and --feedback (a YAML file).")
    return features, config.load(feedback, FaceFeedbackSpec)
