"""Plays a recording if there is something to play it on."""

from threading import Event

import numpy as np

from voicecoach.audio import player
from voicecoach.errors import InputError


def play(
    waveform: np.ndarray,
    sample_rate: int,
    device: str | None = None,
    backend: str | None = None,
    stop: Event | None = None,
) -> str | None:
    """Plays a recording to its end; arguments as `player.play`.

    Returns:
        None if it was played, else why not, in one line. A machine without sound is no error.
    """
    try:
        player.play(waveform, sample_rate, device, backend, stop)
    except InputError as error:
        sentence = str(error).rstrip(".")
        return sentence[:1].lower() + sentence[1:]
    return None
