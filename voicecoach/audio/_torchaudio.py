"""The one place that imports torchaudio.

``from voicecoach.audio import _torchaudio`` and then ``_torchaudio.load()``. The wheel on PyPI is
built for CUDA: beside a CPU-only torch its compiled extension finds no ``libc10_cuda`` and
``import torchaudio`` raises ``OSError``. The Python part works without the extension, so it is
imported with a stand-in for ``torchaudio._extension``. What needs compiled code
(``forced_align``) then raises ``RuntimeError`` when called.
"""

import functools
import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import NoReturn

_EXTENSION = "torchaudio._extension"


@functools.cache
def load() -> ModuleType:
    """Returns the torchaudio package.

    Raises:
        ImportError: torchaudio is not installed.
        OSError: its shared libraries do not load, and not for want of the extension alone.
    """
    try:
        return importlib.import_module("torchaudio")
    except OSError:
        _forget_half_imported()
        sys.modules[_EXTENSION] = _without_compiled_code()
        return importlib.import_module("torchaudio")


def _forget_half_imported() -> None:
    """A failed import leaves submodules behind that would be taken for complete ones."""
    for name in [name for name in sys.modules if name.split(".")[0] == "torchaudio"]:
        del sys.modules[name]


def _without_compiled_code() -> ModuleType:
    stand_in = ModuleType(_EXTENSION, "Stand-in for torchaudio's compiled extension.")
    stand_in._IS_TORCHAUDIO_EXT_AVAILABLE = False
    stand_in._IS_ALIGN_AVAILABLE = False
    stand_in._check_cuda_version = lambda: None
    stand_in.fail_if_no_align = _refusing
    return stand_in


def _refusing(function: Callable) -> Callable:
    """A decorator, as the original is: the function it marks refuses when called."""

    @functools.wraps(function)
    def refuse(*_args: object, **_options: object) -> NoReturn:
        raise RuntimeError(
            f"{function.__name__} needs torchaudio's compiled extension, and the installed one "
            "does not fit the installed torch."
        )

    return refuse
