"""Plays a recording if there is something to play it on."""

import numpy as np


def play(waveform: np.ndarray, sample_rate: int) -> str | None:
    """Plays a recording to its end on the default device.

    Args:
        waveform: (n_samples,) float in [-1, 1].
        sample_rate: Hz.

    Returns:
        None if it was played, else why not, in one line. A machine without sound is no error.
    """
    try:
        import sounddevice  # its import fails where PortAudio is missing
    except OSError:
        return "PortAudio is not installed (Debian: apt install libportaudio2)"
    try:
        sounddevice.query_devices(kind="output")
        sounddevice.play(waveform, sample_rate, blocking=True)
    except (sounddevice.PortAudioError, ValueError):
        return "there is no working loudspeaker"
    return None
