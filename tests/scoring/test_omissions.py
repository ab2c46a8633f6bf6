import numpy as np
import pytest

from voicecoach.scoring.aligner import align
from voicecoach.scoring.omissions import omission_gains
from voicecoach.text.phones import PHONES

SILENCE = len(PHONES)
WORDS = (("W", "IY"), ("S", "AO"), ("R", "EH", "D"), ("R", "UW", "F"))


def classes(*words):
    return [[PHONES.index(phone) for phone in word] for word in words]


def spoken(*words) -> np.ndarray:
    """Log posteriors of words said one after the other, each phone for eight frames."""
    path = [SILENCE] * 10 + [p for word in classes(*words) for p in word for _ in range(8)]
    path += [SILENCE] * 10
    probabilities = np.full((len(path), SILENCE + 1), 1e-4)
    probabilities[np.arange(len(path)), path] = 1.0
    return np.log(probabilities / probabilities.sum(1, keepdims=True))


def gains(frames: np.ndarray, asked) -> np.ndarray:
    words = classes(*asked)
    segments, _ = align(frames, words, SILENCE)
    return omission_gains(frames, words, segments, SILENCE)


@pytest.mark.parametrize("left_out", range(4))
def test_the_word_that_was_left_out_is_found(left_out):
    said = [word for k, word in enumerate(WORDS) if k != left_out]
    found = gains(spoken(*said), WORDS)
    assert found.argmax() == left_out
    assert found[left_out] > 5


def test_words_that_were_said_are_not():
    assert (gains(spoken(*WORDS), WORDS) < 0).all()


def test_a_word_said_wrongly_is_not_left_out():
    wrong = [*WORDS[:2], ("L", "AE", "D"), WORDS[3]]
    assert (gains(spoken(*wrong), WORDS) < 5).all()


def test_the_only_word_cannot_be_left_out():
    assert gains(spoken(WORDS[0]), [WORDS[1]]).tolist() == [-np.inf]
