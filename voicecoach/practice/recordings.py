"""The folder of recordings that the learner asked to keep."""

from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.errors import InputError

if TYPE_CHECKING:
    import numpy as np

_OURS = (".flac", ".tmp")  # with what a killed program left half written


def save_recording(folder: Path, attempt: int, waveform: "np.ndarray", sample_rate: int) -> str:
    """Writes a recording as FLAC, whole or not at all.

    Args:
        folder: of recordings; made where it is missing.
        attempt: its id. A file that is there already is left over from an attempt that was never
            kept, and is replaced.
        waveform: (n_samples,) float in [-1, 1].
        sample_rate: Hz.

    Returns:
        The file's name in ``folder``.

    Raises:
        InputError: the file cannot be written.
    """
    from voicecoach.audio.io import save
    from voicecoach.data.atomic import make_folder

    name = f"{attempt:06d}.flac"
    save(make_folder(folder) / name, waveform, sample_rate)
    return name


def delete_recordings(folder: Path) -> None:
    """Deletes all recordings, and the folder if nothing else is in it.

    Raises:
        InputError: a file cannot be deleted.
    """
    if not folder.is_dir():
        return
    try:
        for path in list(folder.iterdir()):
            if path.suffix in _OURS:
                path.unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise InputError(
            f"Cannot delete {error.filename} ({error.strerror}): delete the folder {folder} "
            "yourself, then try again."
        ) from error
