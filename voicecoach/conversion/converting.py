"""Recordings in files, converted: whose voice goes in, whose comes out, and what is written."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voicecoach.audio import io
from voicecoach.audio.level import as_loud_as
from voicecoach.conversion.converter import Converter
from voicecoach.conversion.folders import NATIVE
from voicecoach.conversion.mark import mark
from voicecoach.conversion.profile import Profile
from voicecoach.conversion.voiceprint import Voiceprint
from voicecoach.errors import InputError
from voicecoach.synthesis import voices

LONGEST_S = 600.0


@dataclass(frozen=True, eq=False)
class Conversion:
    """What is done to every recording.

    Attributes:
        converter: that does it.
        target: whose voice it gets, with its name; None for native speech in the speaker's own.
        source: who speaks, with the name; None where each recording tells itself.
        seed: the same recording and seed give the same samples.
        rhythm: how far to go to the pace of ``target``, where those of both are known.
    """

    converter: Converter
    target: tuple[Voiceprint, str] | None
    source: tuple[Voiceprint, str] | None
    seed: int = 0
    rhythm: float = 1.0

    @classmethod
    def open(
        cls, to: str, voice_of: str | None = None, seed: int = 0, rhythm: float = 1.0
    ) -> "Conversion":
        """By names.

        Args:
            to: "native", or a voice.
            voice_of: a voice; None where each recording tells itself. A voice is one that was
                enrolled, or "reference".
            seed, rhythm: as above.

        Raises:
            InputError: there is no such voice, or it cannot be used yet.
        """
        converter = Converter.from_pretrained()
        target = None if to == NATIVE else _voiceprint(converter, to)
        source = None if voice_of is None else _voiceprint(converter, voice_of)
        return cls(converter, target, source, seed, rhythm)

    @property
    def needs_text(self) -> bool:
        """Whether it must be known what is read."""
        return self.target is None

    def convert_file(
        self, path: str | Path, output: str | Path, text: str | None = None
    ) -> tuple[float, str]:
        """Converts a recording and writes it, as loud as it was, marked as converted.

        Args:
            path: of the recording.
            output: ends in .wav or .flac.
            text: what is read, if ``needs_text``.

        Returns:
            Seconds that were written, and whose voice it is.

        Raises:
            InputError: it cannot be read, used, or written.
        """
        waveform = io.load(path, self.converter.sample_rate, LONGEST_S)
        made, whose = self._convert(waveform, Path(path), text)
        made = as_loud_as(made, waveform, self.converter.sample_rate)
        io.save(output, made, self.converter.sample_rate, mark(whose))
        return len(made) / self.converter.sample_rate, whose

    def _convert(
        self, waveform: np.ndarray, path: Path, text: str | None
    ) -> tuple[np.ndarray, str]:
        source, speaker = self.source or self._measure(waveform, path)
        if self.target is None:
            if text is None:
                raise InputError(f"It is not known what is read in {path}: give its text.")
            return self.converter.nativise(waveform, text, source, self.seed), speaker
        target, whose = self.target
        made = self.converter.personalise(waveform, target, self.seed, source, self.rhythm)
        return made, whose

    def _measure(self, waveform: np.ndarray, path: Path) -> tuple[Voiceprint, str]:
        try:
            found = self.converter.voiceprint([(waveform, None)])
        except InputError as error:
            reason = str(error).split(":")[0]
            raise InputError(
                f"{path} is too short to tell the voice of its speaker ({reason}): say whose it is "
                "by --voice-of NAME, after voicecoach enroll NAME."
            ) from error
        return found, f"the speaker of {path.name}"


def _voiceprint(converter: Converter, name: str) -> tuple[Voiceprint, str]:
    if name == voices.REFERENCE:
        return converter.reference, name
    if name in voices.available():
        raise InputError(
            f"The voice '{name}' cannot be converted from or to: take {voices.REFERENCE} or a "
            "voice that was enrolled."
        )
    profile = Profile.open(name)
    return profile.voiceprint(converter), profile.name
