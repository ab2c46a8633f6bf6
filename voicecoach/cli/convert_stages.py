"""The recipe stages of a converter: what ``--task convert`` does in each command."""

from pathlib import Path

from voicecoach.cli import stages
from voicecoach.cli.options import log_console, warn
from voicecoach.errors import InputError

SENTENCES, LONE_SENTENCES = 3, 40
"""Of each learner, or of a lone one, that are converted in stage 5."""


def features(
    data: Path,
    out: Path,
    jobs: int,
    audio: Path | None,
    align_with: Path | None,
    voice: Path | None,
    before: Path | None,
    source: Path | None = None,
) -> None:
    """Lets the reference voice say what learners said, or takes recordings of the ``source`` in its
    place, and puts both on one time."""
    from rich.progress import Progress

    from voicecoach.conversion import pairing
    from voicecoach.data import kaldi

    utterances = kaldi.read(data)
    with Progress(console=log_console()) as progress:
        show = stages.shower(progress, "Measuring")
        other = kaldi.read(source) if source is not None else None
        failed = pairing.extract(utterances, out, progress=show, source=other)
    warn(f"{out}: {len(utterances) - len(failed)} utterances")
    for utt, reason in failed.items():
        warn(f"  left out {utt}: {reason}")


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
    """Trains a converter (``given``: settings that replace those of ``config_path``)."""
    from voicecoach import config
    from voicecoach.conversion import pairs, training
    from voicecoach.conversion.model import ConverterModelSpec
    from voicecoach.conversion.spec import ConverterTrainSpec

    if len(features) > 1 or fold is not None:
        raise InputError("A converter is trained on one folder, without --fold.")
    return training.train(
        pairs.load(features[0]),
        out,
        config.load(model, ConverterModelSpec),
        config.load(config_path, ConverterTrainSpec).model_copy(update=given),
        resume,
    )


def infer(
    data: Path,
    out: Path,
    model: list[str],
    features: Path | None,
    feedback: Path | None,
    source: Path | None = None,
) -> None:
    """Converts sentences never trained on, of learners never trained on where there are many, by
    every system.

    ``model``: checkpoints of ``train``, the first the one to be packed, each a system by the name
    of the folder above it. ``source``: as in ``features``.
    """
    from rich.progress import Progress

    from voicecoach.conversion import systems
    from voicecoach.conversion.converter import Converter
    from voicecoach.conversion.mapping import FrequencyWarping
    from voicecoach.conversion.speakers import held_out, is_lone
    from voicecoach.data import kaldi
    from voicecoach.synthesis.listening import write_page
    from voicecoach.training import checkpoint

    utterances = kaldi.read(data)
    trained = {Path(folder).parent.name: Converter.from_pretrained(folder) for folder in model}
    first = next(iter(trained.values()))
    every = checkpoint.load(model[0]).config["train"]["held_every"]
    said = {u.utt: u.wav for u in kaldi.read(source)} if source is not None else None
    if said is not None:
        utterances = [u for u in utterances if u.utt in said]
    speakers = [u.speaker for u in utterances]
    if is_lone(speakers):
        found = [systems.lone(utterances, LONE_SENTENCES)]
    else:
        found = systems.learners(utterances, held_out(speakers, every), SENTENCES)
    plain = {systems.VTLN: Converter(FrequencyWarping(), first.reference)}
    with Progress(console=log_console()) as progress:
        show = stages.shower(progress, "Converting")
        systems.speak(found, {**trained, **plain}, out, show, said)
    page = write_page(out, [utterance for learner in found for utterance in learner.test])
    warn(f"To listen: {page}")


def measure(
    spoken: Path,
    features: Path,
    out: Path,
    train: Path | None,
    draws: int,
    seed: int,
    as_json: bool,
    feedback: Path | None,
    scorers: Path | None,
) -> None:
    """Compares what stage 5 said (``spoken``) with the learners (data folder ``train``; their
    ``features``), or draws the trainings of a stress test."""
    import typer
    from rich.progress import Progress

    from voicecoach.conversion import measuring, pairs, stress
    from voicecoach.data import kaldi
    from voicecoach.data.atomic import make_folder, write_json, write_text

    make_folder(out)
    if rows := stress.collect(spoken):
        write_json(out / "stress.json", rows, indent=2)
        stress.draw(rows, out / "stress.png")
        write_text(out / "stress.md", stress.markdown(rows))
        typer.echo(stress.markdown(rows))
        return
    if train is None:
        raise InputError("Give --train, the data folder of the learners.")
    with Progress(console=log_console()) as progress:
        show = stages.shower(progress, "Listening")
        metrics = measuring.measure(
            spoken, kaldi.read(train), pairs.load(features), draws, seed, show
        )
    stages.report(out, metrics, measuring.markdown(metrics), as_json)


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
    from voicecoach.conversion import measuring, packing
    from voicecoach.data.scores_json import load as load_json

    stages.pack(
        lambda text: packing.pack(model, out, text, commit),
        card,
        "Learners never trained on",
        measuring.markdown(load_json(measured)),
    )
