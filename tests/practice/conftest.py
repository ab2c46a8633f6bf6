"""Scores made by hand, and a history in a folder of its own."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from voicecoach.practice.history import History
from voicecoach.scoring.results import PhoneScore, SentenceScore, WordScore


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Days are those of UTC, wherever the tests run."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History.open(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def make_score() -> Callable[..., SentenceScore]:
    """Makes the scores of one word whose phones have the scores given."""

    def make(total: float = 8.0, error: str = "none", **phones: float) -> SentenceScore:
        made = tuple(PhoneScore(p, s, 0, 80, s < 0.5, p, 0.9) for p, s in phones.items())
        word = WordScore("word", total, total, 0.0, 240.0, made, error)
        return SentenceScore("text", total, total, total, total, total, 2000.0, (word,))

    return make
