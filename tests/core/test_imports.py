"""Imports go one way: the core knows no sound, and what is for faces neither."""

import re
import subprocess
import sys
from pathlib import Path

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


LAYERS = ("synthesis", "conversion", "practice", "cli")
"""Each may import those before it."""


@pytest.mark.parametrize("layer", LAYERS)
def test_what_is_below_knows_nothing_of_what_is_above(layer: str, repo: Path) -> None:
    above = "|".join(LAYERS[LAYERS.index(layer) + 1 :]) or "nothing"
    pattern = re.compile(rf"(?:from|import) voicecoach\.(?:{above})\b")
    files = list((repo / "voicecoach" / layer).glob("*.py"))
    assert files
    assert not [path.name for path in files if pattern.search(path.read_text(encoding="utf-8"))]
