"""Whether the clips of a voice are all of one person."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.conversion.verifier import ClipStatistics, Verifier
from voicecoach.errors import InputError
from voicecoach.scoring.quality import Problem

if TYPE_CHECKING:
    from voicecoach.conversion.profile import Profile

_ADVICE = "Leave it out, or give --same-person if it is of the same person."


class SpeakerCheck:
    """Compares recordings with the clips of a voice, and with those that come with them.

    Args:
        profile: of the voice; its clips are measured when they are needed first.
        load: gives the verifier, when it is needed first.
    """

    def __init__(
        self, profile: "Profile", load: Callable[[], Verifier] = Verifier.from_pretrained
    ) -> None:
        self._profile = profile
        self._load = load
        self._verifier: Verifier | None = None
        self._measured: dict[str, ClipStatistics | None] = {}
        self._found: dict[str, Problem | None] = {}

    @property
    def verifier(self) -> Verifier:
        """Loaded when it is needed first."""
        if self._verifier is None:
            self._verifier = self._load()
        return self._verifier

    def compare(self, recordings: Iterable[tuple[str, str, np.ndarray]]) -> None:
        """Hears several recordings together, so that their order does not matter to ``problem``.

        Args:
            recordings: of each the id of its clip, how to call it, and (n_samples,) at 16 kHz.

        Raises:
            InputError: they are of several people, and most of none; or a clip of the voice is
                damaged.
        """
        known = self._known()
        there = {clip.id for clip in self._profile.clips}
        names, new = [], []
        for own_id, name, waveform in recordings:
            statistics = self._measure(own_id, waveform)
            if own_id not in (*there, *self._found) and statistics is not None:
                self._found[own_id] = None
                names.append((own_id, name))
                new.append(statistics)
        if known:  # those of the voice are of one person
            for (own_id, _), clip in zip(names, new, strict=True):
                self._found[own_id] = self._beside(clip, known)
        elif len(new) > 1:
            self._compare(names, new)

    def _compare(self, names: Sequence[tuple[str, str]], clips: Sequence[ClipStatistics]) -> None:
        """Of clips of a new voice; ``names`` are their ids and what to call them."""
        placed = self._place(clips)
        main = self.verifier.part(placed)
        if not main:
            sets = self.verifier.halves(placed)
            raise _several([(names[own[0]][1], [clips[i] for i in own]) for own in sets])
        for i in set(range(len(clips))) - set(main):
            self._found[names[i][0]] = _other_voice(clips[i], [clips[j] for j in main])

    def problem(self, own_id: str, waveform: np.ndarray) -> Problem | None:
        """What is wrong with who speaks; None where that is the person of the voice.

        Args:
            own_id: of its clip. What ``compare`` heard is not compared again.
            waveform: (n_samples,) at 16 kHz.

        Raises:
            InputError: a clip of the voice is damaged.
        """
        if own_id in self._found:
            return self._found[own_id]
        clip, known = self._measure(own_id, waveform), self._known()
        if clip is None or not known:
            return None
        return self._beside(clip, known)

    def _beside(self, clip: ClipStatistics, known: Sequence[ClipStatistics]) -> Problem | None:
        score = self.verifier.compare(self._place([clip]), self._place(known))
        return _other_voice(clip, known) if score < self.verifier.least_score else None

    def _known(self) -> list[ClipStatistics]:
        """Of the clips that the voice has."""
        for clip in self._profile.clips:
            if clip.id not in self._measured:
                self._measure(clip.id, self._profile.load(clip))
        found = (self._measured[clip.id] for clip in self._profile.clips)
        return [statistics for statistics in found if statistics is not None]

    def _measure(self, own_id: str, waveform: np.ndarray) -> ClipStatistics | None:
        if own_id not in self._measured:
            self._measured[own_id] = ClipStatistics.measure(waveform)
        return self._measured[own_id]

    def _place(self, clips: Sequence[ClipStatistics]) -> np.ndarray:
        return self.verifier.place(np.stack([clip.values for clip in clips]))


def _pitch_hz(clips: Sequence[ClipStatistics]) -> float:
    return float(np.median([clip.pitch_hz for clip in clips]))


def _other_voice(clip: ClipStatistics, most: Sequence[ClipStatistics]) -> Problem:
    others = "the other clip" if len(most) == 1 else f"the other {len(most)} clips"
    its = "its" if len(most) == 1 else "theirs"
    return Problem(
        "other voice",
        f"It does not sound like {others} (pitch {clip.pitch_hz:.0f} Hz, {its} "
        f"{_pitch_hz(most):.0f} Hz).",
        _ADVICE,
    )


def _several(sets: Sequence[tuple[str, Sequence[ClipStatistics]]]) -> InputError:
    """``sets``: of each person a recording and all clips."""
    (first, own), (second, other), *_ = sets
    return InputError(
        f"The recordings sound like several people: {len(own)} are like {first} "
        f"(pitch {_pitch_hz(own):.0f} Hz), {len(other)} like {second} ({_pitch_hz(other):.0f} Hz). "
        "Nothing was stored: give those of one person, or --same-person if they are."
    )
