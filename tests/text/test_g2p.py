import pytest

from voicecoach.text.g2p import pronounce, spell
from voicecoach.text.normalise import normalise
from voicecoach.text.phones import PHONES, VOWELS


def phones(text: str) -> list[str]:
    return [" ".join(phone for phone, _ in word) for word in pronounce(normalise(text))]


def test_context_decides_between_homographs() -> None:
    assert phones("They live here.")[1] == "L IH V"
    assert phones("We watch a live show.")[3] == "L AY V"


def test_the_before_a_vowel() -> None:
    assert phones("the apple")[0] == "DH IY"
    assert phones("the pear")[0] == "DH AH"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("water", "W AO T ER"),
        ("around", "AH R AW N D"),
        ("drawing", "D R AO IH NG"),
        ("before", "B IH F AO R"),
        ("little", "L IH T L"),
        ("listen", "L IH S N"),
        ("to", "T UW"),
        ("and", "AE N D"),
        ("café", "K AE F EY"),
    ],
)
def test_words_in_the_way_of_the_corpus(word, expected) -> None:
    assert phones(word) == [expected]


def test_capitals_make_no_difference_to_words() -> None:
    assert phones("WE CALL IT BEAR AND I'M HERE") == phones("we call it bear and I'm here")


def test_letters_are_named() -> None:
    assert phones("BBC TV") == ["B IY B IY S IY", "T IY V IY"]
    assert phones("the U.S. team")[1] == "Y UW EH S"
    assert [stress for phone, stress in spell("tv") if phone in VOWELS] == [2, 1]


def test_words_that_no_dictionary_holds() -> None:
    [word] = phones("blorptastic")
    assert word.startswith("B L AO R P T AE")
    # Words with neither a vowel letter nor an entry are spelled.
    assert phones("xqzt") == ["EH K S K Y UW Z IY T IY"]


def test_every_word_has_phones_however_odd() -> None:
    odd = "O'Neill's y'all she'll've Nguyễn Łódź ℃ Æsop ﬁsh 𝐁𝐨𝐥𝐝 zzz I'd'nt'll a e i Q."
    tokens = normalise(odd)
    found = pronounce(tokens)
    assert len(found) == len(tokens) == 14
    assert all(word and {phone for phone, _ in word} <= set(PHONES) for word in found)
