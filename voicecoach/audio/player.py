"""Plays sound to its end, or until somebody has heard enough."""

import threading

import numpy as np

from voicecoach.audio.devices import first_that_works


def play(
    waveform: np.ndarray,
    sample_rate: int,
    device: str | None = None,
    backend: str | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Plays a sound and returns when it has been heard.

    Ctrl-C silences it at once and raises ``KeyboardInterrupt``.

    Args:
        waveform: (n_samples,) float; beyond [-1, 1] it is clipped.
        sample_rate: Hz; where the loudspeaker does not take that rate, it is resampled.
        device: as ``voicecoach devices`` lists it; None is the default one.
        backend: "portaudio", "pulse" or "alsa"; None takes the first that works.
        stop: once this is set, as another thread may do, it is silent at once and returns.

    Raises:
        InputError: there is no working loudspeaker, no such device or backend; or the loudspeaker
            went away while it played.
        ValueError: the waveform is not one-dimensional or has NaN samples.
    """
    waveform = np.asarray(waveform, dtype=np.float32)
    if waveform.ndim != 1 or not np.isfinite(waveform).all():
        raise ValueError("a waveform must be one-dimensional and finite")
    if stop is not None and stop.is_set():
        return
    waveform = np.clip(waveform, -1.0, 1.0)
    first_that_works(
        "output",
        device,
        backend,
        lambda each, device_id: each.play(device_id, waveform, sample_rate, stop),
    )
