"""The recipe stages of a postfilter: what ``--task postfilter`` does in each command."""

from pathlib import Path

from voicecoach.cli import stages
from voicecoach.cli.options import log_console, warn
from voicecoach.errors import InputError


def features(
    data: Path,
    out: Path,
    jobs: int,
    audio: Path | None,
    align_with: Path | None,
    voice: Path | None,
    before: Path | None,
) -> None:
    """What a voice says in the place of recordings, whose features are ``data``."""
    from rich.progress import Progress

    from voicecoach.postfilter import parametric
    from voicecoach.postfilter.postfilter import Postfilter
    from voicecoach.synthesis import systems
    from voicecoach.synthesis.features import load
    from voicecoach.synthesis.trained import TrainedVoice

    if voice is None:
        raise InputError("Give --voice, the checkpoint of the voice that says the sentences.")
    trained, folder = TrainedVoice.from_pretrained(voice), load(data)
    with Progress(console=log_console()) as progress:
        made = systems.predict(folder, trained, out, stages.shower(progress, "Predicting"))
        if before is not None:
            postfilter = Postfilter.from_pretrained(before)
            parametric.enhance_folder(made, postfilter, out, stages.shower(progress, "Filtering"))
    warn(f"{out}: {len(folder.utterances)} utterances")


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
    """Trains a postfilter on features of recordings and on what a voice made in their place."""
    from voicecoach import config
    from voicecoach.postfilter import kinds, training
    from voicecoach.postfilter.model import PostfilterModelSpec
    from voicecoach.postfilter.postfilter import PostfilterSpec
    from voicecoach.synthesis.features import load

    if len(features) != 2 or fold is not None:
        raise InputError("A postfilter is trained on two folders: of recordings, and of a voice.")
    natural, made = (load(folder) for folder in features)
    what = PostfilterSpec(features=natural.spec, model=config.load(model, PostfilterModelSpec))
    spec = config.load(config_path, training.PostfilterTrainSpec).model_copy(update=given)
    pairs = kinds.of(what.model).pairs(natural, made)
    found = training.train(pairs, out, what, spec, resume)
    return {name: sum(band[name] for band in found) / len(found) for name in found[0]}


def infer(
    data: Path, out: Path, model: list[str], features: Path | None, feedback: Path | None
) -> None:
    """Says the sentences of a feature folder (``data``) by every postfilter and baseline.

    ``model``: checkpoints of ``train``, the first the one to be packed, each a system by the name
    of its folder; ``features``: what the voice made of the same sentences.
    """
    from rich.progress import Progress

    from voicecoach.postfilter import systems
    from voicecoach.postfilter.baselines import MatchedNoise, VarianceScaling
    from voicecoach.postfilter.postfilter import Enhancer, Postfilter
    from voicecoach.synthesis.features import load
    from voicecoach.synthesis.listening import write_page
    from voicecoach.training import checkpoint

    if features is None:
        raise InputError("Give --features, what the voice made of these sentences.")
    natural = load(data)
    statistics = checkpoint.load(model[0]).statistics
    postfilters = [Postfilter.from_pretrained(folder) for folder in model]
    enhancers: dict[str, Enhancer] = {
        "gv": VarianceScaling(statistics["deviation"].numpy()),
        "noise": MatchedNoise(statistics["noise"].numpy()),
        "filters": postfilters[0].base,
        **{Path(folder).parent.name: p for folder, p in zip(model, postfilters, strict=True)},
    }
    with Progress(console=log_console()) as progress:
        show = stages.shower(progress, "Speaking")
        spec = postfilters[0].spec.model
        systems.speak(natural, load(features), enhancers, spec, out, show)
    warn(f"To listen: {write_page(out, natural.utterances)}")


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
    from rich.progress import Progress

    from voicecoach.data.atomic import make_folder
    from voicecoach.postfilter import measuring, pictures
    from voicecoach.synthesis.features import load
    from voicecoach.synthesis.judging import WAV

    make_folder(out)
    natural = load(features)
    with Progress(console=log_console()) as progress:
        show = stages.shower(progress, "Listening")
        metrics = measuring.measure(spoken, natural, draws, seed, show)
    curves, shift_ms = metrics["curves"], metrics["column_shift_ms"]
    pictures.draw_liveliness(curves, out / "liveliness.png", shift_ms)
    first = natural.utterances[0].utt
    sounds = {name: spoken / WAV / name / f"{first}.flac" for name in metrics["systems"]}
    pictures.draw_spectrograms(sounds, out / "spectrograms.png", natural.spec.audio)
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
    """Makes the folder that users get, to lie in that of the voice."""
    from voicecoach.data.scores_json import load as load_json
    from voicecoach.postfilter import measuring, packing

    stages.pack(
        lambda text: packing.pack(model, out, text, commit),
        card,
        "Sentences never trained on",
        measuring.markdown(load_json(measured)),
    )
