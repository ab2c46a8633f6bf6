"""A sentence as scoring sees it: words with their intended phones."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """One spoken word and how it is meant to sound.

    ``phones`` are ARPAbet without stress digits. ``stress`` is parallel to ``phones``: 1 primary,
    2 secondary, 0 none or consonant. ``variants`` are other accepted pronunciations (weak forms,
    flaps, dictionary alternatives), without stress digits.
    """

    text: str
    phones: tuple[str, ...]
    stress: tuple[int, ...] = ()
    variants: tuple[tuple[str, ...], ...] = ()


Sentence = tuple[Word, ...]
