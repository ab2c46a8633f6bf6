import subprocess
import sys

import pytest

from voicecoach.audio import _torchaudio

# In a process of its own: an import cannot be undone.
BROKEN_EXTENSION = """
import importlib.abc, sys

class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "torchaudio._extension":
            raise OSError("libc10_cuda.so: cannot open shared object file")

sys.meta_path.insert(0, Refuse())
from voicecoach.audio import _torchaudio
torchaudio = _torchaudio.load()
assert torchaudio.functional.melscale_fbanks(201, 0.0, 8000.0, 80, 16000).shape == (201, 80)
assert torchaudio.transforms.MelSpectrogram(16000)
assert _torchaudio.load() is torchaudio
import torch
try:
    torchaudio.functional.forced_align(torch.zeros(1, 9, 5), torch.ones(1, 2, dtype=torch.int32))
except RuntimeError as error:
    print(error)
"""


def run(program: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


def test_loads_beside_the_installed_torch() -> None:
    assert _torchaudio.load().functional.melscale_fbanks(9, 0.0, 4000.0, 4, 8000).shape == (9, 4)


def test_works_without_the_compiled_extension() -> None:
    result = run(BROKEN_EXTENSION)
    assert result.returncode == 0, result.stderr
    assert "forced_align needs torchaudio's compiled extension" in result.stdout


def test_another_failure_is_not_hidden() -> None:
    program = BROKEN_EXTENSION.replace("torchaudio._extension", "torchaudio.functional")
    result = run(program)
    assert result.returncode != 0
    assert "OSError: libc10_cuda.so" in result.stderr


@pytest.mark.parametrize("module", ["voicecoach.audio.io", "voicecoach.audio.codec"])
def test_reading_sound_needs_neither_torch_nor_librosa(module) -> None:
    result = run(f"import sys, {module}; print({{'torch', 'librosa', 'soxr'}} & set(sys.modules))")
    assert result.stdout.strip() == "set()", result.stderr
