"""What converted speech says about itself in a file's metadata."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from voicecoach.audio import io

_BEGINNING = "Converted by voicecoach"


def mark(whose: str) -> str:
    """The comment for ``audio.io.save``.

    Args:
        whose: the name of the voice, or what else says it.
    """
    try:
        own = version("voicecoach")
    except PackageNotFoundError:  # run from a checkout that is not installed
        own = "(unknown version)"
    return f"{_BEGINNING} {own}; synthetic voice of {whose}."


def is_marked(path: str | Path) -> bool:
    """Whether a recording says that it was converted; False where it cannot be read."""
    return io.read_comment(path).startswith(_BEGINNING)
