"""Plays a short sound and listens to it at the same time."""

import threading
import time
from dataclasses import dataclass

import numpy as np

from voicecoach.audio.player import play
from voicecoach.audio.recorder import Recorder

LOOPBACK_HZ = 16_000
_CHIRP_S, _FROM_HZ, _TO_HZ = 0.6, 300.0, 3000.0
_FADE_S = 0.05
_TAIL_S = 1.0  # recorded after the end: loudspeaker and microphone both take their time
_AMPLITUDE = 0.3


@dataclass(frozen=True)
class Echo:
    """What the microphone heard of the loudspeaker.

    ``correlation`` is that with what was played, 0 to 1; below about 0.2 it was not heard.
    ``latency_ms`` is the time from the call that plays to the arrival in the recording, to 50 ms.
    """

    correlation: float
    latency_ms: float


def loopback(
    microphone: str | None = None, loudspeaker: str | None = None, backend: str | None = None
) -> Echo:
    """Plays a chirp of 0.6 s and records at the same time.

    Args:
        microphone: device to record from; None is the default one.
        loudspeaker: device to play on; None is the default one.
        backend: "portaudio", "pulse" or "alsa"; None takes the first that works.

    Raises:
        InputError: there is no working microphone or loudspeaker, no such device or backend.
    """
    sound = chirp()
    heard: list[np.ndarray] = []
    with Recorder(LOOPBACK_HZ, microphone, backend) as recorder:

        def listen() -> None:
            for block in recorder.blocks():
                heard.append(block)

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            n_before = sum(map(len, heard))
            play(sound, LOOPBACK_HZ, loudspeaker, backend)
            time.sleep(_TAIL_S)
        finally:
            recorder.stop()
            listener.join()
    recorded = np.concatenate(heard) if heard else np.zeros(0, dtype=np.float32)
    correlation, start = find(sound, recorded[n_before:])
    return Echo(correlation, 1000 * start / LOOPBACK_HZ)


def chirp() -> np.ndarray:
    """(n_samples,) float32 at ``LOOPBACK_HZ``: a sweep over the band of speech."""
    time_s = np.arange(round(_CHIRP_S * LOOPBACK_HZ)) / LOOPBACK_HZ
    phase = 2 * np.pi * (_FROM_HZ * time_s + (_TO_HZ - _FROM_HZ) * time_s**2 / (2 * _CHIRP_S))
    fade = np.clip(np.minimum(time_s, time_s[::-1]) / _FADE_S, 0.0, 1.0)
    return (_AMPLITUDE * fade * np.sin(phase)).astype(np.float32)


def find(sound: np.ndarray, recorded: np.ndarray) -> tuple[float, int]:
    """Where a sound is in a recording.

    Args:
        sound: (n_samples,) float.
        recorded: (n_recorded,) float of the same sample rate.

    Returns:
        The greatest correlation with a stretch of the recording, 0 to 1, and the sample at which
        that stretch begins. (0.0, 0) where the recording is shorter than the sound, or silent.
    """
    from scipy.signal import fftconvolve

    if len(recorded) < len(sound):
        return 0.0, 0
    recorded = np.asarray(recorded, dtype=np.float64)
    products = fftconvolve(recorded, np.asarray(sound, dtype=np.float64)[::-1], mode="valid")
    power = np.cumsum(np.concatenate(([0.0], recorded**2)))
    stretch = np.sqrt(np.maximum(power[len(sound) :] - power[: -len(sound)], 0.0))
    scale = float(np.linalg.norm(sound)) * stretch
    # Stretches of next to nothing would divide one rounding error by another.
    audible = stretch > 1e-6 * np.sqrt(len(sound))
    likeness = np.where(audible, np.abs(products) / np.where(audible, scale, 1.0), 0.0)
    at = int(likeness.argmax())
    return float(min(likeness[at], 1.0)), at if likeness[at] > 0 else 0
