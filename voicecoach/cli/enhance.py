"""``voicecoach enhance``: a postfilter over any recording."""

from pathlib import Path
from typing import Annotated

import typer

from voicecoach.cli.options import PostfilterName


def enhance(
    recording: Annotated[Path, typer.Argument(help="Synthetic or processed speech, one voice.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File to write: .wav or .flac, 24 kHz mono.")
    ],
    voice: Annotated[
        str,
        typer.Option(help="The voice whose postfilter it is: kathleen, or a folder of your own."),
    ] = "kathleen",
    postfilter: PostfilterName = "auto",
    seed: Annotated[
        int, typer.Option(min=0, help="The same recording and seed give the same file.")
    ] = 0,
) -> None:
    """Make dull speech livelier: WORLD takes it apart, a postfilter changes its mel-cepstra.

    Postfilters learn the faults of one voice: for others, try several and listen. "none" only
    takes the recording apart and puts it together again.

    Examples:

        voicecoach enhance dull.wav -o lively.wav

        voicecoach enhance dull.wav -o lively.wav --postfilter gv
    """
    from voicecoach.audio import io
    from voicecoach.postfilter import voice as filtered
    from voicecoach.synthesis import voices

    folder = voices.find(voice)
    if folder is None:
        raise typer.BadParameter("the reference voice has no postfilter.", param_hint="--voice")
    own = filtered.load(folder, postfilter)
    waveform = filtered.enhance(io.load(recording, own.sample_rate), own, seed)
    io.save(output, waveform, own.sample_rate)
    typer.echo(f"Wrote {output} ({len(waveform) / own.sample_rate:.1f} s).", err=True)
