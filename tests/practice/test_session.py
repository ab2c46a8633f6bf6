from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from voicecoach.coaching.coach import Coach
from voicecoach.errors import InputError
from voicecoach.practice.demo import swap
from voicecoach.practice.exercises import Listed, from_text
from voicecoach.practice.history import History
from voicecoach.practice.session import LIST, Session
from voicecoach.synthesis.reference import ReferenceVoice

TEXT = "We saw the red roof near the river."
OTHER = "Could you bring me a glass of water?"


@pytest.fixture(scope="module")
def coach() -> Coach:
    return Coach.from_pretrained()


@pytest.fixture(scope="module")
def take() -> np.ndarray:
    return ReferenceVoice().speak(TEXT).waveform


@pytest.fixture
def session(coach: Coach, history: History, tmp_path: Path) -> Iterator[Session]:
    session = make(coach, history, tmp_path)
    yield session
    session.close()


def make(coach: Coach, history: History | None, takes: Path | None, most=None) -> Session:
    exercises = Listed([from_text(TEXT), from_text(OTHER)])
    return Session(exercises, lambda: coach, history, takes, most)


def test_a_take_is_scored_kept_and_compared(session, history, take, tmp_path) -> None:
    assert session.advance().text == TEXT
    first = session.attempt(take, 24_000)
    assert first.score.total > 8
    assert first.best_total is None
    assert first.not_kept is None
    second = session.attempt(take, 24_000)
    assert second.best_total == first.score.total
    assert [attempt.text for attempt in history.attempts()] == [TEXT, TEXT]
    listed = [line.split("\t") for line in (tmp_path / LIST).read_text().splitlines()]
    assert [text for _, text in listed] == [TEXT, TEXT]
    assert all((tmp_path / name).is_file() for name, _ in listed)
    assert session.advance().text == OTHER
    assert session.advance() is None
    assert session.results[0].totals == (first.score.total, second.score.total)
    assert session.results[1].totals == ()


def test_the_best_of_an_earlier_sitting(session, coach, history, take) -> None:
    session.advance()
    total = session.attempt(take, 24_000).score.total
    later = make(coach, history, None)
    later.advance()
    assert later.results[0].best_before == pytest.approx(total)
    assert later.attempt(take, 24_000).best_total == pytest.approx(total)
    later.close()


def test_a_silent_take_is_refused_and_not_kept(session, history) -> None:
    session.advance()
    outcome = session.attempt(np.zeros(32_000, dtype=np.float32), 16_000)
    assert outcome.score is None
    assert [problem.kind for problem in outcome.problems] == ["silence"]
    assert history.attempts() == []


def test_unchecked_it_is_scored_all_the_same(session, history, take) -> None:
    session.advance()
    session.advance()  # now another sentence is asked for
    assert session.attempt(take, 24_000).score is None
    assert session.attempt(take, 24_000, check=False).score is not None
    assert len(history.attempts()) == 1


def test_the_hardest_sounds_are_those_that_went_wrong(session) -> None:
    session.advance()
    wrong = swap(session.exercise.sentence, {(3, 0): "W", (5, 2): "L", (7, 0): "W"})
    session.attempt(ReferenceVoice().speak(wrong).waveform, 24_000)
    assert [mean.phone for mean in session.hardest_phones()] == ["R"]


def test_only_so_many(coach) -> None:
    session = make(coach, None, None, most=1)
    assert session.advance() is not None
    assert session.advance() is None
    session.close()


def test_a_history_that_fails_costs_no_score(session, history, take, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise InputError("The disk is full.")

    session.advance()
    monkeypatch.setattr(history, "add", fail)
    outcome = session.attempt(take, 24_000)
    assert outcome.score is not None
    assert outcome.not_kept == "The disk is full."


def test_a_take_with_a_wrong_sound_is_improved(session) -> None:
    session.advance()
    said = ReferenceVoice().speak(swap(session.exercise.sentence, {(7, 0): "W"})).waveform
    outcome = session.attempt(said, 24_000)
    coaching = session.feedback(said, 24_000, outcome.score)
    (feedback,) = coaching.phones
    assert (feedback.word_text, feedback.said.phone, feedback.said.realised) == ("river", "R", "W")
    improved = session.improve(said, 24_000, coaching).result()
    assert improved.sample_rate == 16_000
    before, after = at_16_khz(said), improved.waveform
    start = round(16 * feedback.said.sound_ms[0]) - 160
    np.testing.assert_array_equal(after[:start], before[:start])
    assert not np.array_equal(after[: len(before)], before[: len(after)])
    better = session.attempt(after, 16_000).score.words[7].phones[0]
    assert better.score > feedback.said.score


def test_a_folder_of_takes_that_goes_away_costs_no_score(coach, history, take, tmp_path) -> None:
    session = make(coach, history, tmp_path / "gone")
    session.advance()
    outcome = session.attempt(take, 24_000)
    assert outcome.score is not None
    assert "gone" in outcome.not_kept
    assert len(history.attempts()) == 1
    session.close()


def test_a_model_that_cannot_be_loaded(take) -> None:
    def fail() -> Coach:
        raise InputError("The model is damaged.")

    session = Session(Listed([from_text(TEXT)]), fail)
    session.advance()
    with pytest.raises(InputError, match="damaged"):
        session.attempt(take, 24_000)
    session.close()


def test_it_hears_when_all_was_said(session, take) -> None:
    session.advance()
    session._coach.result()  # before it is loaded, nobody is cut off
    whole = at_16_khz(take)
    assert session.is_complete(whole)
    assert not session.is_complete(whole[: len(whole) // 2])


def at_16_khz(waveform: np.ndarray) -> np.ndarray:
    from voicecoach.audio.io import resample

    return resample(waveform, 24_000, 16_000)
