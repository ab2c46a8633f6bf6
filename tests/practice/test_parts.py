from dataclasses import replace

import pytest

from voicecoach.errors import InputError
from voicecoach.practice.parts import intended_word, read_part, said_word
from voicecoach.scoring.results import SentenceScore, WordScore
from voicecoach.text.sentence import Word

SENTENCE = (Word("We", ("W", "IY")), Word("call", ("K", "AO", "L")), Word("it", ("IH", "T")))


@pytest.mark.parametrize(
    ("text", "part"),
    [("2", (1, None)), (" Call ", (1, None)), ("2.3", (1, 2)), ("it.1", (2, 0)), ("3.", (2, None))],
)
def test_words_and_sounds_by_number_or_letters(text: str, part: tuple) -> None:
    assert read_part(text, SENTENCE) == part


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0", "There is no word 0: the sentence has 3."),
        ("4", "There is no word 4"),
        ("bear", 'There is no word "bear"'),
        ("2.4", 'There is no sound 4 in "call": it has 3.'),
        ("2.0", "There is no sound 0"),
        ("2.x", "There is no sound x"),
    ],
)
def test_what_is_not_there(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        read_part(text, SENTENCE)
    assert message in str(error.value)


def test_words_that_were_added_do_not_count() -> None:
    word = WordScore("We", 9, 9, 0, 100, ())
    words = (
        replace(word, error="insertion"),
        word,
        replace(word, text="call", error="omission"),
        replace(word, text="We", error="repetition"),
        replace(word, text="it"),
    )
    score = SentenceScore("We call it", 9, 9, 9, 9, 9, 1000, words)
    assert [intended_word(score, index) for index in range(5)] == [None, 0, 1, None, 2]
    assert said_word(score, 2).text == "it"
