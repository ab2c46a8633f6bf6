"""What the acoustic model reads: phones with stress, and what lies between words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voicecoach.synthesis.script import Spoken, stress_of
from voicecoach.text.phones import PHONES, VOWELS

START, JOINT = "<start>", "<joint>"
"""The silence before the first word, and the place between two words without punctuation."""
_PAUSES = {"": JOINT, ",": ",", ";": ",", ":": ",", ".": ".", "?": "?", "!": "."}

_NO_PHONES = (START, JOINT, ",", ".", "?")
SYMBOLS: tuple[str, ...] = (
    *_NO_PHONES,
    *(
        f"{p}{stress}" if p in VOWELS else p
        for p in PHONES
        for stress in (0, 1, 2)[: 1 + 2 * (p in VOWELS)]
    ),
)
_INDEX = {symbol: number for number, symbol in enumerate(SYMBOLS)}
FIRST_PHONE = len(_NO_PHONES)
"""Index from which ``SYMBOLS`` are phones."""
N_PLACES = 4  # in a word: bit 0 its first phone, bit 1 its last; 0 for what is no phone


@dataclass(frozen=True, eq=False)
class SymbolSequence:
    """A sentence as the acoustic model reads it: start, then each word's phones and a pause.

    Attributes:
        symbols: (n,) index into ``SYMBOLS``.
        places: (n,) place in the word, 0 to ``N_PLACES`` - 1.
        words: (n,) number of the word, -1 for pauses.
    """

    symbols: np.ndarray
    places: np.ndarray
    words: np.ndarray

    @property
    def is_phone(self) -> np.ndarray:
        """(n,) True for phones, False for pauses."""
        return self.words >= 0


def encode(spoken: Sequence[Spoken]) -> SymbolSequence:
    """Turns words into symbols.

    Raises:
        ValueError: a phone is no ARPAbet phone, or a word's stress does not fit its phones.
    """
    rows = [(_INDEX[START], 0, -1)]
    for number, item in enumerate(spoken):
        phones = item.word.phones
        for at, (phone, stress) in enumerate(zip(phones, stress_of(item.word), strict=True)):
            symbol = f"{phone}{stress}" if phone in VOWELS else phone
            if symbol not in _INDEX:
                raise ValueError(
                    f"{phone!r} in the word {item.word.text!r} is not an ARPAbet phone."
                )
            rows.append((_INDEX[symbol], (at == 0) + 2 * (at == len(phones) - 1), number))
        rows.append((_INDEX[_PAUSES[item.punctuation]], 0, -1))
    symbols, places, words = np.array(rows, dtype=np.int64).T
    return SymbolSequence(symbols, places, words)


def durations_of(sequence: SymbolSequence, segments: np.ndarray, n_steps: int) -> np.ndarray:
    """How long every symbol lasts, from where the phones lie.

    Args:
        sequence: of the sentence.
        segments: (n_phones, 2) half-open, in steps, in order.
        n_steps: of the whole recording.

    Returns:
        (n,) steps that sum to ``n_steps``; a pause lasts 0 where two words touch. A gap between
        two phones of one word counts to the first.

    Raises:
        ValueError: there are not as many segments as phones, or they lie outside.
    """
    is_phone = sequence.is_phone
    if len(segments) != is_phone.sum() or (len(segments) and segments[-1, 1] > n_steps):
        raise ValueError(f"{len(segments)} segments for {is_phone.sum()} phones, {n_steps} steps")
    edges = np.full(len(is_phone) + 1, n_steps)
    edges[:-1][is_phone] = segments[:, 0]
    at = np.flatnonzero(~is_phone)
    edges[at[0]] = 0
    edges[at[1:]] = segments[np.cumsum(is_phone)[at[1:]] - 1, 1]
    return np.diff(edges)
