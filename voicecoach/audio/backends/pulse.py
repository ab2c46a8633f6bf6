"""PulseAudio, or PipeWire in its place, by pacat and pactl."""

import threading

import numpy as np

from voicecoach.audio.backends import pipes
from voicecoach.audio.backends.base import NOUNS, BackendError, Device, Kind

NAME = "pulse"
TITLE = "PulseAudio"
UNLISTED = False
_PACKAGE = "pulseaudio-utils"
_LATENCY_MS = 100
_LISTS: dict[Kind, str] = {"input": "sources", "output": "sinks"}
_DEFAULTS: dict[Kind, str] = {"input": "Default Source", "output": "Default Sink"}
_DUMMY = "auto_null"  # what PulseAudio itself puts where there is no device at all


def devices(kind: Kind) -> list[Device]:
    """See `Backend`."""
    pipes.check_installed("pacat", _PACKAGE)
    try:
        default = _fields(pipes.ask(["pactl", "info"], _PACKAGE), _DEFAULTS[kind])
    except BackendError as error:
        raise BackendError(f"{TITLE} does not answer") from error
    listed = pipes.ask(["pactl", "list", _LISTS[kind]], _PACKAGE)
    found = [
        Device(NAME, kind, name, description, is_default=[name] == default)
        for name, description in zip(
            _fields(listed, "Name"), _fields(listed, "Description"), strict=True
        )
        if not name.startswith(_DUMMY)
    ]
    if not found:
        raise BackendError(f"{TITLE} finds no {NOUNS[kind]}")
    return sorted(found, key=lambda device: not device.is_default)


def open_input(device_id: str | None, sample_rate: int) -> pipes.PipedMicrophone:
    """See `Backend`. PulseAudio resamples."""
    return pipes.PipedMicrophone(_command("--record", device_id, sample_rate), sample_rate)


def play(
    device_id: str | None,
    waveform: np.ndarray,
    sample_rate: int,
    stop: threading.Event | None = None,
) -> None:
    """See `Backend`."""
    command = _command("--playback", device_id, sample_rate)
    pipes.play_file(command, pipes.to_16_bit(waveform).tobytes(), stop)


def _command(what: str, device_id: str | None, sample_rate: int) -> list[str]:
    pipes.check_installed("pacat", _PACKAGE)
    return [
        "pacat",
        what,
        "--raw",
        "--format=s16le",
        "--channels=1",
        f"--rate={sample_rate}",
        f"--latency-msec={_LATENCY_MS}",
        "--client-name=voicecoach",
        *([f"--device={device_id}"] if device_id else []),
    ]


def _fields(text: str, name: str) -> list[str]:
    """The values of the lines "name: value", of devices and not of what belongs to them."""
    lines = (line.removeprefix("\t") for line in text.splitlines())
    return [line[len(name) + 2 :] for line in lines if line.startswith(f"{name}: ")]
