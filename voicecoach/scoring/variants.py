"""Which accepted pronunciation of each word was said: weak forms and flaps are no errors."""

from dataclasses import replace

import numpy as np

from voicecoach.errors import InputError
from voicecoach.scoring.aligner import align
from voicecoach.text.phones import PHONE_INDEX
from voicecoach.text.sentence import Sentence, Word

MARGIN = 2.0
"""Natural-log units by which a variant must explain its stretch of sound better than the phones
that the dictionary gives first. What is as good is what was asked for."""


def choose_variants(
    log_posteriors: np.ndarray, sentence: Sentence, segments: np.ndarray, silence: int
) -> Sentence:
    """Exchanges the phones of words for an accepted variant where that was clearly said.

    Each variant is aligned with the stretch between the two neighbouring words.

    Args:
        log_posteriors: (n_frames, n_classes), natural logarithms.
        sentence: its words may have ``variants``.
        segments: (n_phones, 2) where the phones lie, in frames.
        silence: class index of silence.

    Returns:
        The sentence with the phones that were said; other words are the same objects.
    """
    ends = np.cumsum([len(word.phones) for word in sentence])
    firsts = ends - [len(word.phones) for word in sentence]
    chosen = []
    for number, word in enumerate(sentence):
        if word.variants:
            start = segments[firsts[number] - 1, 1] if number else segments[0, 0]
            last = number + 1 == len(sentence)
            end = segments[-1, 1] if last else segments[firsts[number + 1], 0]
            word = _best(log_posteriors[start:end], word, silence)
        chosen.append(word)
    return tuple(chosen)


def _best(stretch: np.ndarray, word: Word, silence: int) -> Word:
    def fit(phones: tuple[str, ...]) -> float:
        try:
            _, mean = align(stretch, [[PHONE_INDEX[phone] for phone in phones]], silence)
        except InputError:  # too short for so many phones
            return -np.inf
        return mean * len(stretch)

    fits = [fit(variant) for variant in word.variants]
    best = int(np.argmax(fits))
    if fits[best] <= fit(word.phones) + MARGIN:
        return word
    return replace(word, phones=word.variants[best], stress=())
