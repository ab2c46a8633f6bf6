"""Scores made by hand, and a history in a folder of its own."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from voicecoach.practice.history import History


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
