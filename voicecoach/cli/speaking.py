"""Asks for one take at the microphone, and says how it went."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.cli.keys import Keys
from voicecoach.cli.meter import Meter
from voicecoach.cli.sound import Sound

if TYPE_CHECKING:
    from rich.console import Console

    from voicecoach.practice.take import Take


def record(
    console: "Console",
    keys: Keys,
    sound: Sound,
    countdown_s: float,
    plain: bool,
    is_complete: Callable[[np.ndarray], bool] | None = None,
) -> "Take":
    """Says when to speak, shows how loud it is, and records until the speaker has finished.

    Args:
        console: where everything is said.
        keys: open keys; Enter ends the take.
        sound: with the microphone.
        countdown_s: before it begins.
        plain: no level meter.
        is_complete: as in ``record_take``.

    Raises:
        InputError: there is no working microphone.
    """
    meter = None if plain else Meter(sys.stdout)
    try:
        recorded = _record(console, keys, sound, countdown_s, meter, is_complete)
    finally:
        if meter:
            meter.end()
    if recorded.lost is not None:
        console.print(f"The microphone went away ({recorded.lost}): the take ends there.")
    if recorded.gaps:
        console.print(f"The machine was too busy: {recorded.gaps} pieces are missing.")
    if recorded.ended_by == "nothing said":
        console.print(
            "Nothing was heard: is the microphone on, and the right one? "
            "'voicecoach doctor --loopback' tells."
        )
    return recorded


def _record(
    console: "Console",
    keys: Keys,
    sound: Sound,
    countdown_s: float,
    meter: Meter | None,
    is_complete: Callable[[np.ndarray], bool] | None,
) -> "Take":
    from voicecoach.practice.take import record_take

    began = False

    def count_down(left_s: float) -> None:
        if meter:
            meter.write(f"Speak in {left_s:.1f} s")

    def show(block: np.ndarray, elapsed_s: float) -> None:
        nonlocal began
        if not began:
            began = True
            if meter:
                meter.end()
            how = ", or press Enter at the end" if keys.interactive else ""
            console.print(f"Speak now{how}.")
        if meter:
            meter.show(block, elapsed_s)

    return record_take(
        device=sound.microphone,
        backend=sound.backend,
        countdown_s=countdown_s,
        on_countdown=count_down,
        is_complete=is_complete,
        on_block=show,
        stop_requested=lambda: keys.pressed("enter"),
    )
