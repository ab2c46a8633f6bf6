"""What a learner can hear: examples, own takes, takes as they should be, and parts of all."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.cli.keys import Keys
from voicecoach.cli.sound import Sound
from voicecoach.practice import clips
from voicecoach.practice.examples import Examples
from voicecoach.practice.parts import intended_word, said_word

if TYPE_CHECKING:
    from rich.console import Console

    from voicecoach.coaching.coach import Improved
    from voicecoach.coaching.results import Coaching
    from voicecoach.practice.advice import Advice
    from voicecoach.practice.exercises import Exercise
    from voicecoach.scoring.results import SentenceScore

TAKE_RATE_HZ = 16_000  # what the scorer hears


@dataclass
class Take:
    """What was said of an exercise last: (n_samples,) float at ``TAKE_RATE_HZ``, and how it went.

    ``score`` and ``coaching`` are None where it was refused, ``improved`` where no sound is to
    change. ``file`` is where it is kept, None for nowhere.
    """

    waveform: np.ndarray
    score: "SentenceScore | None" = None
    advice: "list[Advice]" = field(default_factory=list)
    coaching: "Coaching | None" = None
    improved: "Future[Improved] | None" = None
    file: Path | None = None


class Listening:
    """Plays; where there is no loudspeaker it says so, once."""

    def __init__(
        self, console: "Console", sound: Sound, keys: Keys, voice: str = "reference"
    ) -> None:
        self._console = console
        self._sound = sound
        self._keys = keys
        self._voice = voice
        self.examples = Examples(voice)

    def prepare(self, exercise: "Exercise") -> None:
        """Begins to speak it, in the background."""
        self.examples.prepare(exercise)

    def close(self) -> None:
        """Ends what goes on in the background."""
        self.examples.close()

    def example(self, exercise: "Exercise", rate: float = 1.0) -> None:
        """The whole sentence, as it should be."""
        waveform, sample_rate = self.examples.sentence(exercise, rate)
        self._play(clips.equally_loud(waveform), sample_rate)

    def compare(self, exercise: "Exercise", take: Take) -> None:
        """The learner, improved too where a sound is to change, then the example; without the
        silence around them."""
        example, sample_rate = self.examples.sentence(exercise)
        own = [take.waveform]
        if take.score:
            words = take.score.words
            own = _cut(take, words[0].start_ms, words[-1].end_ms, take.improved is not None)
        parts = [*(_resample(part, sample_rate) for part in own), example]
        self._play(clips.in_turn(parts, sample_rate), sample_rate)

    def better(self, exercise: "Exercise", take: Take) -> None:
        """Each word with a sound to change: the learner's, improved, and the reference's."""
        assert take.score is not None and take.coaching is not None
        indices = dict.fromkeys(feedback.word for feedback in take.coaching.phones)
        words = ", ".join(f'"{take.score.words[index].text}"' for index in indices)
        improved = "improved, " if take.improved else ""
        self._console.print(f"{words}: yours, {improved}and the {self._voice} voice's.")
        parts, sample_rate = [], TAKE_RATE_HZ
        for index in indices:
            intended = intended_word(take.score, index)
            assert intended is not None  # what is not in the sentence has no sounds to change
            versions, sample_rate = self._versions(exercise, intended, take)
            parts += versions
        self._play(clips.in_turn(parts, sample_rate), sample_rate)

    def word(
        self, exercise: "Exercise", index: int, position: int | None, take: Take | None
    ) -> None:
        """A word as in `better`; then a sound of it, slowly.

        Args:
            exercise: that has it.
            index: of the word in the sentence.
            position: of the sound in the word; None for no sound.
            take: None without the learner's own.
        """
        parts, sample_rate = self._versions(exercise, index, take)
        if position is not None:
            parts.append(self.examples.sound(exercise, index, position)[0])
        self._play(clips.in_turn(parts, sample_rate), sample_rate)

    def advice(self, exercise: "Exercise", advice: "Advice", take: Take) -> None:
        """What one piece of advice on a take is about."""
        assert take.score is not None
        index = intended_word(take.score, advice.word)
        if index is not None:
            self.word(exercise, index, advice.phone, take)
        else:  # what is not in the sentence has no example
            said = take.score.words[advice.word]
            own = clips.cut_word(take.waveform, TAKE_RATE_HZ, said.start_ms, said.end_ms)
            self._play(clips.equally_loud(own), TAKE_RATE_HZ)

    def _versions(
        self, exercise: "Exercise", index: int, take: Take | None
    ) -> tuple[list[np.ndarray], int]:
        """A word of the sentence as in `better`; without a take only the reference's."""
        example, sample_rate = self.examples.word(exercise, index)
        if take is None or take.score is None:
            return [example], sample_rate
        said = said_word(take.score, index)
        if said.error == "omission":
            return [example], sample_rate
        own = _cut(take, said.start_ms, said.end_ms, _is_changed(take, index))
        return [*(_resample(part, sample_rate) for part in own), example], sample_rate

    def _play(self, waveform: np.ndarray, sample_rate: int) -> None:
        reason = self._sound.play(waveform, sample_rate, self._keys)
        if reason is not None:
            self._console.print(f"Not played: {reason}.")


def _cut(take: Take, start_ms: float, end_ms: float, changed: bool) -> list[np.ndarray]:
    """A stretch of a take and, where it was changed, the same of what is improved, as it is at
    ``TAKE_RATE_HZ``."""
    parts = [clips.cut_word(take.waveform, TAKE_RATE_HZ, start_ms, end_ms)]
    if take.improved is not None and changed:
        better = take.improved.result()
        times_ms = better.to_new_ms(start_ms), better.to_new_ms(end_ms)
        part = clips.cut_word(better.waveform, better.sample_rate, *times_ms)
        parts.append(_resample(part, TAKE_RATE_HZ, better.sample_rate))
    return parts


def _is_changed(take: Take, index: int) -> bool:
    """Whether a sound of this word of the sentence sounds otherwise in what is improved."""
    return take.coaching is not None and any(
        intended_word(take.coaching.score, feedback.word) == index and not feedback.left_out
        for feedback in take.coaching.phones
    )


def _resample(waveform: np.ndarray, sample_rate: int, from_rate: int = TAKE_RATE_HZ) -> np.ndarray:
    from voicecoach.audio.io import resample

    return resample(waveform, from_rate, sample_rate)
