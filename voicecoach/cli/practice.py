"""``voicecoach practice``: the interactive loop, the report on a file, or a demonstration."""

import random
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicecoach.cli.options import (
    EXIT_BAD_INPUT,
    Backend,
    Model,
    Plain,
    Threads,
    VoiceName,
    load_coach,
    output_console,
    texts_for,
    warn,
)
from voicecoach.data.atomic import make_folder
from voicecoach.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from rich.console import Console

    from voicecoach.practice.exercises import Exercises
    from voicecoach.practice.history import History
    from voicecoach.scoring.results import SentenceScore


def practice(
    text: Annotated[
        str | None, typer.Option("--text", help="A sentence of your own.", show_default=False)
    ] = None,
    lesson: Annotated[
        Path | None,
        typer.Option(
            "--lesson",
            metavar="FILE",
            help="Your own list, one sentence a line; check it by voicecoach course --lesson.",
            show_default=False,
        ),
    ] = None,
    pairs: Annotated[bool, typer.Option("--pairs", help="Minimal pairs: sheep and ship.")] = False,
    level: Annotated[
        str | None,
        typer.Option("--level", help="A1 to C1. Default: your own.", show_default=False),
    ] = None,
    focus: Annotated[
        str | None,
        typer.Option(
            "--focus", help='Only these, such as "weak forms" or "IY/IH".', show_default=False
        ),
    ] = None,
    phone: Annotated[
        str | None,
        typer.Option("--phone", help="Only with this sound: TH or θ.", show_default=False),
    ] = None,
    sentences: Annotated[
        int, typer.Option("--sentences", "-n", min=1, metavar="N", help="How many of the course.")
    ] = 10,
    wav: Annotated[
        Path | None,
        typer.Option("--wav", metavar="FILE", help="Your recording of --text.", show_default=False),
    ] = None,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="No recording: the reference voice speaks well, then badly."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Keep all takes here.", show_default=False),
    ] = None,
    audio: Annotated[
        bool, typer.Option("--audio/--no-audio", help="Play the sentence, where there is sound.")
    ] = True,
    remember: Annotated[
        bool,
        typer.Option("--history/--no-history", help="Keep the scores: see voicecoach history."),
    ] = True,
    voice: VoiceName = "reference",
    my_voice: Annotated[
        str | None,
        typer.Option(
            "--my-voice",
            metavar="NAME",
            help="Every example in your own voice: see voicecoach enroll.",
            show_default=False,
        ),
    ] = None,
    countdown_s: Annotated[
        float,
        typer.Option("--countdown", min=0.0, metavar="SECONDS", help="Before each recording."),
    ] = 1.0,
    microphone: Annotated[
        str | None,
        typer.Option("--microphone", help="See voicecoach devices.", show_default=False),
    ] = None,
    loudspeaker: Annotated[
        str | None,
        typer.Option("--loudspeaker", help="See voicecoach devices.", show_default=False),
    ] = None,
    backend: Backend = None,
    plain: Plain = False,
    model: Model = None,
    threads: Threads = None,
) -> None:
    """Hear a sentence, say it, see how good each sound was, again.

    \b
    voicecoach practice                          # ten sentences, chosen for you
    voicecoach practice --phone TH --level A2
    voicecoach practice --pairs --focus "IY/IH"
    voicecoach practice --lesson my-sentences.txt
    voicecoach practice --text "We call it bear"
    voicecoach practice --voice kathleen
    voicecoach practice --my-voice anna          # examples in the voice that anna enrolled
    voicecoach practice --wav take.wav --text "We call it bear"
    voicecoach practice --demo

    Single keys lead through it; Ctrl-C ends it and loses nothing. Without a microphone it takes
    recordings from files. Where standard input is no terminal it reads lines: the first letter of
    each is the key, an empty one is Enter.

    --wav asks nothing. --demo needs no microphone and no loudspeaker: the reference voice reads a
    sentence once correctly and once with swapped sounds, and both takes are scored.
    """
    chosen = [name for name, given in (("--wav", wav), ("--lesson", lesson)) if given is not None]
    chosen += [name for name, given in (("--demo", demo), ("--pairs", pairs)) if given]
    if text is not None and wav is None:
        chosen.append("--text")
    if len(chosen) > 1:
        raise InputError(f"{chosen[0]} and {chosen[1]} do not go together: leave out one.")
    if my_voice is not None:
        voice = _own_voice(my_voice, voice, demo)
    console = output_console()
    if wav is not None:
        _practise(console, wav, text, audio, voice, remember, plain, model, threads)
    elif demo:
        from voicecoach.cli.demonstration import demonstrate

        demonstrate(console, out, audio, plain, model, threads)
    else:
        from voicecoach.cli.sound import Sound

        sound = Sound(microphone, loudspeaker, backend, can_play=audio)
        exercises, most = _exercises(text, lesson, pairs, level, focus, phone, sentences)
        takes = None if out is None else make_folder(out)
        history = _open_history() if remember else None
        _lead(
            console,
            exercises,
            most,
            sound,
            voice,
            history,
            takes,
            countdown_s,
            plain,
            model,
            threads,
        )


