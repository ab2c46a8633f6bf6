from itertools import islice

from voicecoach.practice.prompts import prompts
from voicecoach.text.phones import PHONES


def test_ten_sentences_have_every_sound() -> None:
    first = list(islice(prompts(), 10))
    assert {phone for item in first for phone in item.phones} == set(PHONES)
    assert {item.level for item in first} <= {"A1", "A2", "B1"}
    assert first == list(islice(prompts(), 10))


def test_what_was_read_is_not_asked_for_again() -> None:
    first = [item.text for item in islice(prompts(), 3)]
    then = [item.text for item in prompts(first)]
    assert len(then) == len(set(then)) > 50
    assert not set(first) & set(then)
    assert [item.text for item in islice(prompts(), 3, 6)] == then[:3]
