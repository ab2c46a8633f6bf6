"""``voicecoach feedback``: a recording and its sentence in; what to change, seen and heard, out."""

import json
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicecoach.cli.options import Plain, Threads, load_coach, log_console, output_console, warn
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from voicecoach.cli.listening import Take
    from voicecoach.coaching.coach import Coach, Improved
    from voicecoach.coaching.results import Coaching
    from voicecoach.practice.exercises import Exercise


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
    from voicecoach.coaching.coach import check_exaggerate
    from voicecoach.practice.exercises import from_text

    check_exaggerate(exaggerate)
    if text is None or not text.strip():
        raise InputError("Give the sentence that was read with --text.")
    _check_panels(panel, picture)
    exercise = from_text(text)
    coach = load_coach(model, scorer, threads)
    take = _listen(coach, wav, text, contour=as_json)
    assert take.coaching is not None
    _print(take.coaching, wav, as_json, plain)
    if picture is not None:
        from voicecoach.cli.picture import draw_take
        from voicecoach.synthesis.reference import ReferenceVoice

        draw_take(take, ReferenceVoice().speak(exercise.spoken), picture, panel)
        warn(f"Wrote {picture}.")
    if output is None and not play:
        return
    rate = coach.scorer.audio.sample_rate
    improved = coach.improve(
        take.waveform, take.coaching, rate, exaggerate=exaggerate, prosody=prosody
    )
    take.improved = Future()
    take.improved.set_result(improved)
    if output is not None:
        _save(output, improved, prosody or any(item.change for item in take.coaching.phones))
    if play:
        _play(take, exercise)


def _listen(coach: "Coach", wav: Path, text: str, contour: bool) -> "Take":
    """What was said, and what to change; warns of a recording that can hardly be judged."""
    from voicecoach.cli.listening import Take
    from voicecoach.scoring.quality import find_problems

    waveform, rate = coach.scorer.waveform(wav), coach.scorer.audio.sample_rate
    score = coach.scorer.score(waveform, text, rate)
    for problem in find_problems(waveform, rate, score):
        message = f"{wav}: {problem.message} {problem.advice}"
        if problem.kind == "silence":
            raise InputError(message)
        warn(message)
    coaching = coach.feedback(waveform, text, rate, score, contour)
    return Take(waveform, score, coaching=coaching)


def _print(coaching: "Coaching", wav: Path, as_json: bool, plain: bool) -> None:
    if as_json:
        from voicecoach.coaching.export import to_json

        value = to_json(coaching, file=str(wav))
        typer.echo(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))
    else:
        from voicecoach.cli.feedback_report import print_feedback

        print_feedback(output_console(), coaching, plain=plain)


def _check_panels(panels: list[str] | None, picture: Path | None) -> None:
    if not panels:
        return
    from voicecoach.coaching.pictures import PANELS

    if picture is None:
        raise InputError("--panel says what to draw: give the file with --picture.")
    for name in panels:
        if name not in PANELS:
            raise InputError(f"There is no panel '{name}': take one of {', '.join(PANELS)}.")


def _save(path: Path, improved: "Improved", changed: bool) -> None:
    from voicecoach.audio.io import save

    save(path, improved.waveform, improved.sample_rate)
    duration_s = len(improved.waveform) / improved.sample_rate
    as_it_is = "" if changed else "; no sound is changed"
    warn(f"Wrote {path} ({duration_s:.1f} s{as_it_is}).")


def _play(take: "Take", exercise: "Exercise") -> None:
    """A key ends it."""
    from contextlib import closing

    from voicecoach.cli.keys import Keys
    from voicecoach.cli.listening import Listening
    from voicecoach.cli.sound import Sound

    assert take.coaching is not None
    if not take.coaching.phones:
        warn("There is no word to play.")
        return
    with Keys() as keys, closing(Listening(log_console(), Sound(), keys)) as listening:
        listening.better(exercise, take)
