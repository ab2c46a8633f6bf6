"""Imports go one way: the core knows no sound, and what is for faces neither."""

import subprocess
import sys

import pytest

AUDIO = ("soundfile", "sounddevice", "librosa", "torchaudio", "pyworld", "hibari", "soxr")
OURS = tuple(f"voicecoach.{name}" for name in ("audio", "text", "scoring", "synthesis"))


@pytest.mark.parametrize(
    ("package", "one"), [("core", "voicecoach.core.trunk"), ("image", "voicecoach.image.coach")]
)
def test_no_audio_package_is_needed(package, one):
    code = (
        f"import pkgutil, sys, importlib, voicecoach.{package} as package\n"
        "for module in pkgutil.iter_modules(package.__path__):\n"
        "    importlib.import_module(f'{package.__name__}.{module.name}')\n"
        f"print([name for name in {AUDIO} if name in sys.modules],\n"
        f"      [name for name in sys.modules if name.startswith({OURS})],\n"
        f"      {one!r} in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] [] True"
