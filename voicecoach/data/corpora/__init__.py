"""Corpora by name: one module here is one corpus.

A module ``<name>.py`` offers ``matches(corpus) -> bool``, which tells by the files whether a
folder is that corpus, and ``prepare(corpus, out) -> dict[str, int]``, which writes one data
folder per set under ``out`` and gives the number of utterances by set. There is nothing to
register.
"""

import pkgutil
from importlib import import_module
from pathlib import Path
from types import ModuleType

from voicecoach.errors import InputError


def names() -> list[str]:
    """The names of all corpora, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def get(name: str) -> ModuleType:
    """The module of a corpus. Raises ``InputError`` with the known names for any other name."""
    if name not in names():
        raise InputError(f"There is no corpus '{name}': choose one of {', '.join(names())}.")
    return import_module(f"{__name__}.{name}")


def detect(corpus: str | Path) -> ModuleType:
    """The module whose files a folder holds. Raises ``InputError`` where there is none."""
    for name in names():
        module = get(name)
        if module.matches(Path(corpus)):
            return module
    raise InputError(
        f"{corpus} holds none of the corpora {', '.join(names())}: check the path, or say "
        "with --name which corpus it should be."
    )
