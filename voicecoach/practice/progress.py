"""What a history adds up to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

_PRIOR_COUNT = 10
"""A phone's mean is believed half when it was said so often: one slip says little."""


@dataclass(frozen=True)
class PhoneMean:
    """How a phone went: its ``mean`` score (0-2) over ``count`` times, ``flagged`` of them.

    ``phone`` is ARPAbet without stress.
    """

    phone: str
    mean: float
    count: int
    flagged: int


@dataclass(frozen=True)
class DayMean:
    """The mean score of the learner's ``day`` over ``count`` sentences or phones."""

    day: date
    mean: float
    count: int


@dataclass(frozen=True)
class Review:
    """A sentence of the course was read: ``time`` (UTC) and ``total`` score (0-10)."""

    sentence_id: str
    time: datetime
    total: float


@dataclass(frozen=True)
class Totals:
    """How many attempts, at how many sentences, on how many days; speech; recordings kept."""

    attempts: int
    sentences: int
    days: int
    speech_ms: float
    recordings: int


def estimates(means: Mapping[str, PhoneMean]) -> dict[str, float]:
    """The score (0-2) to expect of each phone: its mean, drawn to that of all if rarely said."""
    times = sum(mean.count for mean in means.values())
    overall = sum(mean.mean * mean.count for mean in means.values()) / times if times else 0.0
    return {
        phone: (mean.mean * mean.count + overall * _PRIOR_COUNT) / (mean.count + _PRIOR_COUNT)
        for phone, mean in means.items()
    }


def hardest(means: Mapping[str, PhoneMean], n: int) -> list[PhoneMean]:
    """The ``n`` phones with the lowest ``estimates``, the hardest first."""
    expected = estimates(means)
    return [means[phone] for phone in sorted(means, key=lambda name: (expected[name], name))[:n]]
