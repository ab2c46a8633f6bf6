"""From a name or a folder to a checkpoint folder. Nothing is ever downloaded."""

from pathlib import Path

from voicecoach.errors import InputError

DEFAULT = "scorer-en"
RESOURCES = Path(__file__).parent / "resources"


def available() -> list[str]:
    """The names of the checkpoints that come with the package, sorted."""
    return sorted(path.parent.name for path in RESOURCES.glob("*/config.yaml"))


def resolve(name_or_folder: str | Path | None = None) -> Path:
    """Finds a checkpoint folder.

    Args:
        name_or_folder: a folder, or else a name from ``available``; None means ``DEFAULT``.

    Returns:
        A folder that exists and has a ``config.yaml``.

    Raises:
        InputError: it is neither; the sentence lists the available names.
    """
    if name_or_folder is None:
        name_or_folder = DEFAULT
    elif (folder := Path(name_or_folder)).is_dir():
        if (folder / "config.yaml").is_file():
            return folder
        raise InputError(f"The folder {folder} is no checkpoint: it has no config.yaml.")
    if str(name_or_folder) in available():
        return RESOURCES / name_or_folder
    names = ", ".join(available()) or "none in this installation"
    raise InputError(
        f"There is no model '{name_or_folder}': give a checkpoint folder or one of the packaged "
        f"names ({names})."
    )
