"""Finds speech that the sentence does not hold: words put in, words said twice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voicecoach.metrics.distance import edit_distance
from voicecoach.scoring.aligner import align

FILLER_COST = 2.5
"""Natural-log units by which unnamed speech must beat the intended phone, per frame. Low values
take badly spoken phones for extra words, high ones overlook extra words."""
MIN_EXTRA_FRAMES = 20
MIN_SIMILARITY = 0.6
"""Share of matching phones from which extra speech counts as a repetition of its neighbour."""


@dataclass(frozen=True)
class Extra:
    """Speech between two words. ``before`` is the number of the word that follows it, ``start``
    and ``end`` are frames, ``phones`` are the classes heard."""

    before: int
    start: int
    end: int
    phones: tuple[int, ...]


def find_extras(
    log_posteriors: np.ndarray, words: Sequence[Sequence[int]], silence: int
) -> list[Extra]:
    """Looks for speech that fits no word, in pauses and in place of stretched phones.

    A second alignment lets any speech stand between words at a cost; where it lasts, somebody said
    more than the sentence.

    Args:
        log_posteriors: (n_frames, n_classes), natural logarithms.
        words: class indices of the phones of each word.
        silence: class index of silence.

    Returns:
        In order of time; empty where the sentence explains everything.
    """
    anything = np.delete(log_posteriors, silence, axis=1).max(1) - FILLER_COST
    open_gaps = log_posteriors.copy()
    open_gaps[:, silence] = np.maximum(open_gaps[:, silence], anything)
    segments, _ = align(open_gaps, words, silence)
    heard = log_posteriors.argmax(1)
    firsts = np.cumsum([0] + [len(word) for word in words])
    extras = []
    for before in range(len(words) + 1):
        start = segments[firsts[before] - 1, 1] if before else 0
        end = segments[firsts[before], 0] if before < len(words) else len(heard)
        spoken = np.flatnonzero(heard[start:end] != silence) + start
        if len(spoken) >= MIN_EXTRA_FRAMES:
            first, last = int(spoken[0]), int(spoken[-1]) + 1
            extras.append(Extra(before, first, last, _collapsed(heard[first:last], silence)))
    return extras


def without(log_posteriors: np.ndarray, extras: Sequence[Extra], silence: int) -> np.ndarray:
    """A copy in which the frames of the extras are silence, so that no phone is stretched over
    them."""
    quiet = log_posteriors.copy()
    for extra in extras:
        quiet[extra.start : extra.end] = -20.0
        quiet[extra.start : extra.end, silence] = 0.0
    return quiet


def repeated_word(extra: Extra, words: Sequence[Sequence[int]]) -> int | None:
    """The number of the neighbouring word that the extra speech says once more, or None.

    Speakers who stop and start again say the next word, or its beginning, twice; others repeat the
    word that they have just said.
    """
    best, best_similarity = None, MIN_SIMILARITY
    for neighbour in (extra.before, extra.before - 1):
        if 0 <= neighbour < len(words):
            similarity = 1 - edit_distance(extra.phones, words[neighbour]) / max(
                len(extra.phones), len(words[neighbour])
            )
            if similarity >= best_similarity:
                best, best_similarity = neighbour, similarity + 1e-9
    return best


def _collapsed(heard: np.ndarray, silence: int) -> tuple[int, ...]:
    """Runs of two frames or more, each once, without silence."""
    edges = np.flatnonzero(np.diff(heard)) + 1
    runs = np.split(heard, edges)
    return tuple(int(run[0]) for run in runs if len(run) >= 2 and run[0] != silence)
