"""The loop of ``voicecoach enroll --record``: read a sentence, see whether it is good enough."""

from functools import partial
from typing import TYPE_CHECKING

from voicecoach.cli.enroll_report import progress
from voicecoach.cli.keys import Keys
from voicecoach.cli.sound import Sound
from voicecoach.cli.speaking import record
from voicecoach.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from rich.console import Console

    from voicecoach.conversion.enrolment import Enrolment
    from voicecoach.practice.course import CourseSentence


def read_prompts(
    console: "Console",
    keys: Keys,
    sound: Sound,
    enrolment: "Enrolment",
    n_sentences: int,
    countdown_s: float,
    plain: bool,
) -> None:
    """Until so many sentences were accepted, or the speaker has had enough.

    Args:
        console: where everything is shown.
        keys: open keys.
        sound: with the microphone.
        enrolment: takes what is good enough; sentences that it has are not asked for again.
        n_sentences: to be accepted, in all.
        countdown_s: before each recording.
        plain: no level meter.

    Raises:
        InputError: there is no working microphone.
        KeyboardInterrupt: Ctrl-C; what was accepted is kept.
    """
    from voicecoach.practice.prompts import prompts

    n_accepted = 0
    for prompt in prompts([clip.text for clip in enrolment.profile.clips if clip.text]):
        console.print(f"\nSentence {n_accepted + 1} of {n_sentences}", style="dim")
        console.print(f"  {prompt.text}", style="bold")
        while True:
            console.print("\n[Enter speak | n another sentence | q quit]", style="dim")
            key = keys.read() or ""
            if key == "q":
                return
            if key == "n":
                break
            if key == "enter" and _read(
                console, keys, sound, enrolment, prompt, countdown_s, plain
            ):
                n_accepted += 1
                break
        if n_accepted == n_sentences:
            return


def _read(
    console: "Console",
    keys: Keys,
    sound: Sound,
    enrolment: "Enrolment",
    prompt: "CourseSentence",
    countdown_s: float,
    plain: bool,
) -> bool:
    """One take of a sentence; whether it was accepted."""
    from voicecoach.cli.report import print_reasons

    try:
        take = record(
            console, keys, sound, countdown_s, plain, partial(_said_all, enrolment, prompt)
        )
    except InputError as error:
        raise InputError(f"{error} Recordings in files do as well: give them by --wav.") from error
    if take.ended_by == "interrupt":
        raise KeyboardInterrupt
    if take.ended_by == "nothing said":
        return False
    outcome = enrolment.add(take.waveform, prompt.text)
    if outcome.clip is None:
        console.print("Not accepted: read it again.", style="bold")
    print_reasons(console, outcome.problems)
    if outcome.clip is not None:
        console.print(f"Accepted. {progress(enrolment.profile)}")
    return outcome.clip is not None


def _said_all(enrolment: "Enrolment", prompt: "CourseSentence", waveform: "np.ndarray") -> bool:
    from voicecoach.scoring.ending import said_all

    return said_all(enrolment.scorer, waveform, prompt.sentence)
