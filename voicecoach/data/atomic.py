"""Files that are there as a whole or not at all."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voicecoach.errors import InputError


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Gives a temporary path beside ``path`` that takes its place when the block ends well.

    Missing parent folders are made. If the block fails, ``path`` keeps what it held.

    Raises:
        InputError: the folder cannot be written, or the disk is full.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"Cannot write {path} ({reason}): choose a folder with room that you may write to."
        ) from error
    finally:
        if temporary.exists():
            temporary.unlink()


def write_text(path: str | Path, text: str) -> None:
    """Writes UTF-8 text with ``\\n`` line ends. Raises ``InputError`` as ``replacing`` does."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: str | Path, value: object, indent: int | None = None) -> None:
    """Writes strict JSON (no NaN). Raises ``InputError`` as ``replacing`` does."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    write_text(path, text + "\n")


def make_folder(path: str | Path) -> Path:
    """Makes an output folder with its parents. Raises ``InputError`` where that is refused."""
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"Cannot make the folder {path}: {error.strerror}.") from error
    return path
