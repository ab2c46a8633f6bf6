import json
from pathlib import Path

import pytest

from voicecoach.synthesis.misaki import to_misaki
from voicecoach.text.phones import PHONES, from_misaki
from voicecoach.text.sentence import Word


@pytest.mark.parametrize("stress", [0, 1, 2])
@pytest.mark.parametrize("phone", PHONES)
def test_every_phone_reads_back_and_is_known_to_the_model(phone, stress) -> None:
    import hibari

    vocabulary = json.loads((Path(hibari.__file__).parent / "assets/vocab.json").read_text())
    [symbols] = to_misaki(Word("x", (phone,), (stress,)))
    assert [name for name, _ in from_misaki(symbols)] == [phone]
    assert set(symbols) <= set(vocabulary)


def test_one_string_per_phone_with_flap_and_syllabic_consonant() -> None:
    assert to_misaki(Word("water", ("W", "AO", "T", "ER"), (0, 1, 0, 0))) == ["w", "ˈɔ", "T", "əɹ"]
    assert to_misaki(Word("little", ("L", "IH", "T", "L"), (0, 1, 0, 0)))[-1] == "ᵊl"
    assert to_misaki(Word("attack", ("AH", "T", "AE", "K"), (0, 0, 1, 0)))[1] == "t"


def test_without_stress_the_first_vowel_is_stressed() -> None:
    assert to_misaki(Word("bird", ("B", "ER", "D"))) == ["b", "ˈɜɹ", "d"]


def test_unknown_phones_and_uneven_stress_are_refused() -> None:
    with pytest.raises(ValueError, match="AH0"):
        to_misaki(Word("a", ("AH0",)))
    with pytest.raises(ValueError, match="stress marks"):
        to_misaki(Word("ox", ("AA", "K", "S"), (1,)))
