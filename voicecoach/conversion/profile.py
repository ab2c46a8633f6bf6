"""An enrolled voice: a folder on this machine that its owner can look into and delete.

    voices/NAME/profile.json            who agreed to what and when, and the list of clips
    voices/NAME/clips/*.flac            what was read, 16 kHz
    voices/NAME/voiceprint.safetensors  measured on the clips, and again whenever it is missing

The clips are kept since another converter may measure another voiceprint.
"""

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from voicecoach.config import Spec
from voicecoach.conversion.folders import folder_of
from voicecoach.conversion.frames import SAMPLE_RATE
from voicecoach.data.atomic import write_text
from voicecoach.data.home import explained
from voicecoach.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from voicecoach.conversion.converter import Converter
    from voicecoach.conversion.voiceprint import Voiceprint

WANTED_SPEECH_S = 40.0
"""Without pauses: about a minute of read sentences."""
_FILE, _CLIPS, _VOICEPRINT = "profile.json", "clips", "voiceprint.safetensors"


class Consent(Spec):
    """Who agreed to what, when, and how that was said ("terminal" or "--consent")."""

    who: str = Field(min_length=1)
    when: datetime
    agreed: str = Field(min_length=1)
    how: str


class Clip(Spec):
    """A recording that was accepted.

    Attributes:
        id: made from its samples, so that no recording is kept twice; names its file.
        text: what is read; None where nobody said.
        speech_s: seconds as loud as speech.
    """

    id: str = Field(pattern="^[0-9a-f]{16}$")
    text: str | None
    speech_s: float = Field(ge=0)


class _Contents(Spec):
    version: int = Field(1, ge=1, le=1)
    consent: Consent
    clips: tuple[Clip, ...] = ()


class Profile:
    """An enrolled voice. ``folder`` holds everything about it.

    Make it with ``open`` or ``create``.
    """

    def __init__(self, folder: Path, contents: _Contents) -> None:
        self.folder = folder
        self._contents = contents

    @classmethod
    def create(cls, name: str, consent: Consent) -> "Profile":
        """A new voice without clips; nothing is written before the first one.

        Raises:
            InputError: the name cannot be used, or is taken.
        """
        folder = folder_of(name)
        if folder.exists():
            raise InputError(f"There is a voice '{name}' already: delete it, or take another name.")
        return cls(folder, _Contents(consent=consent))

    @classmethod
    def open(cls, name: str) -> "Profile":
        """A voice that was enrolled.

        Raises:
            InputError: there is none of that name, or its folder is damaged.
        """
        folder = folder_of(name)
        if not folder.is_dir():
            raise InputError(
                f"There is no enrolled voice '{name}': enrol it by voicecoach enroll {name}."
            )
        return cls(folder, _read(folder))

    @property
    def name(self) -> str:
        """As it was enrolled."""
        return self.folder.name

    @property
    def consent(self) -> Consent:
        """Without it there is no profile."""
        return self._contents.consent

    @property
    def clips(self) -> tuple[Clip, ...]:
        """In the order in which they were accepted."""
        return self._contents.clips

    @property
    def speech_s(self) -> float:
        """Seconds of speech in all clips."""
        return sum(clip.speech_s for clip in self.clips)

    def add(self, clip: Clip, waveform: "np.ndarray") -> None:
        """Keeps a clip: (n_samples,) float in [-1, 1] at 16 kHz. One that is there is left alone.

        Raises:
            InputError: the folder cannot be written; the list of clips then is as before.
        """
        from voicecoach.audio import io

        self._contents = _read(self.folder) if self.folder.exists() else self._begin()
        if any(clip.id == other.id for other in self.clips):
            return
        # The voiceprint goes first: a program that is killed here leaves none that is too old.
        with explained(self.folder):
            (self.folder / _CLIPS).mkdir(exist_ok=True)
            (self.folder / _VOICEPRINT).unlink(missing_ok=True)
        io.save(self._path(clip), waveform, SAMPLE_RATE)
        contents = self._contents.model_copy(update={"clips": (*self.clips, clip)})
        _write(self.folder, contents)
        self._contents = contents

    def load(self, clip: Clip) -> "np.ndarray":
        """One of ``clips``: (n_samples,) float32 at 16 kHz.

        Raises:
            InputError: it is missing or damaged.
        """
        from voicecoach.audio import io

        try:
            return io.load(self._path(clip), SAMPLE_RATE)
        except InputError as error:
            raise _damaged(self.folder, str(error).rstrip(".")) from error

    def voiceprint(self, converter: "Converter") -> "Voiceprint":
        """What a converter is to know about the voice; measured once, and then kept.

        Raises:
            InputError: a clip is missing or damaged, or there is too little speech.
        """
        from voicecoach.conversion.voiceprint import Voiceprint

        path = self.folder / _VOICEPRINT
        with suppress(InputError):  # missing, damaged, or of another version: the clips are there
            return Voiceprint.load(path)
        waveforms = [self.load(clip) for clip in self.clips]
        try:
            texts = [clip.text for clip in self.clips]
            voiceprint = converter.voiceprint(list(zip(waveforms, texts, strict=True)))
        except InputError as error:
            raise InputError(
                f"The voice '{self.name}' cannot be used yet. {error} Go on by "
                f"voicecoach enroll {self.name}."
            ) from error
        with suppress(InputError):  # on a full disk it is measured again
            voiceprint.save(path)
        return voiceprint

    def _begin(self) -> _Contents:
        """Makes the folder, which has its file from the first moment on."""
        temporary = self.folder.with_name(f".{self.name}.{os.getpid()}.tmp")
        with explained(self.folder):
            for folder in (self.folder.parent.parent, self.folder.parent, temporary):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(temporary, self._contents)
            temporary.rename(self.folder)
        return self._contents

    def _path(self, clip: Clip) -> Path:
        return self.folder / _CLIPS / f"{clip.id}.flac"


def _read(folder: Path) -> _Contents:
    try:
        return _Contents.model_validate_json((folder / _FILE).read_bytes())
    except OSError as error:
        raise _damaged(folder, f"{_FILE}: {error.strerror}") from error
    except ValidationError as error:
        if any(found["type"] == "less_than_equal" for found in error.errors()):
            raise InputError(
                f"The voice '{folder.name}' was enrolled with a newer voicecoach: update this one."
            ) from error
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise _damaged(folder, f"{_FILE}, {where}: {first['msg'].lower()}") from error


def _write(folder: Path, contents: _Contents) -> None:
    write_text(folder / _FILE, contents.model_dump_json(indent=2) + "\n")


def _damaged(folder: Path, reason: str) -> InputError:
    return InputError(
        f"The voice '{folder.name}' is damaged ({reason}): delete it by "
        f"voicecoach voices --delete {folder.name}, and enrol again."
    )
