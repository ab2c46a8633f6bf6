"""What every voice can do: speak a text or explicit phones, and say when each phone sounds."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from voicecoach.errors import InputError
from voicecoach.text.sentence import Sentence

SLOWEST, FASTEST = 0.5, 2.0  # rates

Span = tuple[str, float, float]
"""A label with its start and end in milliseconds from the start of the waveform."""


@dataclass(frozen=True)
class Speech:
    """Spoken audio with its times.

    ``waveform`` is float32, shape (n_samples,), in [-1, 1]. ``words`` and ``phones`` (ARPAbet
    without stress) are in order and do not overlap; what lies between them is silence.
    """

    waveform: np.ndarray
    sample_rate: int
    words: tuple[Span, ...]
    phones: tuple[Span, ...]

    @property
    def duration_ms(self) -> float:
        """Length of the waveform in milliseconds."""
        return 1000 * len(self.waveform) / self.sample_rate


class Voice(Protocol):
    """A speaker of English sentences."""

    sample_rate: int

    def speak(self, sentence: str | Sentence, rate: float = 1.0, seed: int = 0) -> Speech:
        """Speaks a text, or exactly the phones of a `Sentence`.

        Args:
            sentence: a text, or words with phones, which need not be the right ones.
            rate: 1.0 is the voice's own pace, 0.5 half as fast, 2.0 twice as fast.
            seed: the same arguments give the same samples.

        Raises:
            InputError: the text cannot be spoken, or the rate is out of range.
        """
        ...


def check_rate(rate: float) -> None:
    """Raises ``InputError`` where a rate is not between ``SLOWEST`` and ``FASTEST``."""
    if not SLOWEST <= rate <= FASTEST:
        raise InputError(
            f"The rate {rate:g} is out of range: take one from {SLOWEST} to {FASTEST}."
        )
