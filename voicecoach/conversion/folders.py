"""Where enrolled voices are on this machine, and what they may be called."""

import re
import shutil
import unicodedata
from pathlib import Path, PureWindowsPath

from voicecoach.data.home import data_folder, explained
from voicecoach.errors import InputError
from voicecoach.synthesis import voices

NATIVE = "native"
"""Stands for no voice where a voice is asked for, so that none has this name."""
_NAME = re.compile(r"[^\W\d_][\w-]{0,39}")


def names() -> list[str]:
    """The voices that are enrolled, damaged ones too, sorted.

    Raises:
        InputError: the folder of voices cannot be read.
    """
    folder = _voices_folder()
    with explained(folder):
        found = [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    return sorted(name for name in found if _NAME.fullmatch(name))


def delete(name: str) -> None:
    """Deletes a voice with all that is in its folder.

    Raises:
        InputError: there is none of that name, or something of it cannot be deleted.
    """
    folder = folder_of(name)
    if not folder.is_dir():
        raise InputError(f"There is no enrolled voice '{name}': see voicecoach voices.")
    try:
        if folder.is_symlink():
            folder.unlink()
        else:
            shutil.rmtree(folder)
    except OSError as error:
        raise InputError(
            f"Cannot delete {error.filename} ({error.strerror}): delete the folder {folder} "
            "yourself."
        ) from error


def folder_of(name: str) -> Path:
    """The folder that a voice has, or would have. "anna" and "Anna" are one.

    Raises:
        InputError: no voice may have that name.
    """
    name = unicodedata.normalize("NFC", name)
    if not _NAME.fullmatch(name) or PureWindowsPath(name).is_reserved():
        raise InputError(
            f"A voice cannot be called '{name}': take letters, digits, - and _, and begin with "
            "a letter."
        )
    if name.casefold() in (*voices.available(), NATIVE):
        raise InputError(
            f"'{name}' is no name of an enrolled voice: it means something else already."
        )
    same = [other for other in names() if _key(other) == _key(name)]
    return _voices_folder() / (same[0] if same else name)


def is_enrolled(name: str) -> bool:
    """Whether there is a voice of that name. Raises ``InputError`` as ``names``."""
    return _key(name) in map(_key, names())


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _voices_folder() -> Path:
    return data_folder() / "voices"
