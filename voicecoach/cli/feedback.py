"""``voicecoach feedback``: a recording and its sentence in; what to change, seen and heard, out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicecoach.cli.options import Plain, Threads, load_coach, log_console, output_console, warn
from voicecoach.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from voicecoach.cli.listening import Take
    from voicecoach.coaching.coach import Coach
    from voicecoach.coaching.results import Coaching
    from voicecoach.practice.exercises import Exercise
    from voicecoach.synthesis.voice import Speech

_MOST_EXAGGERATED = 3.0  # beyond, it is no longer a voice


def feedback(
    wav: Annotated[
        Path, typer.Argument(metavar="WAV", help="In any format that libsndfile reads.")
    ],
    text: Annotated[
        str | None, typer.Option("--text", help="The sentence that was read.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the improved recording, in your own voice: .wav or .flac.",
            show_default=False,
        ),
    ] = None,
    exaggerate: Annotated[
        float,
        typer.Option(metavar="TIMES", help="How far the improved one goes, up to 3; 1 is right."),
    ] = 1.0,
    prosody: Annotated[
        bool,
        typer.Option("--prosody", help="Improve length and pitch of the whole sentence as well."),
    ] = False,
    play: Annotated[
        bool, typer.Option("--play", help="Play the words: yours, improved, the reference voice's.")
    ] = False,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw it into a .png or .svg.", show_default=False),
    ] = None,
    panel: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Draw only vowels, pitch, durations or spectrogram; may be given again.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
    plain: Plain = False,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME|FOLDER", help="Another coach.", show_default=False),
    ] = None,
    scorer: Annotated[
        str | None,
        typer.Option(metavar="NAME|FOLDER", help="Another scorer.", show_default=False),
    ] = None,
    threads: Threads = None,
) -> None:
    """Say what to change in the one to three worst sounds, and let you hear it in your own voice.

    \b
    voicecoach feedback take.wav --text "We call it bear"
    voicecoach feedback take.wav --text "We call it bear" -o improved.wav
    voicecoach feedback take.wav --text "We call it bear" -o more.wav --exaggerate 1.5
    voicecoach feedback take.wav --text "We call it bear" --picture feedback.png --play

    Of the improved recording only the sounds that are spoken of are changed; the rest is yours,
    sample by sample. A sound that was left out cannot be changed: hear the reference voice.
    """
    from voicecoach.practice.exercises import from_text

    if not 0 < exaggerate <= _MOST_EXAGGERATED:
        raise InputError(
            f"--exaggerate {exaggerate:g} is out of range: take one above 0 and up to "
            f"{_MOST_EXAGGERATED:g}."
        )
    if text is None or not text.strip():
        raise InputError("Give the sentence that was read with --text.")
    if panel and picture is None:
        raise InputError("--panel says what to draw: give the file with --picture.")
    exercise = from_text(text)
    coach = load_coach(model, scorer, threads)
    waveform, coaching = _listen(coach, wav, text)
    _print(coaching, wav, as_json, plain)
    if picture is not None or play:
        from voicecoach.practice.examples import Examples
