"""``voicecoach disturb``: a data folder with noise, other voices, a room or a codec."""

from pathlib import Path
from typing import Annotated

import typer


def disturb(
    data: Annotated[Path, typer.Argument(help="Data folder.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Data folder to write.")],
    noise: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Add noise: a folder per class, of which the half not trained with is used.",
            show_default=False,
        ),
    ] = None,
    babble: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Add several voices at once, from recordings.", show_default=False
        ),
    ] = None,
    room: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Put into a room: impulse responses, one drawn for each recording.",
            show_default=False,
        ),
    ] = None,
    codec: Annotated[
        str | None,
        typer.Option(
            metavar="opus|vorbis|mp3|telephone|gsm",
            help="Encode and decode at a low rate.",
            show_default=False,
        ),
    ] = None,
    snr_db: Annotated[
        float | None,
        typer.Option(
            min=-40,
            max=80,
            help="Signal-to-noise ratio of --noise and --babble in decibels.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of what is drawn.")] = 0,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
) -> None:
    """Make a data folder again, its recordings disturbed in one way, to measure robustness.

    \b
    voicecoach disturb data/test --out data/test_noise10 \\
        --noise ../shared/data/noise --snr-db 10
    voicecoach disturb data/test --out data/test_babble10 \\
        --babble ../shared/data/librispeech-clips/train-clean --snr-db 10
    voicecoach disturb data/test --out data/test_room --room ../shared/data/rir
    voicecoach disturb data/test --out data/test_gsm --codec gsm

    Texts, scores and the times of the phones stay. Run the same command again to go on after an
    interruption. Exit code 3: some recordings could not be used; they are named and left out.
    """
    from rich.progress import Progress

    from voicecoach.cli.options import EXIT_SOME_FAILED, log_console, warn
    from voicecoach.data import disturb as work
    from voicecoach.errors import InputError

    ways = {"noise": noise, "babble": babble, "room": room, "codec": codec}
    given = [(kind, str(source)) for kind, source in ways.items() if source is not None]
    if len(given) != 1:
        raise InputError("Give exactly one of --noise, --babble, --room and --codec.")
    disturbance = work.Disturbance(*given[0], snr_db=snr_db, seed=seed)
    with Progress(console=log_console()) as progress:
        bar = progress.add_task("Disturbing", total=None)

        def show(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        failures = work.disturb(data, out, disturbance, jobs, show)
    if failures:
        warn(f"voicecoach: left out since they could not be disturbed ({len(failures)}):")
        for failure in failures:
            warn(f"  {failure.utt}: {failure.reason}")
        raise typer.Exit(EXIT_SOME_FAILED)
