"""All voices that can be asked for by name: those of the package, and those that were enrolled."""

from pathlib import Path

from voicecoach.conversion import folders
from voicecoach.conversion.mark import mark
from voicecoach.conversion.profile import Profile
from voicecoach.errors import InputError
from voicecoach.synthesis import voices
from voicecoach.synthesis.voice import Voice


def find(name_or_folder: str | Path) -> Profile | None:
    """The profile of an enrolled voice, None for any other.

    A name is that of an enrolled voice, whatever lies in the current folder.

    Args:
        name_or_folder: a name, or a folder as in ``synthesis.voices.find``.

    Raises:
        InputError: there is no such voice, or its profile is damaged.
    """
    name = str(name_or_folder)
    if folders.is_enrolled(name):
        return Profile.open(name)
    try:
        voices.find(name_or_folder)
    except InputError as error:
        if Path(name).is_dir():
            raise
        known = " or ".join([*voices.available(), *folders.names()])
        raise InputError(
            f"There is no voice '{name}': take {known}, the folder of a voice that you trained, "
            "or enrol your own by voicecoach enroll."
        ) from error
    return None


def load(name_or_folder: str | Path = voices.REFERENCE, postfilter: str = "auto") -> Voice:
    """A voice.

    Args:
        name_or_folder: as in ``find``.
        postfilter: as in ``synthesis.voices.load``; an enrolled voice has none.

    Raises:
        InputError: there is no such voice, it has no such postfilter, or cannot be used yet.
    """
    found = find(name_or_folder)
    if found is None:
        return voices.load(name_or_folder, postfilter)
    if postfilter not in ("auto", "none"):
        raise InputError("An enrolled voice has no postfilter: leave out --postfilter.")
    from voicecoach.conversion.converter import Converter
    from voicecoach.conversion.voice import PersonalVoice

    return PersonalVoice(found, Converter.from_pretrained())


def comment(name_or_folder: str | Path) -> str | None:
    """What a file with this voice is marked with; None where nobody's voice is copied.

    Raises:
        InputError: as ``find``.
    """
    found = find(name_or_folder)
    return None if found is None else mark(found.name)
