import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.errors import InputError
from voicecoach.text.normalise import LONGEST_WORD, fold, normalise


def words(text: str) -> list[str]:
    return [token.text for token in normalise(text)]


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Dr. Smith met Mr. Lee", "Doctor Smith met Mister Lee"),
        ("apples, pears, etc.", "apples pears et cetera"),
        ("fruit, e.g. pears", "fruit for example pears"),
        ("St. Paul is on Main St. today", "Saint Paul is on Main Street today"),
        ("He said no. No. 5 did", "He said no Number five did"),
        ("a well-known e-mail", "a well known e mail"),
        ("word—word", "word word"),
        ("“Don’t” she said… ‘I’m’", "Don't she said I'm"),
        ("rock 'n' roll 'em", "rock 'n roll 'em"),
        ("salt & pepper", "salt and pepper"),
        ("a@example.org", "a at example dot org"),
        ("it rained.Then it stopped", "it rained Then it stopped"),
        ("and/or (both)", "and or both"),
        ("I'm 5'10\" tall", "I'm five ten tall"),
        ("ｆｕｌｌ width", "full width"),
    ],
)
def test_written_and_spoken(written, spoken) -> None:
    assert words(written) == spoken.split()


def test_capitals_and_accents_stay() -> None:
    assert words("WE call Zoë NAÏVE") == ["WE", "call", "Zoë", "NAÏVE"]


def test_emoji_and_invisible_characters_are_dropped() -> None:
    assert words("fine 😀👍🏽 1️⃣ ❤️ ok\u200b\ufeff ©") == ["fine", "ok"]


def test_initials_are_one_spelled_word() -> None:
    tokens = normalise("The U.S. at 7 p.m., a Ph.D.")
    assert [t.text for t in tokens if t.spelled] == ["U.S.", "P.M.", "Ph.D."]


def test_punctuation_follows_its_word() -> None:
    tokens = normalise('"Well, no!" (he said)')
    assert [(t.text, t.punctuation) for t in tokens] == [
        ("Well", ","),
        ("no", "!"),
        ("he", ""),
        ("said", ""),
    ]


@pytest.mark.parametrize("text", ["", "  \n", "😀", "...", "$", "--", "\x00"])
def test_nothing_to_speak(text) -> None:
    with pytest.raises(InputError, match="no English word"):
        normalise(text)


@pytest.mark.parametrize("word", ["世界", "мир", "مرحبا", "γεια", "ŋ"])
def test_other_scripts_are_refused_by_name(word) -> None:
    with pytest.raises(InputError, match=word):
        normalise(f"hello, {word}!")


def test_a_word_in_two_scripts_is_refused_whole() -> None:
    with pytest.raises(InputError, match="teа"):  # the last letter is Cyrillic
        normalise("a cup of teа")


def test_an_endless_word_is_refused() -> None:
    assert words("a" * LONGEST_WORD) == ["a" * LONGEST_WORD]
    with pytest.raises(InputError, match="too long"):
        normalise("so " + "a" * (LONGEST_WORD + 1))


def test_a_long_text_keeps_all_its_words() -> None:
    assert len(normalise("The bird sat in 3 trees, didn't it? " * 2000)) == 8 * 2000


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_words_or_an_input_error(text) -> None:
    try:
        tokens = normalise(text)
    except InputError:
        return
    for token in tokens:
        assert fold(token.text)
        assert token.punctuation in set(",.?!;:") | {""}
        assert not any(char.isspace() or char.isdigit() for char in token.text)
