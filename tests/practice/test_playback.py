import builtins
import sys
from types import ModuleType

import numpy as np
import pytest

from voicecoach.practice.playback import play

SILENCE = np.zeros(160, dtype=np.float32)


class NoDeviceError(Exception):
    pass


def test_without_portaudio_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def refuse(name: str, *args: object, **kwargs: object) -> ModuleType:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real_import(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    assert "libportaudio2" in (play(SILENCE, 16_000) or "")


def test_without_a_loudspeaker_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    device = ModuleType("sounddevice")

    def query_devices(kind: str) -> None:
        raise NoDeviceError(f"no {kind} device")

    device.query_devices = query_devices
    device.PortAudioError = NoDeviceError
    monkeypatch.setitem(sys.modules, "sounddevice", device)
    assert play(SILENCE, 16_000) == "there is no working loudspeaker"


def test_with_a_loudspeaker_the_samples_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    played = []
    device = ModuleType("sounddevice")
    device.PortAudioError = NoDeviceError
    device.query_devices = lambda kind: {"name": "speaker"}
    device.play = lambda waveform, rate, blocking: played.append((len(waveform), rate, blocking))
    monkeypatch.setitem(sys.modules, "sounddevice", device)
    assert play(SILENCE, 16_000) is None
    assert played == [(160, 16_000, True)]
