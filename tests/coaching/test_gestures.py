import pytest

from voicecoach.coaching import gestures
from voicecoach.coaching.gestures import ARTICULATIONS, DIPHTHONGS, VOICE_PAIRS, contrast, gesture
from voicecoach.coaching.results import UNITS
from voicecoach.text.phones import PHONES, phone_class


def test_every_sound_is_described_in_a_few_words() -> None:
    assert set(ARTICULATIONS) == set(PHONES)
    assert max(len(words) for words in ARTICULATIONS.values()) <= 100
    assert len(set(ARTICULATIONS.values())) == len(PHONES)


def test_voice_tells_the_description_of_a_pair_apart() -> None:
    for voiced, voiceless in VOICE_PAIRS.items():
        assert any(word in ARTICULATIONS[voiced] for word in ("voice it", "buzz"))
        assert not any(word in ARTICULATIONS[voiceless] for word in ("voice it", "buzz"))


def test_the_tables_name_only_phones_and_quantities_that_exist() -> None:
    for phones, quantity, way, others, words, _ in gestures._RULES:
        assert {*phones.split(), *others.split()} <= {*PHONES}
        assert quantity in UNITS
        assert way in (gestures.UP, gestures.DOWN)
        assert words
    for phones, others, words in gestures._CONTRASTS:
        assert {*phones.split(), *others.split()} <= {*PHONES}
        assert not {*phones.split()} & {*others.split()}
        assert words
    assert set(DIPHTHONGS) == {phone for phone in PHONES if phone_class(phone) == "diphthong"}


@pytest.mark.parametrize("phone", PHONES)
@pytest.mark.parametrize("quantity", ["duration", "level"])
def test_every_sound_can_be_longer_and_louder(phone: str, quantity: str) -> None:
    ways = [gesture(phone, quantity, way, "middle", None) for way in (1, -1)]
    assert None not in ways
    assert ways[0] != ways[1]


@pytest.mark.parametrize("phone", PHONES)
def test_vowels_have_formants_and_voiceless_sounds_are_never_to_be_voiced(phone: str) -> None:
    is_vowel = phone_class(phone) in ("vowel", "diphthong")
    for quantity in ("f1", "f2"):
        for way in (1, -1):
            for at in ("start", "middle", "end"):
                assert not is_vowel or gesture(phone, quantity, way, at, None)
    voiced = phone in VOICE_PAIRS or phone_class(phone) in (
        "vowel", "diphthong", "nasal", "liquid", "glide",
    )  # fmt: skip
    assert (gesture(phone, "voicing", 1, "middle", None) is not None) == voiced
    assert (gesture(phone, "voicing", -1, "middle", None) is not None) == (not voiced)


def test_contrasts_of_voice_alone_are_not_of_place() -> None:
    for voiced, voiceless in VOICE_PAIRS.items():
        assert contrast(voiced, voiceless) is None
        assert contrast(voiceless, voiced) is None
    assert contrast("TH", None) is None
