"""PortAudio, by the package sounddevice: Linux, macOS and Windows."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from types import ModuleType
from typing import Any, TypeVar

import numpy as np

from voicecoach.audio import io
from voicecoach.audio.backends.base import NOUNS, BackendError, Device, Kind
from voicecoach.errors import InputError

NAME = "portaudio"
TITLE = "PortAudio"
UNLISTED = False
# Some devices say that a few milliseconds are enough, and then lose sound on a busy machine.
_LATENCY_S = 0.2
# Written at a time: little, so that Ctrl-C is noticed soon, but two of the four parts that make up
# the latency. With one, PulseAudio starts with next to nothing in hand, runs dry at once and starts
# again, over and over, and next to nothing is heard.
_WRITE_S = _LATENCY_S / 2

_Stream = TypeVar("_Stream")


def version() -> str:
    """PortAudio's version, such as "19.6.0-devel". Raises `BackendError` where it is missing."""
    return _sounddevice().get_portaudio_version()[1].split(",")[0].removeprefix("PortAudio V")


def devices(kind: Kind) -> list[Device]:
    """See `Backend`."""
    sounddevice = _sounddevice()
    try:
        default = sounddevice.query_devices(kind=kind)["index"]
    except (sounddevice.PortAudioError, ValueError):
        default = -1
    systems = [system["name"] for system in sounddevice.query_hostapis()]
    found = [
        Device(
            backend=NAME,
            kind=kind,
            device_id=str(info["index"]),
            name=f"{info['name']} ({systems[info['hostapi']]})",
            is_default=info["index"] == default,
        )
        for info in sounddevice.query_devices()
        if info[f"max_{kind}_channels"] > 0
    ]
    if not found:
        raise BackendError(f"{TITLE} finds no {NOUNS[kind]}")
    return sorted(found, key=lambda device: not device.is_default)


class _Microphone:
    """A `Source`: PortAudio's own thread calls `_hear`.

    Raises:
        sounddevice.PortAudioError: the device does not take these settings.
    """

    def __init__(self, sounddevice: ModuleType, **settings: Any) -> None:
        self.sample_rate = float(settings["samplerate"])
        self.gaps = 0
        self.queue: SimpleQueue[np.ndarray | str | None] = SimpleQueue()
        self._closed = False
        self._stream = _started(
            sounddevice.InputStream(
                callback=self._hear, finished_callback=self._finished, **settings
            )
        )

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        with _quiet():
            if self._stream.active:
                self._stream.stop(ignore_errors=True)
            self._stream.close(ignore_errors=True)

    def _hear(self, block: np.ndarray, _n_samples: int, _time: Any, status: Any) -> None:
        self.gaps += bool(status.input_overflow)
        # The mean is a copy: PortAudio uses its buffer again.
        self.queue.put(block.mean(axis=1, dtype=np.float32))

    def _finished(self) -> None:
        if not self._closed:
            self.queue.put("it was disconnected")


def open_input(device_id: str | None, sample_rate: int) -> _Microphone:
    """See `Backend`."""
    sounddevice = _sounddevice()
    return _first_accepted(
        sounddevice, "input", device_id, sample_rate, (1, 2), partial(_Microphone, sounddevice)
    )


def play(
    device_id: str | None,
    waveform: np.ndarray,
    sample_rate: int,
    stop: threading.Event | None = None,
) -> None:
    """See `Backend`.

    Raises:
        InputError: the loudspeaker went away while it played.
    """
    sounddevice = _sounddevice()
    # Two channels first: some systems play a single one on the left only.
    stream = _first_accepted(
        sounddevice,
        "output",
        device_id,
        sample_rate,
        (2, 1),
        lambda **settings: _started(sounddevice.OutputStream(**settings)),
    )
    with _quiet():
        try:
            _write(stream, io.resample(waveform, sample_rate, stream.samplerate), stop)
        except sounddevice.PortAudioError as error:
            raise InputError(
                "The loudspeaker went away while it played: connect it and try again."
            ) from error
        finally:
            stream.abort(ignore_errors=True)  # silent at once
            stream.close(ignore_errors=True)


def _write(stream: Any, waveform: np.ndarray, stop: threading.Event | None) -> None:
    # Some systems throw away what is still waiting when they are stopped: let it be silence.
    n_silence = round((stream.latency + _WRITE_S) * stream.samplerate)
    frames = np.repeat(np.pad(waveform, (0, n_silence))[:, None], stream.channels, axis=1)
    step = round(stream.samplerate * _WRITE_S)
    for start in range(0, len(frames), step):
        if stop is not None and stop.is_set():
            return
        stream.write(frames[start : start + step])
    stream.stop()


def _sounddevice() -> ModuleType:
    try:
        import sounddevice  # its import fails where the library is missing
    except ImportError as error:
        raise BackendError("sounddevice is not installed (pip install sounddevice)") from error
    except OSError as error:
        raise BackendError(
            "PortAudio is not installed (Debian: apt install libportaudio2)"
        ) from error
    return sounddevice


def _index(device_id: str | None) -> int | None:
    return None if device_id is None else int(device_id)


def _first_accepted(
    sounddevice: ModuleType,
    kind: Kind,
    device_id: str | None,
    sample_rate: int,
    channels: tuple[int, ...],
    make: Callable[..., _Stream],
) -> _Stream:
    """The first stream that can be opened: not every device takes every rate or one channel."""
    reason = ""
    with _quiet():
        try:
            info = sounddevice.query_devices(_index(device_id), kind)
        except (sounddevice.PortAudioError, ValueError) as error:
            raise BackendError(f"{TITLE} finds no {NOUNS[kind]}") from error
        for rate in dict.fromkeys((sample_rate, round(info["default_samplerate"]))):
            for count in channels:
                if count > info[f"max_{kind}_channels"]:
                    continue
                try:
                    return make(
                        samplerate=rate,
                        channels=count,
                        device=info["index"],
                        dtype="float32",
                        latency=_LATENCY_S,
                    )
                except sounddevice.PortAudioError as error:
                    reason = str(error.args[0]).rsplit(": ", 1)[-1]
    raise BackendError(f"{TITLE} cannot open {info['name']}: {reason}")


def _started(stream: Any) -> Any:
    try:
        stream.start()
    except BaseException:
        stream.close(ignore_errors=True)
        raise
    return stream


@contextmanager
def _quiet() -> Iterator[None]:
    """ALSA and PortAudio print their complaints from C; what matters is raised all the same."""
    try:
        saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # there is no standard error
        yield
        return
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
