"""How a sentence should sound: by a voice, whole, slowly, a word or a sound of it."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.practice.clips import cut_sound, cut_word

if TYPE_CHECKING:
    from voicecoach.practice.exercises import Exercise
    from voicecoach.synthesis.voice import Span, Speech, Voice

SLOW_RATE = 0.65
_SLOW_SOUND = 0.6
_MOST_KEPT = 8


class Examples:
    """Speaks exercises ahead of time, in a thread of its own, and keeps what was spoken last.

    Args:
        voice: or its name or folder, as ``conversion.voices`` knows it.
    """

    def __init__(self, voice: "str | Voice" = "reference") -> None:
        self._voice = voice
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="voice")
        self._spoken: dict[tuple[object, float], Future[Speech]] = {}

    def close(self) -> None:
        """Ends the thread; what was not begun is left."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def prepare(self, exercise: "Exercise") -> None:
        """Begins to speak it, at both paces, and returns at once."""
        for rate in (1.0, SLOW_RATE):
            self._speak(exercise, rate)

    def whole(self, exercise: "Exercise", rate: float = 1.0) -> "Speech":
        """The sentence; waits until it is spoken.

        Args:
            exercise: to be spoken.
            rate: 1.0 or ``SLOW_RATE``; the pitch is the same.
        """
        return self._speak(exercise, rate).result()

    def sentence(self, exercise: "Exercise", rate: float = 1.0) -> tuple[np.ndarray, int]:
        """As `whole`, without the silence around it, which a learner would wait for.

        Returns:
            (n_samples,) float32 and its sample rate in Hz.
        """
        speech = self.whole(exercise, rate)
        start_ms, end_ms = speech.words[0][1], speech.words[-1][2]
        return cut_word(speech.waveform, speech.sample_rate, start_ms, end_ms), speech.sample_rate

    def word(self, exercise: "Exercise", index: int) -> tuple[np.ndarray, int]:
        """A word of the sentence, as it sounds there.

        Args:
            exercise: to be spoken.
            index: of the word in ``exercise.sentence``.

        Returns:
            As `sentence`.
        """
        speech = self.whole(exercise)
        _, start_ms, end_ms = speech.words[index]
        return cut_word(speech.waveform, speech.sample_rate, start_ms, end_ms), speech.sample_rate

    def sound(self, exercise: "Exercise", index: int, position: int) -> tuple[np.ndarray, int]:
        """A sound of a word, slowly; the whole word where the voice says it with other sounds.

        Args:
            exercise: to be spoken.
            index: of the word in ``exercise.sentence``.
            position: of the sound in the word.

        Returns:
            As `sentence`.
        """
        from voicecoach.audio.stretch import stretch

        speech = self.whole(exercise)
        spans = _phones_of(speech, index)
        if position >= len(spans) or len(spans) != len(exercise.sentence[index].phones):
            return self.word(exercise, index)
        _, start_ms, end_ms = spans[position]
        sound = cut_sound(speech.waveform, speech.sample_rate, start_ms, end_ms)
        return stretch(sound, speech.sample_rate, _SLOW_SOUND), speech.sample_rate

    def _speak(self, exercise: "Exercise", rate: float) -> "Future[Speech]":
        key = (exercise.spoken, rate)
        if key not in self._spoken:
            if len(self._spoken) >= _MOST_KEPT:
                self._spoken.pop(next(iter(self._spoken)))
            self._spoken[key] = self._thread.submit(self._synthesise, exercise, rate)
        return self._spoken[key]

    def _synthesise(self, exercise: "Exercise", rate: float) -> "Speech":
        if isinstance(self._voice, str):
            from voicecoach.conversion import voices

            self._voice = voices.load(self._voice)
        return self._voice.speak(exercise.spoken, rate=rate)


def _phones_of(speech: "Speech", index: int) -> "list[Span]":
    _, start_ms, end_ms = speech.words[index]
    return [span for span in speech.phones if start_ms <= (span[1] + span[2]) / 2 < end_ms]
