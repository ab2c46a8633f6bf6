"""ALSA, by arecord and aplay: Linux without a sound server."""

import io
import threading

import numpy as np
import soundfile

from voicecoach.audio.backends import pipes
from voicecoach.audio.backends.base import NOUNS, BackendError, Device, Kind

NAME = "alsa"
TITLE = "ALSA"
UNLISTED = True
_PACKAGE = "alsa-utils"
_PROGRAMS: dict[Kind, str] = {"input": "arecord", "output": "aplay"}
_DEFAULT = "default"
_BUFFER_US = 200_000
_CONVERTING = ("plughw:", "sysdefault:")
"""Of the many ways to a card those that take any rate, so that it is not listed six times."""


def devices(kind: Kind) -> list[Device]:
    """See `Backend`. Without a card or a sound server there is no "default"."""
    found = []
    for device_id, name in _entries(pipes.ask([_PROGRAMS[kind], "-L"], _PACKAGE)):
        if device_id == _DEFAULT or device_id.startswith((f"{_DEFAULT}:", *_CONVERTING)):
            found.append(Device(NAME, kind, device_id, name, is_default=device_id == _DEFAULT))
    if not found:
        raise BackendError(f"{TITLE} finds no {NOUNS[kind]}")
    return sorted(found, key=lambda device: not device.is_default)


def open_input(device_id: str | None, sample_rate: int) -> pipes.PipedMicrophone:
    """See `Backend`. A WAV header says which rate the device took."""
    return pipes.PipedMicrophone(
        [
            *_command("input", device_id),
            *("-f", "S16_LE", "-c", "1", "-r", str(sample_rate)),
            f"--buffer-time={_BUFFER_US}",
            f"--period-time={_BUFFER_US // 4}",
        ],
        None,
    )


def play(
    device_id: str | None,
    waveform: np.ndarray,
    sample_rate: int,
    stop: threading.Event | None = None,
) -> None:
    """See `Backend`."""
    wav = io.BytesIO()
    soundfile.write(wav, pipes.to_16_bit(waveform), sample_rate, format="WAV", subtype="PCM_16")
    pipes.play_file(_command("output", device_id), wav.getvalue(), stop)


def _command(kind: Kind, device_id: str | None) -> list[str]:
    pipes.check_installed(_PROGRAMS[kind], _PACKAGE)
    device_id = device_id or _DEFAULT
    if device_id.startswith("hw:"):
        device_id = f"plug{device_id}"  # a bare card plays other rates at the wrong speed
    return [_PROGRAMS[kind], "-q", "-D", device_id, "-t", "wav"]


def _entries(listed: str) -> list[tuple[str, str]]:
    """Name and description: names stand at the beginning of a line, descriptions below."""
    entries: list[tuple[str, str]] = []
    for line in listed.splitlines():
        if line[:1].strip():
            entries.append((line.strip(), ""))
        elif line.strip() and entries:
            name, description = entries[-1]
            entries[-1] = (name, f"{description}, {line.strip()}".removeprefix(", "))
    return entries
