from voicecoach.text.keywords import KEYWORDS, name_phone
from voicecoach.text.phones import PHONES


def test_every_phone_has_a_keyword() -> None:
    assert set(KEYWORDS) == set(PHONES)


def test_reduced_vowels_have_words_of_their_own() -> None:
    assert name_phone("AH", 1) == 'ʌ as in "cup"'
    assert name_phone("AH", 0) == 'ə as in "about"'
    assert name_phone("TH", 0) == name_phone("TH", 1) == 'θ as in "thin"'
