import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.errors import InputError
from voicecoach.synthesis.script import Spoken, chunks, read, stress_of
from voicecoach.text.sentence import Word
from voicecoach.text.transcribe import transcribe


def test_reads_words_with_their_punctuation() -> None:
    spoken = read("Wait, is it red? It is")
    assert [(item.word.text, item.punctuation) for item in spoken] == [
        ("Wait", ","),
        ("is", ""),
        ("it", ""),
        ("red", "?"),
        ("It", ""),
        ("is", "."),
    ]
    assert spoken[3].word.phones == ("R", "EH", "D")


def test_a_sentence_is_taken_as_it_is() -> None:
    sentence = (Word("red", ("W", "EH", "D")), Word("uh", ()), Word("ship", ("SH", "IH", "P")))
    assert [item.word for item in read(sentence)] == [sentence[0], sentence[2]]


@pytest.mark.parametrize("nothing", ["", "...", (Word("uh", ()),)])
def test_nothing_to_say(nothing) -> None:
    with pytest.raises(InputError):
        read(nothing)


@given(
    st.lists(st.sampled_from(["", ",", "."]), min_size=1, max_size=60),
    st.integers(min_value=1, max_value=30),
)
def test_chunks_lose_nothing_and_end_with_sentences(marks, longest) -> None:
    word = Word("a", ("AH",))
    spoken = [Spoken(word, mark) for mark in marks]
    parts = list(chunks(spoken, longest, lambda item: 1))
    assert [item for part in parts for item in part] == spoken
    for part in parts:
        assert len(part) <= longest + 1
        assert all(item.punctuation != "." for item in part[:-1])


def test_stress_falls_on_the_first_vowel_where_nobody_knows() -> None:
    assert stress_of(Word("away", ("AH", "W", "EY"))) == (1, 0, 0)
    assert stress_of(transcribe("away")[0]) == (0, 0, 1)
    with pytest.raises(ValueError, match="2 stress marks"):
        stress_of(Word("away", ("AH", "W", "EY"), (0, 1)))
