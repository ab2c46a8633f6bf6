"""``voicecoach practice --demo``: one sentence spoken well and spoken badly, and both scored."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.cli.options import load_coach

if TYPE_CHECKING:
    from rich.console import Console

    from voicecoach.practice.demo import Comparison


def demonstrate(
    console: "Console",
    out: Path | None,
    audio: bool,
    plain: bool,
    model: str | None,
    threads: int | None,
) -> None:
    """Speaks, scores and reports both takes, and says what they prove.

    Args:
        console: where to.
        out: folder that keeps the takes; None keeps nothing.
        audio: whether they are played, where there is a loudspeaker.
        plain: as for `print_report`.
        model: as ``--model``.
        threads: as ``--threads``.

    Raises:
        InputError: there is no such model, or ``out`` cannot be written.
    """
    from voicecoach.data.atomic import make_folder

    if out is not None:
        _demonstrate(console, make_folder(out), audio, plain, model, threads)
        return
    with tempfile.TemporaryDirectory(prefix="voicecoach-") as folder:
        _demonstrate(console, Path(folder), audio, plain, model, threads)


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
    from voicecoach.practice.playback import play
    from voicecoach.synthesis.reference import ReferenceVoice
    from voicecoach.text.phones import to_ipa
    from voicecoach.text.transcribe import transcribe

    sentence = transcribe(TEXT)
    coach = load_coach(None, model, threads)
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
        score = coach.scorer.score(path, sentence)  # no variants: sounds are counted by place
        coaching = coach.feedback(path, sentence, score=score)
        print_report(console, score, sentence, title, plain, coaching)
        if audio and (reason := play(speech.waveform, speech.sample_rate)):
            console.print(f"Not played: {reason}.")
            audio = False  # there is no use in trying again
        console.print()
        comparisons.append(compare(score, swaps))
    _print_conclusion(console, *comparisons)


def _print_conclusion(console: "Console", correct: "Comparison", swapped: "Comparison") -> None:
    """What the two reports prove, good or bad."""
    console.print("In short:")
    console.print(f"Take 1: {correct.false_flags} of {correct.correct} correct sounds flagged.")
    console.print(
        f"Take 2: {swapped.found} of {swapped.swapped} swapped sounds flagged, "
        f"{swapped.false_flags} of {swapped.correct} others."
    )
    console.print(f"Of the flagged swaps, the sound said instead was named for {swapped.named}.")
