from pathlib import Path

import pytest

from voicecoach.errors import InputError
from voicecoach.practice.course import load_course
from voicecoach.practice.lesson import MOST_WORDS, load_lesson
from voicecoach.text.pronunciation import write_ipa
from voicecoach.text.transcribe import transcribe


@pytest.fixture
def write(tmp_path: Path):
    """Writes a list and gives its path."""

    def write(contents: str | bytes) -> Path:
        path = tmp_path / "mine.txt"
        path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        return path

    return write


def test_one_sentence_a_line(write) -> None:
    path = write("# my list\n\nWe call it bear.\n   \n  # more\nI have 2 cats.\n")
    first, second = load_lesson(path)
    assert (first.line, first.text) == (3, "We call it bear.")
    assert (second.line, second.text) == (6, "I have 2 cats.")
    assert first.sentence == transcribe("We call it bear.")
    assert [word.text for word in second.sentence] == ["I", "have", "two", "cats"]
    assert first.guessed == second.guessed == ()
    assert load_lesson(str(path)) == (first, second)


def test_byte_order_mark_and_all_line_ends(write) -> None:
    items = load_lesson(write("\ufeffA cat.\r\nA dog.\rA bird."))
    assert [item.line for item in items] == [1, 2, 3]
    assert load_lesson(write("\ufeff# comment\nA cat."))[0].line == 2


def test_words_that_no_dictionary_holds_are_named(write) -> None:
    [item] = load_lesson(write("A blorptastic café, blorptastic!"))
    assert item.guessed == ("blorptastic",)


@pytest.mark.parametrize(
    "pronunciation", ["ðə ˈɹɛkɚd", "/ðə/ /ˈrekərd/", "DH AH0 | R EH1 K ER0 D", "ðə ɹɛkɚd"]
)
def test_a_given_pronunciation_is_the_one_that_counts(write, pronunciation) -> None:
    [item] = load_lesson(write(f"The record\t{pronunciation}\n"))
    the, record = item.sentence
    assert (the.phones, the.stress) == (("DH", "AH"), (0, 0))
    assert record.text == "record"
    assert record.phones == ("R", "EH", "K", "ER", "D")
    assert record.stress == (0, 1, 0, 0, 0)
    assert ("R", "IH", "K", "AO", "R", "D") not in record.variants
    assert item.guessed == ()


def test_fluent_speech_is_accepted_for_a_given_pronunciation(write) -> None:
    [item] = load_lesson(write("water\tˈwɔtɚ"))
    assert ("W", "AO", "D", "ER") in item.sentence[0].variants


def test_stress_comes_from_the_dictionary_or_the_only_vowel_or_is_unknown(write) -> None:
    [item] = load_lesson(
        write("of water blorp blorpa\tAH V | W AO T ER | B L AO R P | B L AO P IY")
    )
    assert [word.stress for word in item.sentence] == [
        (0, 0),
        (0, 1, 0, 0),
        (0, 0, 1, 0, 0),
        (),
    ]


def test_a_tab_without_a_pronunciation_changes_nothing(write) -> None:
    [item] = load_lesson(write("A cat.\t \n"))
    assert item.sentence == transcribe("A cat.")


def test_each_spoken_word_of_a_number_has_its_pronunciation(write) -> None:
    [item] = load_lesson(write("25 cats\tˈtwɛnti faɪv kæts"))
    assert [word.text for word in item.sentence] == ["twenty", "five", "cats"]


def test_the_course_with_its_ipa_is_a_lesson(write) -> None:
    items = load_course().sentences
    lines = [
        item.text + "\t" + " ".join(write_ipa(w.phones, w.stress) for w in item.sentence)
        for item in items
    ]
    for item, read in zip(items, load_lesson(write("\n".join(lines))), strict=True):
        assert [(w.text, w.phones) for w in read.sentence] == [
            (w.text, w.phones) for w in item.sentence
        ]


def test_as_many_words_as_fit(write) -> None:
    [item] = load_lesson(write(" ".join(["cat"] * MOST_WORDS)))
    assert len(item.sentence) == MOST_WORDS


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ("", "There is no sentence in .*mine.txt"),
        ("# only\n\n", "There is no sentence in .*mine.txt"),
        ("A cat.\n123 ?!\n...", "mine.txt, line 3: There is no English word"),
        ("A cat.\n\n你好", "mine.txt, line 3: The word '你好' is not written in Latin letters"),
        ("\tkæt", "mine.txt, line 1: There is no English word"),
        ("A cat.\nLe\xe9".encode("latin-1"), "mine.txt, line 2 is not UTF-8: save"),
        ("A cat.".encode("utf-16"), "mine.txt, line 1 is not UTF-8"),
        (b"A cat.\nRIFF\0\0WAVE", "mine.txt, line 2 is not text"),
        ("\n" + "cat " * 61, "mine.txt, line 2: The sentence has 61 words and at most 60"),
        ("A cat.\tə qat", "mine.txt, line 1: 'q' in 'qat' stands for no English phone: write"),
        ("A cat.\tAH | K QQ T", "mine.txt, line 1: 'QQ' in 'K QQ T' is no ARPAbet phone: write"),
        ("A cat.\tə | ː", "mine.txt, line 1: a word in 'ə | ː' has no sounds"),
        ("A cat.\tkæt", r"line 1: 2 spoken words \(A cat\) and 1 in the pronunciation: put"),
        ("A cat.\tə kæt bɪɡ", "line 1: 2 spoken words .* and 3 in the pronunciation"),
        ("A cat.\tAH K AE T", r"line 1: 2 spoken words .* \| in ARPAbet"),
        ("A cat.\tə kæt\tə kæt", "line 1: There are several tabs"),
    ],
)
def test_what_cannot_be_used_is_named_with_file_and_line(write, contents, message) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load_lesson(write(contents))
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.txt: No such file"):
        load_lesson(tmp_path / "none.txt")
    with pytest.raises(InputError, match="directory"):
        load_lesson(tmp_path)
