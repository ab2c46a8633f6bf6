"""What all panels show of one recording, and how a long sentence is cut into lines."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np

from voicecoach.coaching.results import Coaching, Reference
from voicecoach.scoring.results import WordScore
from voicecoach.scoring.wording import ipa

_LINE_PHONES, _LINE_MS = 44, 5500.0  # what is readable in one line
_EDGE_MS = 120.0


@dataclass(frozen=True)
class Line:
    """Words ``first`` to ``last`` (not included) and the time that they take."""

    first: int
    last: int
    start_ms: float
    end_ms: float


@dataclass(frozen=True, eq=False)
class View:
    """A recording with its feedback. ``waveform`` is (n_samples,) at ``sample_rate`` Hz."""

    coaching: Coaching
    waveform: np.ndarray | None = None
    sample_rate: int | None = None
    reference: Reference | None = None

    @property
    def words(self) -> tuple[WordScore, ...]:
        """All words that were said or should have been."""
        return self.coaching.score.words

    @cached_property
    def spelling(self) -> list[list[str]]:
        """IPA of every phone of every word."""
        return ipa(self.coaching.score, self.coaching.sentence)

    @cached_property
    def marks(self) -> dict[tuple[int, int], int]:
        """The number, from 1, of each sound that is spoken of, by its word and place."""
        return {(item.word, item.phone): n for n, item in enumerate(self.coaching.phones, 1)}

    @cached_property
    def lines(self) -> list[Line]:
        """The sentence in lines of about the same length."""
        words = self.words
        if not words:
            return []
        starts = [word.start_ms for word in words] + [words[-1].end_ms]
        shares = [
            max(len(word.phones) / _LINE_PHONES, (after - start) / _LINE_MS)
            for word, start, after in zip(words, starts, starts[1:], strict=False)
        ]
        middles = np.cumsum(shares) - np.asarray(shares) / 2
        n_lines = ceil(sum(shares)) or 1
        of_word = np.minimum(middles / max(sum(shares), 1e-9) * n_lines, n_lines - 1).astype(int)
        edges = [0, *(np.flatnonzero(np.diff(of_word)) + 1).tolist(), len(words)]
        times = [
            max(0.0, words[0].start_ms - _EDGE_MS),
            *((words[at - 1].end_ms + words[at].start_ms) / 2 for at in edges[1:-1]),
            words[-1].end_ms + _EDGE_MS,
        ]
        return [
            Line(*edges[i : i + 2], *times[i : i + 2])
            for i in range(len(edges) - 1)
            if times[i + 1] > times[i]
        ]
