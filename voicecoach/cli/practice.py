"""``voicecoach practice``: the report for a learner, on a recording or as a demonstration."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicecoach.cli.options import (
    EXIT_BAD_INPUT,
    Model,
    Plain,
    Threads,
    load_scorer,
    output_console,
    texts_for,
    warn,
)
from voicecoach.data.atomic import make_folder
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from voicecoach.practice.demo import Comparison
    from voicecoach.scoring.results import SentenceScore

_KEPT_RATE_HZ = 16000  # what the scorer hears


def practice(
    wav: Annotated[
        Path | None,
        typer.Option("--wav", metavar="FILE", help="Your recording.", show_default=False),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", help="The sentence that you read.", show_default=False)
    ] = None,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="No recording: the reference voice speaks well, then badly."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="DIR", help="Keep what --demo speaks here.", show_default=False
        ),
    ] = None,
    audio: Annotated[
        bool, typer.Option("--audio/--no-audio", help="Play the sentence, where there is sound.")
    ] = True,
    remember: Annotated[
        bool,
        typer.Option("--history/--no-history", help="Keep the scores: see voicecoach history."),
    ] = True,
    plain: Plain = False,
    model: Model = None,
    threads: Threads = None,
) -> None:
    """Shows how good each of your sounds was, and what to change.

    \b
    voicecoach practice --demo
    voicecoach practice --wav take.wav --text "We call it bear"

    --demo needs no microphone and no loudspeaker: the reference voice reads a sentence once
    correctly and once with swapped sounds, and both takes are scored.
    """
    if demo == (wav is not None):
        raise InputError("Give either --wav FILE with --text, or --demo.")
    if demo and text is not None:
        raise InputError("--demo has a sentence of its own: leave out --text.")
    console = output_console()
    if wav is not None:
        _practise(console, wav, text, audio, remember, plain, model, threads)
    elif out is not None:
        _demonstrate(console, make_folder(out), audio, plain, model, threads)
    else:
        with tempfile.TemporaryDirectory(prefix="voicecoach-") as folder:
            _demonstrate(console, Path(folder), audio, plain, model, threads)


def _practise(
    console: "Console",
    wav: Path,
    text: str | None,
    audio: bool,
    remember: bool,
    plain: bool,
    model: str | None,
    threads: int | None,
) -> None:
    from voicecoach.cli.report import print_problems, print_report
    from voicecoach.scoring.quality import score_checked
    from voicecoach.synthesis.reference import ReferenceVoice
    from voicecoach.text.transcribe import transcribe

    text = texts_for([wav], text, None)[0]
    sentence = transcribe(text)
    verdict = score_checked(load_scorer(model, threads), wav, text)
    score = verdict.score
    if score is None:
        console.print("Your recording was not scored:")
        print_problems(console, verdict.problems)
        raise typer.Exit(EXIT_BAD_INPUT)
    if audio:
        speech = ReferenceVoice().speak(sentence)
        if _play(console, speech.waveform, speech.sample_rate):
            console.print("Played: the sentence by the reference voice.")
        console.print()
    print_report(console, score, sentence, title="Your recording", plain=plain)
    print_problems(console, verdict.problems)
    if remember:
        _remember(console, score, text, wav)


def _remember(console: "Console", score: "SentenceScore", text: str, wav: Path) -> None:
    """Keeps the scores, and compares with the best earlier ones. The report stands without it."""
    from voicecoach.audio.io import load
    from voicecoach.practice.history import History

    try:
        with History.open() as history:
            best = history.best(text)
            waveform = load(wav, _KEPT_RATE_HZ) if history.keep_recordings else None
            history.add(score, text, waveform=waveform, sample_rate=_KEPT_RATE_HZ)
    except InputError as error:
        warn(f"Not kept in your history: {error}")
        return
    if best is not None:
        better = "better than" if score.total > best.score.total else "your best is still"
        console.print(f"\nThis time {score.total:.1f}: {better} {best.score.total:.1f}.")


def _demonstrate(
    console: "Console",
    folder: Path,
    audio: bool,
    plain: bool,
    model: str | None,
    threads: int | None,
) -> None:
    from voicecoach.audio.io import save
    from voicecoach.cli.report import print_report
    from voicecoach.practice.demo import SWAPS, TEXT, compare, swap
    from voicecoach.synthesis.reference import ReferenceVoice
    from voicecoach.text.phones import to_ipa
    from voicecoach.text.transcribe import transcribe

    sentence = transcribe(TEXT)
    scorer = load_scorer(model, threads)
    voice = ReferenceVoice()
    swapped = ", ".join(
        f'{to_ipa(sentence[word].phones[at], 1)} in "{sentence[word].text}" as {to_ipa(said, 1)}'
        for (word, at), said in SWAPS.items()
    )
    takes: list[tuple[str, str, dict[tuple[int, int], str]]] = [
        ("Take 1: every sound as it should be.", "correct.wav", {}),
        (f"Take 2: says {swapped}.", "swapped.wav", dict(SWAPS)),
    ]
    comparisons = []
    for title, name, swaps in takes:
        speech = voice.speak(swap(sentence, swaps))
        path = folder / name
        save(path, speech.waveform, speech.sample_rate)
        score = scorer.score(path, sentence)  # no variants: sounds are counted by their place
        print_report(console, score, sentence, title=title, plain=plain)
        if audio:
            audio = _play(console, speech.waveform, speech.sample_rate)
        console.print()
        comparisons.append(compare(score, swaps))
    _print_conclusion(console, *comparisons)


def _play(console: "Console", waveform: Any, sample_rate: int) -> bool:
    """Plays, or says in one line why not; False if there is no use in trying again."""
    from voicecoach.practice.playback import play

    reason = play(waveform, sample_rate)
    if reason is not None:
        console.print(f"Not played: {reason}.")
    return reason is None


def _print_conclusion(console: "Console", correct: "Comparison", swapped: "Comparison") -> None:
    """What the two reports prove, good or bad."""
    console.print("In short:")
    console.print(f"Take 1: {correct.false_flags} of {correct.correct} correct sounds flagged.")
    console.print(
        f"Take 2: {swapped.found} of {swapped.swapped} swapped sounds flagged, "
        f"{swapped.false_flags} of {swapped.correct} others."
    )
    console.print(f"Of the flagged swaps, the sound said instead was named for {swapped.named}.")
