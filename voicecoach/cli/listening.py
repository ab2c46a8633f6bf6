"""What a learner can hear in the interactive loop: examples, own takes, and parts of both."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.cli.keys import Keys
from voicecoach.cli.sound import Sound
from voicecoach.practice import clips
from voicecoach.practice.examples import Examples
from voicecoach.practice.parts import intended_word, said_word

if TYPE_CHECKING:
    from rich.console import Console

    from voicecoach.practice.advice import Advice
    from voicecoach.practice.exercises import Exercise
    from voicecoach.scoring.results import SentenceScore

TAKE_RATE_HZ = 16_000  # what the scorer hears


@dataclass
class Take:
    """What was said of an exercise last: (n_samples,) float at ``TAKE_RATE_HZ``, and how it went.

    ``score`` is None where it was refused.
    """

    waveform: np.ndarray
    score: "SentenceScore | None" = None
    advice: "list[Advice]" = field(default_factory=list)


class Listening:
    """Plays; where there is no loudspeaker it says so, once."""

    def __init__(self, console: "Console", sound: Sound, keys: Keys) -> None:
        self._console = console
        self._sound = sound
        self._keys = keys
        self._examples = Examples()

    def prepare(self, exercise: "Exercise") -> None:
        """Begins to speak it, in the background."""
        self._examples.prepare(exercise)

    def close(self) -> None:
        """Ends what goes on in the background."""
        self._examples.close()

    def example(self, exercise: "Exercise", rate: float = 1.0) -> None:
        """The whole sentence, as it should be."""
        waveform, sample_rate = self._examples.sentence(exercise, rate)
        self._play(clips.equally_loud(waveform), sample_rate)

    def compare(self, exercise: "Exercise", take: Take) -> None:
        """The learner, then the example; without the silence around them."""
        example, sample_rate = self._examples.sentence(exercise)
        own = take.waveform
        if take.score:
            words = take.score.words
            own = clips.cut_word(own, TAKE_RATE_HZ, words[0].start_ms, words[-1].end_ms)
        both = clips.in_turn([_resample(own, sample_rate), example], sample_rate)
        self._play(both, sample_rate)

    def word(
        self, exercise: "Exercise", index: int, position: int | None, take: Take | None
    ) -> None:
        """A word as the learner said it and as it should be; then a sound of it, slowly.

        Args:
            exercise: that has it.
            index: of the word in the sentence.
            position: of the sound in the word; None for no sound.
            take: None without the learner's own.
        """
        example, sample_rate = self._examples.word(exercise, index)
        parts = [example]
        if take and take.score:
            said = said_word(take.score, index)
            if said.error != "omission":
                own = clips.cut_word(take.waveform, TAKE_RATE_HZ, said.start_ms, said.end_ms)
                parts.insert(0, _resample(own, sample_rate))
        if position is not None:
            parts.append(self._examples.sound(exercise, index, position)[0])
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

    def _play(self, waveform: np.ndarray, sample_rate: int) -> None:
        reason = self._sound.play(waveform, sample_rate, self._keys)
        if reason is not None:
            self._console.print(f"Not played: {reason}.")


def _resample(waveform: np.ndarray, sample_rate: int) -> np.ndarray:
    from voicecoach.audio.io import resample

    return resample(waveform, TAKE_RATE_HZ, sample_rate)
