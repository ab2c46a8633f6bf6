import json

import pytest

from voicecoach.text.lexicon import front_end, is_guessed, known, lookup, pronunciations
from voicecoach.text.phones import PHONES, from_misaki


def test_one_reading_with_stress() -> None:
    assert lookup("tree") == ((("T", 0), ("R", 0), ("IY", 1)),)


def test_a_homograph_has_several_readings_the_default_first() -> None:
    readings = [[phone for phone, _ in reading] for reading in lookup("live")]
    assert ["L", "IH", "V"] in readings
    assert ["L", "AY", "V"] in readings


def test_capitals_matter() -> None:
    assert lookup("Polish") != lookup("polish")


def test_an_unknown_word_has_no_reading() -> None:
    assert lookup("blorptastic") == ()
    assert pronunciations("blorptastic") == ()
    assert not known("blorptastic")


def test_dictionaries_are_joined_without_doubles() -> None:
    found = pronunciations("Either")
    assert ("IY", "DH", "ER") in found
    assert ("AY", "DH", "ER") in found
    assert len(found) == len(set(found))


@pytest.mark.parametrize("word", ["tree", "Tree", "isn't", "asked", "teacher's", "gonna", "BBC"])
def test_the_dictionary_covers_words_and_their_regular_forms(word) -> None:
    assert not is_guessed(word)


@pytest.mark.parametrize("word", ["blorptastic", "Blorptastic", "blorping"])
def test_other_words_are_guessed(word) -> None:
    assert is_guessed(word)


def test_every_entry_can_be_read() -> None:
    lexicon = front_end().lexicon
    entries = [*lexicon.golds.d.values(), *lexicon.silvers.d.values()]
    texts = {
        text
        for entry in entries
        for text in (entry.values() if isinstance(entry, dict) else [entry])
    }
    read = [phone for text in texts if text for phone, _ in from_misaki(text)]
    assert len(texts) > 100_000
    assert set(read) == set(PHONES), json.dumps(sorted(set(read) ^ set(PHONES)))
