"""``voicecoach features``: recipe stage 3."""

from pathlib import Path
from typing import Annotated

import typer

from voicecoach.cli.task import Source, Task, TaskOption, other_stage, source_of


def features(
    data: Annotated[Path, typer.Argument(help="Data folder.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the features.")],
    audio: Annotated[
        Path | None,
        typer.Option(
            "--audio",
            metavar="YAML",
            help="How sound is cut into frames. Default: conf/audio/16k.yaml, 24k.yaml for synth.",
            show_default=False,
        ),
    ] = None,
    augment: Annotated[
        Path, typer.Option("--augment", metavar="YAML", help="How copies are disturbed.")
    ] = Path("conf/train/augment.yaml"),
    noise: Annotated[
        Path | None,
        typer.Option(
            help="Noise recordings, a folder per class; half of them are used.", show_default=False
        ),
    ] = None,
    babble: Annotated[
        Path | None,
        typer.Option(help="Folder of other people's speech to mix in.", show_default=False),
    ] = None,
    copies: Annotated[
        int, typer.Option(min=1, help="Copies of each recording, the clean one counted in.")
    ] = 4,
    align_with: Annotated[
        Path | None,
        typer.Option(
            metavar="CHECKPOINT",
            help="Align with this scorer instead of pocketsphinx.",
            show_default=False,
        ),
    ] = None,
    voice: Annotated[
        Path | None,
        typer.Option(
            "--voice",
            metavar="CHECKPOINT",
            help="Voice that says the sentences (postfilter only).",
            show_default=False,
        ),
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option(
            "--before",
            metavar="CHECKPOINT",
            help="Postfilter that comes before the one to be trained (postfilter only).",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the disturbances.")] = 0,
    jobs: Annotated[int, typer.Option(min=1, help="Processes, one copy each at a time.")] = 1,
    source: Source = None,
    task: TaskOption = Task.score,
) -> None:
    """Find the phones of each recording, and compute log-mel copies of it.

    \b
    voicecoach features data/train --out exp/features/train \\
        --noise ../shared/data/noise --babble ../shared/data/librispeech-clips/train-clean
    voicecoach features data/train --out exp/features/train2 --align-with exp/score/best

    What is finished is kept: run the same command again to go on after an interruption.
    """
    only = source_of(task, source)
    if stage := other_stage(task, "features"):
        return stage(data, out, jobs, audio, align_with, voice, before, **only)
    from rich.progress import Progress

    from voicecoach import config
    from voicecoach.audio.spec import AudioSpec
    from voicecoach.cli.options import log_console, warn
    from voicecoach.data import first_alignment, kaldi
    from voicecoach.data.atomic import make_folder
    from voicecoach.data.augment import AugmentSpec, noise_split
    from voicecoach.scoring import features as scoring_features
    from voicecoach.scoring.realign import realign

    utterances = kaldi.read(data)
    specs = (
        config.load(audio or Path("conf/audio/16k.yaml"), AudioSpec),
        config.load(augment, AugmentSpec),
    )
    noise_paths = noise_split(noise)[0] if noise else []
    babble_paths = sorted(p for p in babble.rglob("*") if p.suffix != ".txt") if babble else []
    babble_paths = [p for p in babble_paths if p.suffix in (".ogg", ".wav", ".flac", ".opus")]
    make_folder(out)
    with Progress(console=log_console()) as progress:
        bar = progress.add_task("Aligning", total=len(utterances))

        def show(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        if align_with is None:
            alignments = first_alignment.align(utterances, out / "first.npz", show)
        else:
            alignments, utterances = realign(utterances, align_with, show)
        progress.update(bar, description="Copies", completed=0, total=copies)
        scoring_features.extract(
            utterances,
            alignments,
            out,
            *specs,
            noise_paths=noise_paths,
            babble_paths=babble_paths,
            copies=copies,
            seed=seed,
            jobs=jobs,
            progress=show,
        )
    warn(f"{out}: {len(alignments.segments)} utterances with phone times, {copies} copies")
    for utt, reason in alignments.failed.items():
        warn(f"  left out {utt}: {reason}")
