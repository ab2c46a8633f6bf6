import numpy as np

from voicecoach.scoring.aligner import align
from voicecoach.scoring.variants import choose_variants
from voicecoach.text.phones import PHONE_INDEX, PHONES
from voicecoach.text.sentence import Word

SILENCE = len(PHONES)
AND = Word("and", ("AE", "N", "D"), (1, 0, 0), (("AH", "N"), ("N",)))
TOE = Word("toe", ("T", "OW"), (0, 1))


def posteriors(*said: tuple[str, int]) -> np.ndarray:
    """Frames in which each phone is nearly certain for a while."""
    classes = [PHONE_INDEX.get(phone, SILENCE) for phone, n in said for _ in range(n)]
    probabilities = np.full((len(classes), SILENCE + 1), 0.001)
    probabilities[np.arange(len(classes)), classes] = 1.0
    return np.log(probabilities / probabilities.sum(1, keepdims=True))


def choose(frames, *sentence):
    words = [[PHONE_INDEX[phone] for phone in word.phones] for word in sentence]
    segments, _ = align(frames, words, SILENCE)
    return choose_variants(frames, sentence, segments, SILENCE)


def test_a_weak_form_that_was_said_is_chosen():
    frames = posteriors(("", 5), ("T", 6), ("OW", 8), ("AH", 6), ("N", 6), ("T", 6), ("OW", 8))
    said = choose(frames, TOE, AND, TOE)
    assert [word.phones for word in said] == [("T", "OW"), ("AH", "N"), ("T", "OW")]
    assert said[0] is TOE


def test_the_full_form_stays_where_it_was_said():
    frames = posteriors(("", 5), ("AE", 6), ("N", 6), ("D", 5), ("T", 6), ("OW", 8), ("", 5))
    assert choose(frames, AND, TOE) == (AND, TOE)


def test_what_is_neither_stays_as_it_was_asked_for():
    frames = posteriors(("S", 6), ("IY", 6), ("Z", 6), ("T", 6), ("OW", 8))
    assert choose(frames, AND, TOE)[0].phones in (AND.phones, ("AH", "N"), ("N",))
    even = np.log(np.full((40, SILENCE + 1), 1 / (SILENCE + 1)))
    assert choose(even, AND, TOE) == (AND, TOE)
