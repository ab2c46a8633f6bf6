"""What one recording tells about a voice, and native speech moved to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from voicecoach.coaching.norms import Norms
from voicecoach.coaching.results import DurationRange, Speaker, VowelRegion
from voicecoach.text.phones import CLASS_OF, PHONE_INDEX, PHONES, SONORANTS

_SHRINK = 5.0  # phones of a mean voice that are counted in: a few phones say little
_LEAST_PHONES = 8
_MOST_ERROR = 0.04  # of the logarithm of the scale
_TAIL = 1.2816  # standard deviations below which 10 % lie

_SONORANT = np.array([phone in SONORANTS for phone in PHONES])


@dataclass(frozen=True, eq=False)
class Voice:
    """How a recording differs from native speech: ``offset`` (4,) of log formants and log
    duration, and what a learner is told of it."""

    offset: np.ndarray
    speaker: Speaker


def estimate(parts: np.ndarray, phones: np.ndarray, norms: Norms) -> Voice:
    """From the parts of all phones of one recording.

    Args:
        parts: (n_phones, N_PARTS) in their own units.
        phones: (n_phones,) indices.
        norms: of the coach.
    """
    away = parts[:, :4] - norms.native[phones]
    use = _SONORANT[phones] & np.isfinite(away).all(1)
    away = away[use]
    offset = away.sum(0) / (len(away) + _SHRINK)
    scale = away[:, :3].mean(1)  # the length of the vocal tract moves all formants alike
    n = len(scale)
    error = float(np.std(scale) / np.sqrt(n)) if n > 1 else float("inf")
    speaker = Speaker(
        formant_scale=float(np.exp(offset[:3].mean())),
        formant_scale_error=min(error, 1.0),
        rate=float(np.exp(offset[3])),
        sure=n >= _LEAST_PHONES and error <= _MOST_ERROR,
    )
    return Voice(offset, speaker)


def vowel_regions(voice: Voice, norms: Norms) -> tuple[VowelRegion, ...]:
    """Where native speakers say each single vowel, in this voice."""
    regions = []
    for phone, index in PHONE_INDEX.items():
        covariance = norms.native_covariance[index, :2, :2]
        if CLASS_OF[phone] == "vowel" and np.isfinite(covariance).all():
            f1, f2 = np.exp(norms.native[index, :2] + voice.offset[:2])
            rows = tuple(tuple(float(value) for value in row) for row in covariance)
            regions.append(VowelRegion(phone, float(f1), float(f2), rows))
    return tuple(regions)


def duration_ranges(places: Sequence[Any], voice: Voice, norms: Norms) -> tuple[DurationRange, ...]:
    """How long each phone was, and how long native speakers make it at this rate.

    Args:
        places: with ``word``, ``phone`` and ``said``.
        voice: of the recording.
        norms: of the coach.
    """
    ranges = []
    for place in places:
        index = PHONE_INDEX[place.said.phone]
        middle, variance = norms.native[index, 3], norms.native_covariance[index, 3, 3]
        if not np.isfinite(middle + variance):
            continue
        low, high = (middle + voice.offset[3] + s * _TAIL * variance**0.5 for s in (-1, 1))
        start_ms, end_ms = place.said.sound_ms
        ranges.append(
            DurationRange(
                place.word, place.phone, end_ms - start_ms, float(np.exp(low)), float(np.exp(high))
            )
        )
    return tuple(ranges)
