"""The dictionary: words to pronunciations, from hibari's US lexicon (made by misaki, Apache-2.0).

hibari's lexicon carries stress and knows homographs. Against the lexicon of speechocean762, which
in part writes British speech, it does as well as CMUdict: 1,824 and 1,839 of 2,604 words have a
pronunciation listed there, and 1,992 after the rules of `g2p`; in running text, 94 % of the words.
So CMUdict only adds further pronunciations (see `cmudict`).
"""

import functools
from typing import TYPE_CHECKING

from voicecoach.text.cmudict import alternatives
from voicecoach.text.phones import from_misaki

if TYPE_CHECKING:
    from hibari.g2p import G2P

Pronunciation = tuple[tuple[str, int], ...]
"""Pairs of a phone and its stress: 1 primary, 2 secondary, 0 none or consonant."""


@functools.cache
def front_end() -> "G2P":
    """hibari's dictionary, part-of-speech tagger and model for unknown words, loaded once."""
    from hibari.g2p import G2P

    return G2P()


def lookup(word: str) -> tuple[Pronunciation, ...]:
    """All pronunciations that hibari's dictionary gives a word, the default one first.

    Args:
        word: as it is written in a sentence; capitals matter for a few words ("Polish", "US").

    Returns:
        One pronunciation, several for homographs ("live"), or none for an unknown word.
    """
    lexicon = front_end().lexicon
    entry = lexicon.golds.get(word) or lexicon.silvers.get(word)
    if entry is None:
        return ()
    readings = [entry] if isinstance(entry, str) else [entry["DEFAULT"], *entry.values()]
    return tuple(dict.fromkeys(tuple(read(reading)) for reading in readings if reading))


def read(reading: str) -> list[tuple[str, int]]:
    """What hibari writes to phones with stress.

    Its dictionary took the two vowels of "drawing" for the diphthong OY; no English word ends in
    OY NG.

    Raises:
        ValueError: the reading holds a symbol of no English phone.
    """
    return from_misaki(reading.replace("Yŋ", "ɔɪŋ"))


def known(word: str) -> bool:
    """True where the dictionary holds the word itself, not only a stem of it."""
    lexicon = front_end().lexicon
    return word in lexicon.golds or word in lexicon.silvers


def is_guessed(word: str) -> bool:
    """True where the dictionary holds neither the word nor what it is regularly made of ("asked",
    "who's"), so that a model guesses its pronunciation from the letters."""
    front = front_end()
    tokens = front.phonemize_tokens(front.tokenize(word))
    # hibari rates a reading 3 or more that comes from its dictionary.
    return any(token.rating is None or token.rating < 3 for token in tokens)


def pronunciations(word: str) -> tuple[tuple[str, ...], ...]:
    """Every dictionary pronunciation of a word without stress: hibari's, then CMUdict's.

    An unknown word has none.
    """
    lower = word.lower()
    ours = [tuple(phone for phone, _ in reading) for reading in lookup(word) or lookup(lower)]
    return tuple(dict.fromkeys([*ours, *alternatives().get(lower, ())]))
