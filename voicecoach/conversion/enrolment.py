"""Which recordings a voice is made of: the gate that each must pass."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.audio import io
from voicecoach.conversion import frames
from voicecoach.conversion.frames import SAMPLE_RATE
from voicecoach.conversion.mark import is_marked
from voicecoach.conversion.profile import Clip, Profile
from voicecoach.conversion.speaker_check import SpeakerCheck
from voicecoach.errors import InputError
from voicecoach.scoring.quality import Problem, check_waveform, refuses, score_checked

if TYPE_CHECKING:
    from voicecoach.scoring.scorer import Scorer

LONGEST_S = 300.0
"""Of a recording without text; with one, the scorer's own limit holds."""
_LEAST_SPEECH_S = 0.8


@dataclass(frozen=True)
class Outcome:
    """What came of one recording.

    ``clip`` is None where one of the ``problems`` refuses it. ``known`` says that the voice had it
    already.
    """

    clip: Clip | None
    problems: tuple[Problem, ...] = ()
    known: bool = False


class Enrolment:
    """Adds recordings to a voice, each kept at once, so that nothing is lost when it ends early.

    Args:
        profile: of the voice.
        load_scorer: called at the first recording with a text.
        same_person: whether it is known that all recordings are of one person; else a voice that
            does not sound like the others is refused.
    """

    def __init__(
        self, profile: Profile, load_scorer: "Callable[[], Scorer]", same_person: bool = False
    ) -> None:
        self.profile = profile
        self._speakers = None if same_person else SpeakerCheck(profile)
        self._load_scorer = load_scorer
        self._scorer: Scorer | None = None

    @property
    def scorer(self) -> "Scorer":
        """Loaded when it is needed first."""
        if self._scorer is None:
            self._scorer = self._load_scorer()
        return self._scorer

    def compare(self, paths: Sequence[str | Path]) -> None:
        """Hears several files that are then added: which are of somebody else, whatever their
        order. Those that cannot be read, or are refused for their sound, are left out.

        Raises:
            InputError: they are of several people, and most of none; or a clip of the voice is
                damaged.
        """
        if self._speakers is not None:
            self._speakers.compare(_fit(paths))

    def add_file(self, path: str | Path, text: str | None = None) -> Outcome:
        """As ``add``, of a file.

        Raises:
            InputError: it cannot be read, or as in ``add``.
        """
        waveform = io.load(path, SAMPLE_RATE, LONGEST_S)
        if is_marked(path):
            return Outcome(None, (_CONVERTED,))
        return self.add(waveform, text)

    def add(self, waveform: np.ndarray, text: str | None = None) -> Outcome:
        """Keeps a recording if it is good enough.

        Args:
            waveform: (n_samples,) float in [-1, 1] at 16 kHz.
            text: what is read; with it, the recording is refused where something else was said.

        Raises:
            InputError: the text cannot be spoken, or the folder of the voice cannot be written.
        """
        own_id = _id(waveform)
        for clip in self.profile.clips:
            if clip.id == own_id:
                return Outcome(clip, known=True)
        speech_s = frames.sounding_s(waveform)
        problems = self._problems(waveform, text, speech_s)
        if not refuses(problems) and self._speakers is not None:
            problem = self._speakers.problem(own_id, waveform)
            problems = (*problems, *([problem] if problem else []))
        if refuses(problems):
            return Outcome(None, problems)
        clip = Clip(id=own_id, text=text, speech_s=round(speech_s, 2))
        self.profile.add(clip, waveform)
        return Outcome(clip, problems)

    def _problems(
        self, waveform: np.ndarray, text: str | None, speech_s: float
    ) -> tuple[Problem, ...]:
        if text is not None:
            problems = [*score_checked(self.scorer, waveform, text, SAMPLE_RATE).problems]
        else:
            problems = check_waveform(waveform, SAMPLE_RATE)
            if not refuses(problems) and speech_s < _LEAST_SPEECH_S:
                too_little = f"It holds too little speech: {speech_s:.1f} s."
                problems = [Problem("short", too_little, "Give recordings of whole sentences.")]
        # What a score survives would be heard in every sentence of the voice.
        return tuple(
            replace(problem, refuses=problem.refuses or problem.kind == "noise")
            for problem in problems
        )


def _id(waveform: np.ndarray) -> str:
    """Of the clip that is made of a waveform."""
    samples = np.round(np.clip(waveform, -1.0, 1.0) * 32767).astype("<i2")
    return hashlib.sha256(samples.tobytes()).hexdigest()[:16]


def _fit(paths: Sequence[str | Path]) -> Iterator[tuple[str, str, np.ndarray]]:
    """Id, name and waveform of the files whose sound is good enough."""
    for path in paths:
        with suppress(InputError):
            waveform = io.load(path, SAMPLE_RATE, LONGEST_S)
            if not refuses(check_waveform(waveform, SAMPLE_RATE)):
                yield _id(waveform), str(path), waveform


_CONVERTED = Problem(
    "converted",
    "Its metadata say that voicecoach converted it: it is nobody's own speech.",
    "Give recordings of the person.",
)
