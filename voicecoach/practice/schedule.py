"""Which sentence comes next.

Two wishes are mixed. Spaced repetition (FSRS, the scheduler of Anki) brings a sentence back when
it is about to be forgotten, sooner the lower it was scored. The other half are new sentences, rich
in the sounds that the learner finds hardest; sounds that were hardly heard yet count as hard, so
that a new learner meets all of them.

Nothing here reads a clock, a file or the course: the same arguments give the same sentences.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from random import Random
from typing import TYPE_CHECKING, Protocol, TypeVar

from voicecoach.practice.progress import PhoneMean, Review, estimates

if TYPE_CHECKING:
    from fsrs import Card, Rating

THRESHOLD = 8.0
"""The total (0-10) from which on a sentence counts as learnt, unless the learner says another."""

_FAR_BELOW = 2.0  # points under the threshold: as if never learnt
_WELL_ABOVE = 1.0
_REVIEW_SHARE = 0.5  # of the sentences, where there are both due and new ones
_RICHEST = 5  # one of so many is drawn, else everybody would get the same course
_IN_A_ROW = 10  # sentences that say whether a level is passed ...
_PASSED = 8  # ... if so many of them reached the threshold
_BEST_PHONE = 2.0


class Candidate(Protocol):
    """A sentence of the course.

    ``phones`` are ARPAbet without stress. Levels sort as text: A1 is easier than A2 and B1.
    """

    @property
    def id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def phones(self) -> Sequence[str]: ...


C = TypeVar("C", bound=Candidate)


def plan(
    reviews: Iterable[Review],
    means: Mapping[str, PhoneMean],
    candidates: Iterable[C],
    *,
    now: datetime,
    n: int = 1,
    level: str | None = None,
    threshold: float = THRESHOLD,
    seed: int = 0,
) -> list[C]:
    """The next sentences to read, the first one first, none twice.

    Args:
        reviews: of ``History.reviews``; those of other sentences than the candidates do not count.
        means: of ``History.phone_means``.
        candidates: the sentences of the course.
        now: with time zone.
        n: how many; fewer come back only where there are fewer candidates.
        level: of new sentences; None means that of ``level_of``. Where it has no new sentence
            left, the nearest level gives one, the easier of two.
        threshold: total (0-10) from which on a sentence counts as learnt.
        seed: of the draw. It is mixed with the number of reviews, so that one seed does for a
            learner's life.

    Raises:
        ValueError: ``now`` has no time zone.
    """
    now = _utc(now)
    by_id = {candidate.id: candidate for candidate in candidates}
    own = sorted((r for r in reviews if r.sentence_id in by_id), key=lambda r: _utc(r.time))
    level = level_of(own, by_id.values(), threshold) if level is None else level
    rng = Random(f"{seed} {len(own)}")
    cards = _cards(own, threshold)
    seen = sorted(cards, key=lambda name: (cards[name].due, name))
    due = [by_id[name] for name in seen if cards[name].due <= now]
    later = [by_id[name] for name in seen if cards[name].due > now]
    new = sorted((c for c in by_id.values() if c.id not in cards), key=lambda c: c.id)
    heard = Counter({phone: mean.count for phone, mean in means.items()})
    weak = _weaknesses(means)
    chosen: list[C] = []
    while len(chosen) < n and (due or new or later):
        if due and (not new or rng.random() < _REVIEW_SHARE):
            sentence = due.pop(0)
        elif new:
            sentence = _draw(_at_level(new, level), weak, heard, rng)
            new.remove(sentence)
        else:
            sentence = later.pop(0)  # all is learnt: what is forgotten first
        heard.update(sentence.phones)
        chosen.append(sentence)
    return chosen


def level_of(
    reviews: Iterable[Review], candidates: Iterable[Candidate], threshold: float = THRESHOLD
) -> str | None:
    """The learner's level: the lowest that is not yet passed, else the highest.

    A level is passed when 8 of 10 of its sentences in a row reached ``threshold`` at the first
    reading, or each of its sentences did at any. Later readings do not take it away: those that
    come back are the hard ones. None if there are no candidates.
    """
    levels = {candidate.id: candidate.level for candidate in candidates}
    ordered = sorted(reviews, key=lambda review: _utc(review.time))
    for level in sorted(set(levels.values())):
        readings = [r for r in ordered if levels.get(r.sentence_id) == level]
        learnt = {reading.sentence_id for reading in readings if reading.total >= threshold}
        first: dict[str, bool] = {}
        for reading in readings:
            first.setdefault(reading.sentence_id, reading.total >= threshold)
        well = list(first.values())
        passed = any(sum(well[at : at + _IN_A_ROW]) >= _PASSED for at in range(len(well)))
        if not passed and len(learnt) < sum(other == level for other in levels.values()):
            return level
    return max(levels.values(), default=None)


def due_times(reviews: Iterable[Review], threshold: float = THRESHOLD) -> dict[str, datetime]:
    """When each sentence that was read should come back, by its id; UTC."""
    ordered = sorted(reviews, key=lambda review: _utc(review.time))
    return {name: card.due for name, card in _cards(ordered, threshold).items()}


def _cards(reviews: Sequence[Review], threshold: float) -> "dict[str, Card]":
    """What FSRS knows of each sentence after its reviews, which are in order."""
    from fsrs import Card, Scheduler

    scheduler = Scheduler(enable_fuzzing=False)  # its fuzz is not seeded
    cards: dict[str, Card] = {}
    for review in reviews:
        time = _utc(review.time)
        # Without an id, FSRS would read the clock and sleep for one.
        card = cards.get(review.sentence_id) or Card(card_id=len(cards), due=time)
        rating = _rating(review.total, threshold)
        cards[review.sentence_id], _ = scheduler.review_card(card, rating, time)
    return cards


def _rating(total: float, threshold: float) -> "Rating":
    from fsrs import Rating

    if total < threshold - _FAR_BELOW:
        return Rating.Again
    if total < threshold:
        return Rating.Hard
    return Rating.Good if total < threshold + _WELL_ABOVE else Rating.Easy


def _weaknesses(means: Mapping[str, PhoneMean]) -> dict[str, float]:
    """0 (always right) to 1 (always wrong) of each practised phone."""
    return {phone: 1 - score / _BEST_PHONE for phone, score in estimates(means).items()}


def _at_level(new: Sequence[C], level: str) -> Sequence[C]:
    """The sentences of ``level``, else of the nearest below, else of the nearest above."""
    levels = {candidate.level for candidate in new}
    below = [other for other in levels if other <= level]
    nearest = max(below) if below else min(levels)
    return [candidate for candidate in new if candidate.level == nearest]


def _draw(
    sentences: Sequence[C], weak: Mapping[str, float], heard: Mapping[str, int], rng: Random
) -> C:
    """One of the sentences with the most to learn per phone."""

    def need(sentence: C) -> float:
        phones = sentence.phones
        # What was heard often is known to be weak or not; what was not may be either.
        known = sum(weak.get(phone, 0.0) for phone in phones)
        unknown = sum((1 + heard.get(phone, 0)) ** -0.5 for phone in phones)
        return (known + unknown) / max(1, len(phones))

    ranked = sorted(sentences, key=lambda sentence: (-need(sentence), sentence.id))
    return rng.choice(ranked[:_RICHEST])


def _utc(time: datetime) -> datetime:
    """FSRS takes no other time zone.

    Raises:
        ValueError: ``time`` has no time zone.
    """
    if time.tzinfo is None:
        raise ValueError("a time needs its time zone")
    return time.astimezone(timezone.utc)
