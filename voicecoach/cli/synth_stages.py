"""The recipe stages of a voice: what ``--task synth`` does in each command."""

from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.cli import stages
from voicecoach.cli.options import log_console, warn
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from rich.progress import Progress


def features(
    data: Path,
    out: Path,
    jobs: int,
    audio: Path | None,
    align_with: Path | None,
    voice: Path | None,
    before: Path | None,
) -> None:
    """Aligns and measures the recordings of one speaker."""
    from voicecoach import config
    from voicecoach.audio.spec import AudioSpec
    from voicecoach.data import kaldi
    from voicecoach.synthesis import features

    spec = features.SynthSpec(audio=config.load(audio or Path("conf/audio/24k.yaml"), AudioSpec))
    utterances = kaldi.read(data)
    with _progress() as progress:
        show = stages.shower(progress, "Measuring")
        failed = features.extract(utterances, out, spec, align_with, jobs, show)
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
    """Trains a voice (``given``: settings that replace those of ``config_path``)."""
    from voicecoach import config
    from voicecoach.synthesis import training
    from voicecoach.synthesis.features import load
    from voicecoach.synthesis.model import AcousticModelSpec

    if len(features) > 1 or fold is not None:
        raise InputError("A voice is trained on one folder of one speaker, without --fold.")
    return training.train(
        load(features[0]),
        out,
        config.load(model, AcousticModelSpec),
        config.load(config_path, training.SynthTrainSpec).model_copy(update=given),
        resume=resume,
    )


def infer(
    data: Path, out: Path, model: list[str], features: Path | None, feedback: Path | None
) -> None:
    """Says the sentences of a feature folder (``data``) by every system."""
    from voicecoach.postfilter.voice import load as load_filtered
    from voicecoach.synthesis import systems
    from voicecoach.synthesis.features import load
    from voicecoach.synthesis.listening import write_page
    from voicecoach.synthesis.trained import TrainedVoice

    voice, folder = TrainedVoice.from_pretrained(model[0]), load(data)
    with _progress() as progress:
        systems.predict(
            folder, voice, out / systems.PREDICTED, stages.shower(progress, "Predicting")
        )
        voices = {"voice": voice, "voice_gv": load_filtered(model[0], "gv")}
        systems.speak(folder, voices, out, stages.shower(progress, "Speaking"))
    warn(f"To listen: {write_page(out, folder.utterances)}")


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
    """Compares what stage 5 said (``spoken``) with the recordings (``features``)."""
    from voicecoach.data.atomic import make_folder
    from voicecoach.synthesis import measuring
    from voicecoach.synthesis.features import load

    if train is None:
        raise InputError("Give --train, the features that trained the voice, for the baseline.")
    make_folder(out)
    with _progress() as progress:
        show = stages.shower(progress, "Listening")
        metrics = measuring.measure(spoken, load(features), load(train), draws, seed, show)
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
    from voicecoach.data.scores_json import load as load_json
    from voicecoach.synthesis import measuring, packing

    stages.pack(
        lambda text: packing.pack(model, out, text, commit),
        card,
        "Sentences never trained on",
        measuring.markdown(load_json(measured)),
    )


def _progress() -> "Progress":
    from rich.progress import Progress

    return Progress(*Progress.get_default_columns(), console=log_console())
