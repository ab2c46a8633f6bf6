"""Plays a recording if there is something to play it on."""

import numpy as np

from voicecoach.audio import player
from voicecoach.errors import InputError


def play(waveform: np.ndarray, sample_rate: int) -> str | None:
    """Plays a recording to its end on the default device.

    Args:
        waveform: (n_samples,) float in [-1, 1].
        sample_rate: Hz.

    Returns:
        None if it was played, else why not, in one line. A machine without sound is no error.
    """
    try:
        player.play(waveform, sample_rate)
    except InputError as error:
        sentence = str(error).rstrip(".")
        return sentence[:1].lower() + sentence[1:]
    return None