def _own_voice(name: str, voice: str, demo: bool) -> str:
    """The name of an enrolled voice, once it is clear that it can be used."""
    from voicecoach.conversion.profile import Profile

    if demo or voice != "reference":
        other = "--demo" if demo else "--voice"
        raise InputError(f"--my-voice and {other} do not go together: leave out one.")
    return Profile.open(name).name


def _exercises(
    text: str | None,
    lesson: Path | None,
    pairs: bool,
    level: str | None,
    focus: str | None,
    phone: str | None,
    n_sentences: int,
) -> "tuple[Exercises, int | None]":
    """What is asked for, and how many of them at most."""
    from voicecoach.practice import exercises

    if (text is not None or lesson is not None) and (level or focus or phone):
        raise InputError("--level, --focus and --phone choose from the course: leave them out.")
    if text is not None:
        return exercises.Listed([exercises.from_text(text)]), None
    if lesson is not None:
        return exercises.from_lesson(lesson), None
    choose = exercises.from_pairs if pairs else exercises.from_course
    seed = random.randrange(2**32)  # another selection each time
    return choose(level, focus, phone, seed), n_sentences


def _open_history() -> "History | None":
    from voicecoach.practice.history import History

    try:
        return History.open()
    except InputError as error:
        warn(f"Not kept in your history: {error}")
        return None


def _lead(
    console: "Console",
    exercises: "Exercises",
    most: int | None,
    sound: Any,
    voice: str,
    history: "History | None",
    takes: Path | None,
    countdown_s: float,
    plain: bool,
    model: str | None,
    threads: int | None,
) -> None:
    """The interactive loop, from the first sentence to what came of it."""
    from contextlib import closing, nullcontext
    from functools import partial

    from voicecoach.cli.keys import Keys
    from voicecoach.cli.loop import Loop
    from voicecoach.cli.session_report import print_session
    from voicecoach.conversion import voices
    from voicecoach.practice.session import Session
    from voicecoach.pretrained import resolve

    resolve(model)  # a name that is wrong is told now, not after the first take
    voices.find(voice)
    load = partial(load_coach, None, model, threads)
    with (
        history or nullcontext(),
        closing(Session(exercises, load, history, takes, most)) as session,
        Keys() as keys,
    ):
        try:
            Loop(console, keys, session, sound, countdown_s, plain, voice).run()
        finally:
            print_session(console, session)


def _practise(
    console: "Console",
    wav: Path,
    text: str | None,
    audio: bool,
    voice: str,
    remember: bool,
    plain: bool,
    model: str | None,
    threads: int | None,
) -> None:
    from voicecoach.cli.report import print_problems, print_report
    from voicecoach.conversion import voices
    from voicecoach.practice.playback import play
    from voicecoach.scoring.quality import score_checked
    from voicecoach.text.transcribe import transcribe

    text = texts_for([wav], text, None)[0]
    sentence = transcribe(text)
    coach = load_coach(None, model, threads)
    verdict = score_checked(coach.scorer, wav, text)
    if verdict.score is None or verdict.waveform is None:
        print_problems(console, verdict.problems, refused=True)
        raise typer.Exit(EXIT_BAD_INPUT)
    if audio:
        speech = voices.load(voice).speak(text)
        reason = play(speech.waveform, speech.sample_rate)
        console.print(
            f"Played: the sentence by the {voice} voice."
            if reason is None
            else f"Not played: {reason}."
        )
        console.print()
    waveform, rate = verdict.waveform, coach.scorer.audio.sample_rate
    coaching = coach.feedback(waveform, text, rate, verdict.score)
    print_report(console, verdict.score, sentence, "Your recording", plain, coaching)
    print_problems(console, verdict.problems, refused=False)
    if remember:
        _remember(console, verdict.score, text, waveform, rate)


def _remember(
    console: "Console", score: "SentenceScore", text: str, waveform: "np.ndarray", rate: int
) -> None:
    """Keeps the scores, and compares with the best earlier ones. The report stands without it."""
    from voicecoach.practice.history import History

    try:
        with History.open() as history:
            best = history.best(text)
            history.add(score, text, waveform=waveform, sample_rate=rate)
    except InputError as error:
        warn(f"Not kept in your history: {error}")
        return
    if best is not None:
        better = "better than" if score.total > best.score.total else "your best is still"
        console.print(f"\nThis time {score.total:.1f}: {better} {best.score.total:.1f}.")
