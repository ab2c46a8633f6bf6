from datetime import datetime, timezone
from pathlib import Path

import pytest

from voicecoach.errors import InputError
from voicecoach.practice.course import load_course, sentences
from voicecoach.practice.exercises import from_course, from_lesson, from_pairs, from_text
from voicecoach.practice.history import History
from voicecoach.scoring.results import PhoneScore, SentenceScore, WordScore

NOW = datetime(2026, 5, 1, tzinfo=timezone.utc)


def score(total: float, phones: dict[str, float] | None = None) -> SentenceScore:
    each = tuple(
        PhoneScore(phone, value, 0, 100, value < 1, phone, 0.9)
        for phone, value in (phones or {}).items()
    )
    word = WordScore("a", total, total, 0, 100, each)
    return SentenceScore("a", total, total, total, total, total, 1000, (word,))


def test_the_course_gives_each_sentence_once_and_then_ends() -> None:
    exercises = from_course(focus="weak forms")
    wanted = {item.id for item in sentences(focus="weak forms")}
    given = [exercises.next(None, NOW) for _ in wanted]
    assert {exercise.id for exercise in given} == wanted
    assert exercises.next(None, NOW) is None
    first = given[0]
    assert first.spoken == first.text
    assert "weak forms" in first.focus
    assert [word.text for word in first.sentence]


def test_a_new_learner_begins_at_the_easiest_level_or_the_one_asked_for() -> None:
    assert from_course().next(None, NOW).level == "A1"
    assert from_course(level="b2").next(None, NOW).level == "B2"


def test_the_weakest_sound_comes_next(history: History) -> None:
    """Every sound has been heard often, and all but one were right."""
    phones = {phone for item in load_course().sentences for phone in item.phones}
    for _ in range(40):
        history.add(score(9, {phone: 0.0 if phone == "ZH" else 2.0 for phone in phones}), "a")
    exercise = from_course(level="B1").next(history, NOW)
    assert "ZH" in {phone for word in exercise.sentence for phone in word.phones}


def test_a_forgotten_sentence_comes_back(history: History) -> None:
    only = sentences(level="A1")[:3]
    for item in only:
        history.add(score(5), item.text, item.id, time=NOW.replace(year=2025))
    again = [from_course(level="A1", seed=seed).next(history, NOW).id for seed in range(20)]
    assert {item.id for item in only} & set(again)


def test_sound_and_focus_together() -> None:
    exercise = from_course(phone="θ", focus="weak forms").next(None, NOW)
    assert any("TH" in word.phones for word in exercise.sentence)
    with pytest.raises(InputError, match="There is no phone 'QQ'"):
        from_course(phone="QQ")
    with pytest.raises(InputError, match="There is no level"):
        from_course(level="D1")


def test_pairs_come_one_after_the_other() -> None:
    exercises = from_pairs(focus="IY/IH")
    first, second = exercises.next(None, NOW), exercises.next(None, NOW)
    different = [
        (a.text, b.text)
        for a, b in zip(first.sentence, second.sentence, strict=True)
        if a.text != b.text
    ]
    assert len(different) == 1
    assert first.focus == second.focus == ("IY/IH",)
    with pytest.raises(InputError, match="No minimal pair"):
        from_pairs(level="C1", phone="TH", focus="IY/IH")


def test_a_list_keeps_its_order_and_its_pronunciations(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("We call it bear.\nTomato soup\ttəˈmɑːtəʊ suːp\n".replace("əʊ", "oʊ"))
    exercises = from_lesson(path)
    first, second = exercises.next(None, NOW), exercises.next(None, NOW)
    assert first.spoken == "We call it bear."
    assert second.spoken == second.sentence
    assert second.sentence[0].phones[3] == "AA"
    assert exercises.next(None, NOW) is None


def test_text_without_english() -> None:
    with pytest.raises(InputError):
        from_text("。。。")
