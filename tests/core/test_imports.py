"""Imports go one way: the core knows no sound."""

import subprocess
import sys

AUDIO = ("soundfile", "sounddevice", "librosa", "torchaudio", "pyworld", "hibari", "soxr")


def test_the_core_needs_no_audio_package():
    code = (
        "import pkgutil, sys, importlib, voicecoach.core as core\n"
        "for module in pkgutil.iter_modules(core.__path__):\n"
        "    importlib.import_module(f'voicecoach.core.{module.name}')\n"
        f"print([name for name in {AUDIO} if name in sys.modules],\n"
        "      [name for name in sys.modules if name.startswith('voicecoach.audio')],\n"
        "      'voicecoach.core.trunk' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] [] True"
