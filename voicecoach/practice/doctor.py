"""What works on this machine, and what to do about the rest."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import Literal

from voicecoach.data.home import FOLDER_VARIABLE, data_folder
from voicecoach.errors import InputError

Status = Literal["ok", "warn", "fail"]
"""Of the last two, "fail" is what scoring files cannot do without."""
OLDEST, NEWEST = (3, 10), (3, 12)
_NEEDED = ("Python", "torch", "numpy", "soundfile", "model")
_LEAST_FREE_GB = 1.0
_LEAST_CORRELATION = 0.2


@dataclass(frozen=True)
class Check:
    """One line of the report: what was looked at, what was found, and what to do about it."""

    name: str
    status: Status
    found: str
    advice: str | None = None


@dataclass(frozen=True)
class Report:
    """All checks, and what they mean: which uses work and which do not."""

    checks: tuple[Check, ...]

    def worst(self, *names: str) -> Status:
        """The worst status of the checks of these names."""
        found = {check.status for check in self.checks if check.name in names}
        return next((status for status in ("fail", "warn") if status in found), "ok")

    @property
    def usable(self) -> bool:
        """Whether recordings in files can be scored."""
        return all(check.status != "fail" for check in self.checks)

    @property
    def can_record(self) -> bool:
        """Whether there is a microphone."""
        return self.worst("microphone") == "ok"

    @property
    def can_play(self) -> bool:
        """Whether there is a loudspeaker."""
        return self.worst("loudspeaker") == "ok"


def examine(loopback: bool = False) -> Report:
    """Looks at everything; what is broken becomes a check that says so, never an exception.

    Args:
        loopback: also play a chirp and record it at the same time.
    """
    checks: list[tuple[str, Callable[[str], Check]]] = [
        ("Python", _python),
        ("voicecoach", _voicecoach),
        ("torch", _package),
        ("numpy", _package),
        ("soundfile", _package),
        ("model", _model),
        ("PortAudio", _portaudio),
        ("microphone", lambda name: _device(name, "input")),
        ("loudspeaker", lambda name: _device(name, "output")),
        ("devices", _devices),
        ("data folder", _data_folder),
    ]
    if loopback:
        checks.append(("loop-back", _loopback))
    return Report(tuple(_guarded(name, check) for name, check in checks))


def _guarded(name: str, check: Callable[[str], Check]) -> Check:
    try:
        return check(name)
    except Exception as error:  # whatever is broken here: to tell it is what this is for
        return Check(
            name,
            "fail" if name in _NEEDED else "warn",
            f"{type(error).__name__}: {_first_line(error)}",
            "install voicecoach again in a new environment",
        )


def _python(name: str) -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return Check(name, "ok", found)
    wanted = " to ".join(".".join(map(str, version)) for version in (OLDEST, NEWEST))
    return Check(name, "fail", found, f"take Python {wanted}")


def _voicecoach(name: str) -> Check:
    try:
        return Check(name, "ok", installed_version("voicecoach"))
    except PackageNotFoundError:
        return Check(name, "warn", "not installed, only found", "pip install .")


def _package(name: str) -> Check:
    try:
        return Check(name, "ok", import_module(name).__version__)
    except (ImportError, OSError) as error:  # OSError: a library that the package needs
        return Check(name, "fail", _first_line(error), f"pip install --force-reinstall {name}")


def _model(name: str) -> Check:
    from voicecoach import pretrained
    from voicecoach.scoring.scorer import Scorer

    try:
        Scorer.from_pretrained()
    except InputError as error:
        return Check(
            name, "fail", f"does not load: {_first_line(error)}", "install voicecoach again"
        )
    return Check(name, "ok", f"{pretrained.DEFAULT} loads")


def _portaudio(name: str) -> Check:
    from voicecoach.audio.backends import portaudio
    from voicecoach.audio.backends.base import BackendError

    try:
        return Check(name, "ok", portaudio.version())
    except BackendError as error:
        return Check(name, "warn", str(error), "install it, or let PulseAudio or ALSA do it")


def _device(name: str, kind: Literal["input", "output"]) -> Check:
    from voicecoach.audio.devices import choose

    try:
        device = choose(kind)
    except InputError as error:
        return Check(name, "warn", _first_line(error), "until then use files")
    return Check(name, "ok", f"{device.name or device.device_id}, by {device.backend}")


def _devices(name: str) -> Check:
    from voicecoach.audio.devices import devices

    counts = [
        f"{len({device.name for device in devices(kind)[0]})} {noun}"
        for kind, noun in (("input", "to record from"), ("output", "to play on"))
    ]
    return Check(name, "ok", f"{', '.join(counts)}: 'voicecoach devices' lists them")


def _data_folder(name: str) -> Check:
    there = folder = data_folder()
    while not there.exists() and there != there.parent:
        there = there.parent
    free_gb = shutil.disk_usage(there).free / 1e9
    found = f"{folder}, {free_gb:.1f} GB free"
    if not there.is_dir() or not os.access(there, os.W_OK):
        return Check(
            name, "warn", f"{folder} cannot be written", f"name another one in {FOLDER_VARIABLE}"
        )
    if free_gb < _LEAST_FREE_GB:
        return Check(name, "warn", found, "make room, or recordings will not be kept")
    return Check(name, "ok", found)


def _loopback(name: str) -> Check:
    from voicecoach.audio.loopback import loopback

    try:
        echo = loopback()
    except InputError as error:
        return Check(name, "warn", _first_line(error), "connect both, then try again")
    found = f"correlation {echo.correlation:.2f}"
    if echo.correlation < _LEAST_CORRELATION:
        return Check(
            name,
            "warn",
            f"the microphone does not hear the loudspeaker ({found})",
            "turn both up, take off headphones, or choose other devices",
        )
    return Check(name, "ok", f"{found}, latency {echo.latency_ms:.0f} ms")


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
