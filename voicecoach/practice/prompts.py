"""Sentences to enrol a voice with: easy to read, and together rich in sounds."""

from collections import Counter
from collections.abc import Collection, Iterator

from voicecoach.practice.course import CourseSentence, sentences

_LEVELS = ("A1", "A2", "B1")
_LEAST_PHONES, _MOST_PHONES = 16, 32  # shorter ones are over at once, longer ones are misread


def prompts(read: Collection[str] = ()) -> Iterator[CourseSentence]:
    """Sentences of the course, always the one whose sounds were least read so far.

    Args:
        read: texts that were read already; they are not asked for again, and their sounds count.

    Yields:
        Each sentence once. What comes next does not depend on how the last one went.
    """
    left = [item for level in _LEVELS for item in sentences(level)]
    counts: Counter[str] = Counter()
    for item in left:
        if item.text in read:
            counts.update(item.phones)
    left = [
        item
        for item in left
        if item.text not in read and _LEAST_PHONES <= len(item.phones) <= _MOST_PHONES
    ]
    while left:
        chosen = max(left, key=lambda item: _gain(item, counts))
        left.remove(chosen)
        counts.update(chosen.phones)
        yield chosen


def _gain(item: CourseSentence, counts: Counter[str]) -> float:
    """How much new a sentence has per sound: the first of a kind counts 1, the next a half."""
    own: Counter[str] = Counter()
    gain = 0.0
    for phone in item.phones:
        own[phone] += 1
        gain += 1.0 / (counts[phone] + own[phone])
    return gain / len(item.phones)
