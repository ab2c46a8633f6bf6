import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.text.phones import (
    PHONES,
    VOWELS,
    from_ipa,
    from_misaki,
    is_syllabic,
    is_vowel,
    phone_class,
    read_ipa,
    strip_stress,
    to_ipa,
)


def test_there_are_39_phones_in_alphabetical_order() -> None:
    assert len(PHONES) == 39
    assert list(PHONES) == sorted(set(PHONES))
    assert len(VOWELS) == 15


@pytest.mark.parametrize("stress", [0, 1, 2])
@pytest.mark.parametrize("phone", PHONES)
def test_ipa_of_a_phone_reads_back_as_that_phone(phone, stress) -> None:
    assert from_ipa(to_ipa(phone, stress)) == [phone]


@settings(deadline=None)
@given(st.lists(st.sampled_from([p for p in PHONES if p not in {"AH", "ER", "R", "D", "T"}])))
def test_ipa_of_a_sequence_reads_back(phones) -> None:
    # Left out: pairs that IPA writes like another phone without a tie (T SH, D ZH, AH R).
    assert from_ipa("".join(to_ipa(phone) + "." for phone in phones)) == phones


def test_reduced_vowels_have_their_own_symbols() -> None:
    assert (to_ipa("AH", 1), to_ipa("AH", 0)) == ("ʌ", "ə")
    assert (to_ipa("ER", 1), to_ipa("ER", 0)) == ("ɝ", "ɚ")


def test_schwa_r_before_a_stressed_vowel_is_two_phones() -> None:
    assert from_misaki("əɹˈWnd") == [("AH", 0), ("R", 0), ("AW", 1), ("N", 0), ("D", 0)]
    assert from_misaki("wˈɔTəɹ") == [("W", 0), ("AO", 1), ("T", 0), ("ER", 0)]


def test_two_vowels_of_misaki_are_one_diphthong_in_ipa() -> None:
    assert [phone for phone, _ in from_misaki("dɹˈɔɪŋ")] == ["D", "R", "AO", "IH", "NG"]
    assert from_ipa("bɔɪ") == ["B", "OY"]


def test_stress_mark_before_the_syllable_belongs_to_its_vowel() -> None:
    assert from_ipa("ˈwɔtɚ") == ["W", "AO", "T", "ER"]
    assert from_misaki("əˈbWt")[1:3] == [("B", 0), ("AW", 1)]


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("bɜːrd", "B ER D"),
        ("bɜ˞d", "B ER D"),
        ("t͡ʃiːz", "CH IY Z"),
        ("d͜ʒɑb", "JH AA B"),
        ("ˈwɑːt̬ɚ", "W AA T ER"),
        ("neɪ̯m", "N EY M"),
        ("neim", "N EY M"),
        ("bɛər", "B EH R"),
        ("nɪəɹ", "N IH R"),
        ("kəʊd", "K OW D"),
        ("roʊzɨz", "R OW Z IH Z"),
    ],
)
def test_other_dictionaries_write_otherwise(text, phones) -> None:
    assert from_ipa(text) == phones.split()


@pytest.mark.parametrize(
    ("text", "stress"),
    [
        ("ˈwɔːtər", (0, 1, 0, 0)),
        ("ˌɪnfɚˈmeɪʃn", (2, 0, 0, 0, 0, 1, 0, 0)),
        ("kæt", (0, 1, 0)),
        ("əbaʊt", (0, 0, 1, 0)),
        ("fɚ", (0, 0)),
        ("hʌri", ()),
        ("ð", (0,)),
    ],
)
def test_stress_of_ipa(text, stress) -> None:
    phones, read = read_ipa(text)
    assert list(phones) == from_ipa(text)
    assert read == stress


@pytest.mark.parametrize("text", ["中", "5", "y", "#"])
def test_other_characters_are_refused(text) -> None:
    with pytest.raises(ValueError, match="no English phone"):
        from_ipa("h" + text)


def test_classes_and_stress_digits() -> None:
    assert phone_class("ZH") == "fricative"
    assert phone_class("OY1") == "diphthong"
    assert is_vowel("AH0")
    assert not is_vowel("NG")
    assert strip_stress("ER2") == "ER"
    assert strip_stress("ZH") == "ZH"


def test_unknown_phones_are_refused() -> None:
    with pytest.raises(ValueError, match="XX"):
        phone_class("XX")
    with pytest.raises(ValueError, match="AH0"):
        to_ipa("AH0")


@pytest.mark.parametrize(
    ("phones", "at", "expected"),
    [
        ("L IH T L", 3, True),
        ("L IH S N", 3, True),
        ("B AO L", 2, False),
        ("P L EY", 1, False),
        ("AE B L IY", 2, False),
        ("F IH L M", 3, False),
    ],
)
def test_syllabic_consonants(phones, at, expected) -> None:
    assert is_syllabic(phones.split(), at) is expected
