"""From parts before and after to arrows that mean something for the phone at hand."""

from collections.abc import Iterable

import numpy as np

from voicecoach.coaching.parts import MOMENT, band_hz, split
from voicecoach.coaching.results import FORMANTS, Arrow
from voicecoach.text.phones import CLASS_OF, SONORANTS

_EDGES = {"start": 1, "end": 4}  # moments of a diphthong, of six
_FRICATION_HZ = 500.0  # below is the voice
_SHORTEST, _LONGEST = 0.5, 2.0  # of a duration: a larger change is beyond what was heard
_SPREADS = {"voicing": 25.0, "level": 5.0}  # of well-said consonants, in the unit of the arrow
_SPREAD_CENTRE = 0.2  # of the logarithm


def find_arrows(
    phone: str, before: np.ndarray, after: np.ndarray, spread: np.ndarray
) -> tuple[Arrow, ...]:
    """Arrows of one phone, longest first.

    Args:
        phone: that was meant. Sonorants get formants (diphthongs at both ends), all others
            voicing, level and, where there is a hiss, its centre of gravity; all a duration.
        before: (N_PARTS,) in their own units.
        after: likewise.
        spread: (4,) standard deviations of the scalars.
    """
    (old, old_moments), (new, new_moments) = split(before), split(after)
    arrows = [_duration(old[3], new[3], spread[3])]
    if CLASS_OF[phone] == "diphthong":
        for at, moment in _EDGES.items():
            arrows += _formants(old_moments[moment], new_moments[moment], spread, at)
    elif phone in SONORANTS:
        arrows += _formants(old, new, spread, "middle")
    else:
        arrows += _noise(phone, old_moments, new_moments)
    return tuple(sorted(arrows, key=lambda arrow: -arrow.strength))


def change_of_duration(before: np.ndarray, after: np.ndarray) -> float:
    """New duration by old."""
    return float(np.clip(np.exp(after[3] - before[3]), _SHORTEST, _LONGEST))


def _duration(old: float, new: float, spread: float) -> Arrow:
    new = old + np.log(np.clip(np.exp(new - old), _SHORTEST, _LONGEST))
    return Arrow("duration", *_exp(old, new), strength=float(abs(new - old) / spread))


def _formants(old: np.ndarray, new: np.ndarray, spread: np.ndarray, at: str) -> Iterable[Arrow]:
    for k, name in enumerate(FORMANTS):
        strength = float(abs(new[k] - old[k]) / spread[k])
        yield Arrow(name, *_exp(old[k], new[k]), at=at, strength=strength)


def _noise(phone: str, old: np.ndarray, new: np.ndarray) -> Iterable[Arrow]:
    voicing, level = (MOMENT.index(name) for name in ("voicing", "level"))
    pairs = [("voicing", *(100 * m[:, voicing].clip(0, 1).mean() for m in (old, new)))]
    pairs.append(("level", *(float(m[:, level].mean()) for m in (old, new))))
    for name, was, will in pairs:
        yield Arrow(name, float(was), float(will), strength=abs(will - was) / _SPREADS[name])
    if CLASS_OF[phone] in ("fricative", "affricate", "stop"):
        was, will = _centre_hz(old), _centre_hz(new)
        strength = abs(np.log(will / was)) / _SPREAD_CENTRE
        yield Arrow("centre", was, will, strength=float(strength))


def _centre_hz(moments: np.ndarray) -> float:
    """Centre of gravity of the hiss (Forrest et al., JASA 1988), above the voice."""
    hz = band_hz()
    power = 10 ** (moments[:, len(MOMENT) :] / 10) * np.gradient(hz)
    above = hz > _FRICATION_HZ
    return float((power[:, above] * hz[above]).sum() / power[:, above].sum())


def _exp(old: float, new: float) -> tuple[float, float]:
    return float(np.exp(old)), float(np.exp(new))
