import pytest

from voicecoach.practice.demo import SWAPS, TEXT, Comparison, compare, swap
from voicecoach.scoring.results import PhoneScore, SentenceScore, WordScore
from voicecoach.text.sentence import Word

SENTENCE = (Word("I", ("AY",)), Word("think", ("TH", "IH", "NG", "K"), variants=(("TH", "IH"),)))


def report(*words: list[tuple[bool, str | None]]) -> SentenceScore:
    scored = tuple(
        WordScore("w", 5, 5, 0, 1, tuple(PhoneScore("T", 1, 0, 1, f, r, 1.0) for f, r in phones))
        for phones in words
    )
    return SentenceScore("text", 5, 5, 5, 5, 5, 1000, scored)


def test_swap_changes_only_what_it_is_told() -> None:
    swapped = swap(SENTENCE, {(1, 0): "S"})
    assert swapped[0] == SENTENCE[0]
    assert swapped[1].phones == ("S", "IH", "NG", "K")
    assert swapped[1].variants == ()  # they would be correct pronunciations
    assert SENTENCE[1].phones == ("TH", "IH", "NG", "K")
    assert swap(SENTENCE, {}) == SENTENCE


def test_swap_of_a_phone_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        swap(SENTENCE, {(1, 4): "S"})


def test_demo_swaps_change_phones_of_its_sentence() -> None:
    from voicecoach.text.transcribe import transcribe

    sentence = transcribe(TEXT)
    for (word, position), said in SWAPS.items():
        assert sentence[word].phones[position] != said
    assert len(swap(sentence, SWAPS)) == len(TEXT.split())


def test_comparison_counts_what_was_found_named_and_wrong() -> None:
    score = report([(True, "T")], [], [(True, "S"), (True, None), (False, "T"), (True, "Z")])
    swaps = {(1, 0): "S", (1, 1): "IY", (1, 2): "D"}
    assert compare(score, swaps) == Comparison(
        swapped=3, found=2, named=1, correct=2, false_flags=2
    )


def test_comparison_of_a_correct_take() -> None:
    score = report([(False, "T")], [(False, None), (True, "S")])
    assert compare(score, {}) == Comparison(0, 0, 0, correct=3, false_flags=1)
