"""What the history knows, keeps and deletes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest

from voicecoach.errors import InputError
from voicecoach.practice.history import History
from voicecoach.scoring.results import SentenceScore

NOON = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
MakeScore = Callable[..., SentenceScore]


def test_best_is_the_highest_total_of_that_text(history: History, make_score: MakeScore) -> None:
    for total, text in ((6, "we call"), (9, "We call "), (9.5, "others"), (7, "we call")):
        history.add(make_score(total), text, time=NOON)
    best = history.best(" WE CALL")
    assert best is not None and (best.id, best.score.total) == (2, 9)
    assert history.best("never said") is None


def test_means_are_of_sounds_that_were_said_since(history: History, make_score: MakeScore) -> None:
    history.add(make_score(TH=0.0, S=2.0), "a", time=NOON - timedelta(days=9))
    history.add(make_score(TH=1.0, S=2.0), "a", time=NOON)
    history.add(make_score(error="omission", TH=0.0), "a", time=NOON)
    means = history.phone_means()
    assert (means["TH"].mean, means["TH"].count, means["TH"].flagged) == (0.5, 2, 1)
    assert set(means) == {"TH", "S"}
    assert history.phone_means(NOON)["TH"].mean == 1.0
    assert history.phone_means(NOON + timedelta(hours=1)) == {}
    with pytest.raises(ValueError, match="time zone"):
        history.phone_means(datetime(2026, 1, 1))


def test_a_single_slip_is_not_yet_the_hardest_sound(
    history: History, make_score: MakeScore
) -> None:
    for _ in range(40):
        history.add(make_score(TH=0.8, S=1.8), "a", time=NOON)
    history.add(make_score(ZH=0.0), "b", time=NOON)
    assert [mean.phone for mean in history.hardest_phones(2)] == ["TH", "ZH"]
    assert len(history.hardest_phones(9)) == 3


def test_scores_over_time_are_means_of_days(history: History, make_score: MakeScore) -> None:
    for days, total, phone in ((2, 4.0, 0.5), (2, 6.0, 1.5), (0, 9.0, 2.0)):
        history.add(make_score(total, TH=phone), "a", time=NOON - timedelta(days=days))
    days = [(day.day, day.mean, day.count) for day in history.scores_over_time()]
    assert days == [(date(2026, 11, 18), 5.0, 2), (date(2026, 11, 20), 9.0, 1)]
    assert [day.mean for day in history.scores_over_time("TH")] == [1.0, 2.0]
    assert [day.mean for day in history.scores_over_time("TH", since=NOON)] == [2.0]
    assert history.scores_over_time("ZH") == []


def test_streak_ends_with_a_day_without_practice(history: History, make_score: MakeScore) -> None:
    assert history.streak_days(NOON.date()) == 0
    for days in (5, 3, 2, 1):
        history.add(make_score(), "a", time=NOON - timedelta(days=days))
    assert history.streak_days(NOON.date()) == 3  # today may still come
    history.add(make_score(), "a", time=NOON)
    assert history.streak_days(NOON.date()) == 4
    assert history.streak_days(NOON.date() + timedelta(days=1)) == 4
    assert history.streak_days(NOON.date() + timedelta(days=2)) == 0


def test_totals_and_reviews(history: History, make_score: MakeScore) -> None:
    history.add(make_score(5), "a b", "s1", time=NOON)
    history.add(make_score(6), "A B", "s1", time=NOON - timedelta(days=1))
    history.add(make_score(7), "c", time=NOON)
    totals = history.totals()
    assert (totals.attempts, totals.sentences, totals.days) == (3, 2, 2)
    assert totals.speech_ms == 6000
    assert [(review.sentence_id, review.total) for review in history.reviews()] == [
        ("s1", 6),
        ("s1", 5),
    ]


def test_recordings_are_kept_only_on_demand(history: History, make_score: MakeScore) -> None:
    from voicecoach.audio.io import load

    sound = np.sin(np.arange(8000) / 10) * 0.5
    history.add(make_score(), "a", waveform=sound, sample_rate=16000)
    assert not history.keep_recordings
    assert not (history.folder / "recordings").exists()
    history.keep_recordings = True
    history.add(make_score(), "a", waveform=sound, sample_rate=16000)
    with History.open(history.folder) as again:
        assert again.keep_recordings
        path = again.recording(again.attempts(1)[0])
    assert path is not None and path.suffix == ".flac"
    np.testing.assert_allclose(load(path, 16000), sound, atol=1e-4)
    history.keep_recordings = False
    history.add(make_score(), "a", waveform=sound, sample_rate=16000)
    assert history.totals().recordings == 1
    with pytest.raises(ValueError, match="sample rate"):
        history.add(make_score(), "a", waveform=sound)


def test_a_recording_that_cannot_be_written_keeps_nothing(
    history: History, make_score: MakeScore
) -> None:
    history.keep_recordings = True
    (history.folder / "recordings").write_text("a file in the way")
    with pytest.raises(InputError, match="recordings"):
        history.add(make_score(), "a", waveform=np.zeros(100), sample_rate=16000)
    assert history.attempts() == []
    history.add(make_score(), "a")
    assert len(history.attempts()) == 1


def test_delete_leaves_nothing_that_was_said(history: History, make_score: MakeScore) -> None:
    history.keep_recordings = True
    history.add(make_score(), "a secret", waveform=np.zeros(100), sample_rate=16000)
    (history.folder / "recordings" / ".half.tmp").touch()
    (history.folder / "notes.txt").touch()
    history.delete()
    assert history.attempts() == []
    assert not history.keep_recordings
    left = sorted(path for path in history.folder.rglob("*") if path.is_file())
    assert history.folder / "notes.txt" in left
    assert not any(path.suffix in (".flac", ".tmp") for path in left)
    assert not any(b"secret" in path.read_bytes() for path in left)
    history.add(make_score(), "again")


def test_delete_spares_files_of_others(history: History) -> None:
    (history.folder / "recordings").mkdir()
    (history.folder / "recordings" / "mine.txt").touch()
    history.delete()
    assert (history.folder / "recordings" / "mine.txt").exists()


def test_delete_that_is_refused_keeps_the_attempts(history: History, make_score: MakeScore) -> None:
    history.add(make_score(), "a")
    (history.folder / "recordings" / "000001.flac").mkdir(parents=True)  # cannot be unlinked
    with pytest.raises(InputError, match=r"Cannot delete .*000001.flac"):
        history.delete()
    assert len(history.attempts()) == 1
