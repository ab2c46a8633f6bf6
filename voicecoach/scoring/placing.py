"""Where the phones of a sentence lie in a recording, and which of its words were not said."""

from dataclasses import dataclass

import numpy as np

from voicecoach.scoring.aligner import align, forgiving
from voicecoach.scoring.extras import Extra, find_extras, without
from voicecoach.scoring.omissions import omission_gains
from voicecoach.scoring.variants import choose_variants
from voicecoach.text.phones import PHONE_INDEX, PHONES
from voicecoach.text.sentence import Sentence

SILENCE = len(PHONES)
"""Class index of silence, after those of the phones."""


@dataclass(frozen=True)
class Place:
    """What was found of a sentence.

    ``sentence`` has the pronunciations that were said. ``segments`` (n_phones, 2) are the frames of
    its phones by what was asked for, ``lenient_segments`` by what may have been said instead: a
    wrong phone is squeezed in the first, which the judges read as a sign; what was said in its
    place is heard in the second. ``omission_gains`` (n_words,) speak for words that were left out,
    ``extras`` are words that were said but not asked for; ``n_frames`` has the recording.
    """

    sentence: Sentence
    segments: np.ndarray
    lenient_segments: np.ndarray
    omission_gains: np.ndarray
    extras: list[Extra]
    n_frames: int

    @property
    def words(self) -> list[list[int]]:
        """Class indices of the phones of each word."""
        return _classes(self.sentence)


def place(log_posteriors: np.ndarray, sentence: Sentence, variants: bool) -> Place:
    """Finds a sentence in a recording.

    Args:
        log_posteriors: (n_frames, 40) natural logarithms; the last class is silence.
        sentence: what was meant to be said.
        variants: whether other accepted pronunciations of its words are chosen where they were
            said.

    Raises:
        InputError: the recording is too short for the sentence.
    """
    words = _classes(sentence)
    extras = find_extras(log_posteriors, words, SILENCE)
    rest = without(log_posteriors, extras, SILENCE)
    segments, _ = align(rest, words, SILENCE)
    if variants:
        sentence = choose_variants(rest, sentence, segments, SILENCE)
        chosen = _classes(sentence)
        if chosen != words:
            words = chosen
            segments, _ = align(rest, words, SILENCE)
    lenient_segments, _ = align(forgiving(rest, len(PHONES)), words, SILENCE)
    gains = omission_gains(rest, words, segments, SILENCE)
    return Place(sentence, segments, lenient_segments, gains, extras, len(log_posteriors))


def place_said(log_posteriors: np.ndarray, found: Place, said: np.ndarray) -> np.ndarray:
    """Where the phones of a sentence lie that was said with other phones.

    Args:
        log_posteriors: (n_frames, 40), as for ``place``.
        found: what it found.
        said: (n_phones,) class indices, each in place of a phone of the sentence.

    Returns:
        (n_phones, 2) frames.
    """
    ends = np.cumsum([len(word) for word in found.words])[:-1]
    words = [word.tolist() for word in np.split(said, ends)]
    return align(without(log_posteriors, found.extras, SILENCE), words, SILENCE)[0]


def _classes(sentence: Sentence) -> list[list[int]]:
    return [[PHONE_INDEX[phone] for phone in word.phones] for word in sentence]
