"""The voices that can be asked for by name."""

from pathlib import Path

from voicecoach import pretrained
from voicecoach.errors import InputError
from voicecoach.synthesis.voice import Voice

REFERENCE = "reference"
_PREFIX = "voice-"


def available() -> list[str]:
    """Names of the voices that come with the package, the default first."""
    own = [name for name in pretrained.available() if name.startswith(_PREFIX)]
    return [REFERENCE, *(name.removeprefix(_PREFIX) for name in own)]


def find(name_or_folder: str | Path) -> Path | None:
    """The checkpoint folder of a voice, None for the reference voice, which has none.

    Args:
        name_or_folder: a name from ``available``, or a checkpoint folder of ``recipes/synth.sh``.

    Raises:
        InputError: it is neither.
    """
    if str(name_or_folder) == REFERENCE:
        return None
    if str(name_or_folder) in available():
        return pretrained.RESOURCES / f"{_PREFIX}{name_or_folder}"  # whatever lies in this folder
    if Path(name_or_folder).is_dir():
        return pretrained.resolve(name_or_folder)
    raise InputError(
        f"There is no voice '{name_or_folder}': take {' or '.join(available())}, or the folder of "
        "a voice that you trained."
    )


def load(name_or_folder: str | Path = REFERENCE, postfilter: str = "auto") -> Voice:
    """A voice.

    Args:
        name_or_folder: as in ``find``.
        postfilter: one of ``postfilter.voice.Choice``; the reference voice needs none.

    Raises:
        InputError: there is no such voice, or it has no such postfilter.
    """
    folder = find(name_or_folder)
    if folder is None:
        if postfilter not in ("auto", "none"):
            raise InputError("The reference voice has no postfilter: leave out --postfilter.")
        from voicecoach.synthesis.reference import ReferenceVoice

        return ReferenceVoice()
    from voicecoach.postfilter.voice import load as load_filtered

    return load_filtered(folder, postfilter)
