import numpy as np

from voicecoach.scoring.aligner import align
from voicecoach.scoring.extras import find_extras, repeated_word, without

SILENCE = 39
WORDS = [[1, 2, 3], [4, 5], [6, 7, 8]]


def posteriors_of(*runs):
    path = [phone for phone, length in runs for _ in range(length)]
    log_posteriors = np.full((len(path), 40), np.log(0.1 / 39))
    log_posteriors[np.arange(len(path)), path] = np.log(0.9)
    return log_posteriors


FIRST = ((1, 8), (2, 8), (3, 8))
SECOND = ((4, 9), (5, 9))
THIRD = ((6, 8), (7, 8), (8, 8))
PAUSE = ((SILENCE, 12),)


def test_the_plain_sentence_has_no_extras():
    assert find_extras(posteriors_of(*FIRST, *PAUSE, *SECOND, *THIRD), WORDS, SILENCE) == []


def test_a_word_put_in_is_found_in_its_place():
    runs = (*FIRST, (20, 12), (21, 14), *PAUSE, *SECOND, *THIRD)
    (extra,) = find_extras(posteriors_of(*runs), WORDS, SILENCE)
    assert (extra.before, extra.start, extra.end, extra.phones) == (1, 24, 50, (20, 21))
    assert repeated_word(extra, WORDS) is None


def test_a_word_said_twice_is_a_repetition():
    twice = ((4, 12), (5, 12))
    runs = (*FIRST, *twice, *PAUSE, *twice, (30, 1), *THIRD)
    (extra,) = find_extras(posteriors_of(*runs), WORDS, SILENCE)
    assert repeated_word(extra, WORDS) == 1


def test_speech_before_and_after_the_sentence():
    runs = ((20, 25), *FIRST, *SECOND, *THIRD, *PAUSE, (21, 30))
    extras = find_extras(posteriors_of(*runs), WORDS, SILENCE)
    assert [extra.before for extra in extras] == [0, 3]


def test_a_phone_spoken_wrong_is_no_extra_word():
    runs = (*FIRST, (4, 9), (30, 9), *THIRD)
    assert find_extras(posteriors_of(*runs), WORDS, SILENCE) == []


def test_without_extras_no_phone_is_stretched():
    runs = (*FIRST, (20, 12), (21, 14), *SECOND, *THIRD)
    log_posteriors = posteriors_of(*runs)
    extras = find_extras(log_posteriors, WORDS, SILENCE)
    segments, _ = align(without(log_posteriors, extras, SILENCE), WORDS, SILENCE)
    assert (segments[:, 1] - segments[:, 0]).max() == 9
    assert segments[3].tolist() == [50, 59]
