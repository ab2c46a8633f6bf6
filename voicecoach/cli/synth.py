"""``voicecoach synth``: a voice speaks a text into a file."""

from pathlib import Path
from typing import Annotated

import typer

from voicecoach.cli.options import PostfilterName, VoiceName


def synth(
    text: Annotated[
        str, typer.Argument(help="English text; a long one is spoken sentence by sentence.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File to write: .wav or .flac, mono.")
    ],
    rate: Annotated[
        float, typer.Option(help="Pace, 0.5 (slow) to 2.0 (fast); 1.0 is the voice's own.")
    ] = 1.0,
    voice: VoiceName = "reference",
    postfilter: PostfilterName = "auto",
    seed: Annotated[
        int, typer.Option(min=0, help="The same text, rate and seed give the same file.")
    ] = 0,
) -> None:
    """Speak a text with the reference voice (American English) or another.

    Examples:

        voicecoach synth "The bird sat in the tree." -o bird.wav

        voicecoach synth "Think of three things." -o slow.wav --rate 0.8

        voicecoach synth "The bird sat in the tree." -o bird.wav --voice kathleen

    A file with an enrolled voice says in its metadata that it is synthetic.
    """
    from voicecoach.audio.io import save
    from voicecoach.conversion import voices

    speech = voices.load(voice, postfilter).speak(text, rate=rate, seed=seed)
    save(output, speech.waveform, speech.sample_rate, voices.comment(voice))
    typer.echo(f"Wrote {output} ({speech.duration_ms / 1000:.1f} s).", err=True)
