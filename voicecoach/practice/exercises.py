"""What a learner reads next: sentences of the course, minimal pairs, or a list of one's own."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from voicecoach.errors import InputError
from voicecoach.practice import course
from voicecoach.practice.history import History
from voicecoach.practice.lesson import load_lesson
from voicecoach.practice.schedule import plan
from voicecoach.text.sentence import Sentence


@dataclass(frozen=True)
class Exercise:
    """One sentence to read aloud.

    ``sentence`` holds its words with the phones that are asked for. ``spoken`` is what the
    reference voice is given: the text with its punctuation, or the words themselves where their
    pronunciation is the learner's own. ``id`` is that of the course, None elsewhere.
    """

    text: str
    sentence: Sentence
    spoken: str | Sentence
    id: str | None = None
    level: str | None = None
    focus: tuple[str, ...] = ()


class Exercises(Protocol):
    """Gives one exercise after the other."""

    def next(self, history: History | None, now: datetime) -> Exercise | None:
        """The next one, which may depend on what was practised so far; None after the last."""


@dataclass
class Listed:
    """Exercises in a fixed order."""

    exercises: Sequence[Exercise]
    _n_given: int = 0

    def next(self, history: History | None, now: datetime) -> Exercise | None:
        """See `Exercises`."""
        if self._n_given == len(self.exercises):
            return None
        self._n_given += 1
        return self.exercises[self._n_given - 1]


@dataclass
class Planned:
    """Sentences of the course by `schedule.plan`: chosen anew each time, none twice."""

    sentences: Sequence[course.CourseSentence]
    level: str | None = None
    seed: int = 0
    _given: set[str] = field(default_factory=set)

    def next(self, history: History | None, now: datetime) -> Exercise | None:
        """See `Exercises`."""
        candidates = [item for item in self.sentences if item.id not in self._given]
        reviews = history.reviews() if history else []
        means = history.phone_means() if history else {}
        seed = self.seed + len(self._given)
        chosen = plan(reviews, means, candidates, now=now, level=self.level, seed=seed)
        if not chosen:
            return None
        self._given.add(chosen[0].id)
        return _of_course(chosen[0])


def from_course(
    level: str | None = None, focus: str | None = None, phone: str | None = None, seed: int = 0
) -> Planned:
    """Sentences of the course, those first that the learner needs most.

    Args:
        level: of new sentences; None is the learner's own.
        focus: only sentences with this focus.
        phone: only sentences in which this phone is said, in ARPAbet or IPA.
        seed: of the draw among sentences that are needed equally.

    Raises:
        InputError: there is no such level, focus or phone, or no sentence has them together.
    """
    found: Iterable[course.CourseSentence] = course.sentences(focus=focus)
    if phone is not None:
        wanted = {item.id for item in course.with_phone(phone)}
        found = [item for item in found if item.id in wanted]
    if not found:
        raise InputError("No sentence of the course has that focus and that sound: leave out one.")
    return Planned(tuple(found), None if level is None else course.read_level(level), seed)


def from_pairs(
    level: str | None = None, focus: str | None = None, phone: str | None = None, seed: int = 0
) -> Listed:
    """Minimal pairs in an order drawn by ``seed``, one sentence after the other of each.

    Raises:
        InputError: there is no such level, contrast or phone, or no pair has them together.
    """
    pairs = list(course.minimal_pairs(level, focus, phone))
    if not pairs:
        raise InputError("No minimal pair of the course is like that: leave out an option.")
    random.Random(seed).shuffle(pairs)
    return Listed(
        [
            Exercise(text, sentence, text, level=pair.level, focus=(pair.contrast,))
            for pair in pairs
            for text, sentence in zip(pair.texts, pair.sentences, strict=True)
        ]
    )


def from_lesson(path: Path) -> Listed:
    """All sentences of a list, in its order. Raises ``InputError`` as `load_lesson` does."""
    return Listed(
        [
            Exercise(item.text, item.sentence, item.sentence if item.is_pronounced else item.text)
            for item in load_lesson(path)
        ]
    )


def from_text(text: str) -> Exercise:
    """One sentence of the learner's own. Raises ``InputError`` where it has no English word."""
    from voicecoach.text.transcribe import transcribe

    return Exercise(text, transcribe(text), text)


def _of_course(item: course.CourseSentence) -> Exercise:
    return Exercise(item.text, item.sentence, item.text, item.id, item.level, item.focus)
