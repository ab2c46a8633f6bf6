"""Where on this machine the learner's own data are."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voicecoach.errors import InputError

FOLDER_VARIABLE = "VOICECOACH_DATA"
"""Environment variable that names another folder for the learner's data."""


def data_folder(folder: str | Path | None = None) -> Path:
    """Where the learner's data are: ``folder``, else ``$VOICECOACH_DATA``, else the user's own.

    The last is what the system has for it, ``~/.local/share/voicecoach`` on Linux.
    """
    if folder is None:
        folder = os.environ.get(FOLDER_VARIABLE) or None
    if folder is not None:
        return Path(folder).expanduser()
    import platformdirs

    return platformdirs.user_data_path("voicecoach", appauthor=False)


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turns what the system says about a folder of the learner's into a sentence.

    Raises:
        InputError: in place of ``OSError``.
    """
    try:
        yield
    except OSError as error:
        raise InputError(
            f"Cannot use the folder {folder} ({error.strerror}): name another one in the "
            f"environment variable {FOLDER_VARIABLE}."
        ) from error
