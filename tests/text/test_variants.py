import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.text.phones import PHONES
from voicecoach.text.transcribe import transcribe
from voicecoach.text.variants import MOST_VARIANTS, variants


def accepted(word: str) -> set[str]:
    [found] = transcribe(word)
    return {" ".join(form) for form in found.variants}


@pytest.mark.parametrize(
    ("word", "variant"),
    [
        ("to", "T AH"),
        ("And", "AH N"),
        ("and", "AE N"),
        ("for", "F ER"),
        ("can", "K AH N"),
        ("the", "DH IY"),
        ("water", "W AO D ER"),
        ("party", "P AA R D IY"),
        ("little", "L IH D L"),
        ("little", "L IH T AH L"),
        ("going", "G OW IH N"),
        ("either", "AY DH ER"),
        ("caught", "K AA T"),
    ],
)
def test_accepted_pronunciations(word, variant) -> None:
    assert variant in accepted(word)


@pytest.mark.parametrize(
    ("word", "wrong"),
    [
        ("attack", "AH D AE K"),
        ("hotel", "HH OW D EH L"),
        ("thing", "TH IH N"),
        ("north", "N AA R TH"),
        ("think", "S IH NG K"),
        ("ship", "SH IY P"),
    ],
)
def test_errors_of_learners_are_not_accepted(word, wrong) -> None:
    assert wrong not in accepted(word)


def test_flap_without_stress_is_sought_before_weak_vowels_only() -> None:
    assert ("W", "AO", "D", "ER") in variants("water", ("W", "AO", "T", "ER"))
    assert ("AH", "D", "AE", "K") not in variants("attack", ("AH", "T", "AE", "K"))


@settings(deadline=None)
@given(st.lists(st.sampled_from(PHONES), min_size=1, max_size=10), st.data())
def test_variants_differ_from_each_other_and_from_the_word(phones, data) -> None:
    stress = data.draw(st.lists(st.integers(0, 2), min_size=len(phones), max_size=len(phones)))
    for given_stress in ((), tuple(stress)):
        found = variants("acting", tuple(phones), given_stress)
        assert tuple(phones) not in found
        assert len(set(found)) == len(found) <= MOST_VARIANTS
        assert all(form and set(form) <= set(PHONES) for form in found)
