import csv
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.errors import InputError
from voicecoach.practice import database
from voicecoach.practice.attempts import Attempt
from voicecoach.practice.export import COLUMNS
from voicecoach.practice.history import History
from voicecoach.scoring.results import DELETED, PhoneScore, SentenceScore, WordScore
from voicecoach.text.phones import PHONES

PROGRAM = Path(__file__).with_name("history_program.py")
NOON = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)


def make_score(total: float = 8.0, error: str = "none", **phones: float) -> SentenceScore:
    """One word whose phones have the scores given."""
    made = tuple(PhoneScore(p, s, 0, 80, s < 0.5, p, 0.9) for p, s in phones.items())
    word = WordScore("word", total, total, 0.0, 240.0, made, error)
    return SentenceScore("text", total, total, total, total, total, 2000.0, (word,))


def file_of(history: History) -> Path:
    return history.folder / "history.sqlite3"


finite = st.floats(0, 10, allow_subnormal=False)
times = st.floats(0, 30_000)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
phone_scores = st.builds(
    PhoneScore,
    phone=st.sampled_from(sorted(PHONES)),
    score=st.floats(0, 2),
    start_ms=times,
    end_ms=times,
    flagged=st.booleans(),
    realised=st.sampled_from([None, DELETED, "S"]),
    confidence=st.floats(0, 1),
    other_probability=st.just(0.0),
    goodness=st.just(0.0),
)
word_scores = st.builds(
    WordScore,
    text=texts,
    accuracy=finite,
    total=finite,
    start_ms=times,
    end_ms=times,
    phones=st.lists(phone_scores, max_size=3).map(tuple),
    error=st.sampled_from(["none", "mispronunciation", "omission", "insertion", "repetition"]),
    stress=st.just(10.0),
)
scores = st.builds(
    SentenceScore,
    text=texts,
    accuracy=finite,
    fluency=finite,
    prosody=finite,
    completeness=finite,
    total=finite,
    duration_ms=times,
    words=st.lists(word_scores, max_size=4).map(tuple),
    snr_db=st.just(60.0),
)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(
    lambda moment: moment.replace(
        microsecond=moment.microsecond // 1000 * 1000, tzinfo=timezone(timedelta(hours=5))
    )
)
given_attempts = st.lists(
    st.tuples(scores, texts, st.none() | st.text("abc1", min_size=1, max_size=5), moments),
    max_size=3,
)


@given(given_attempts)
def test_what_was_added_is_read_back(given: list) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with History.open(folder) as history:
            expected = [
                Attempt(
                    history.add(score, text, sentence_id, time=time),
                    time,
                    text,
                    sentence_id,
                    replace(score, text=text),
                    None,
                )
                for score, text, sentence_id, time in given
            ]
        expected.sort(key=lambda attempt: (attempt.time, attempt.id), reverse=True)
        with History.open(folder) as history:
            assert history.attempts() == expected
            assert history.attempts(1) == expected[:1]


@given(given_attempts)
def test_exports_hold_what_was_added(given: list) -> None:
    with tempfile.TemporaryDirectory() as folder, History.open(folder) as history:
        for score, text, sentence_id, time in given:
            history.add(score, text, sentence_id, time=time)
        for name, read in (("a.json", read_json), ("a.CSV", read_csv)):
            path = Path(folder) / name
            assert history.export(path) == len(given)
            assert read(path) == history.attempts()


def read_json(path: Path) -> list[Attempt]:
    return [
        make_attempt(
            entry,
            tuple(
                WordScore(
                    **{**word, "phones": tuple(PhoneScore(**phone) for phone in word["phones"])}
                )
                for word in entry["words"]
            ),
        )
        for entry in json.loads(path.read_text(encoding="utf-8"))["attempts"]
    ]


def read_csv(path: Path) -> list[Attempt]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    attempts: dict[str, tuple[dict, dict[str, list]]] = {}
    for row in rows:
        assert set(row) == set(COLUMNS)
        words = attempts.setdefault(row["attempt"], (row, {}))[1]
        if row["word_number"]:
            phones = words.setdefault(row["word_number"], [row])
            if row["phone_number"]:
                assert int(row["phone_number"]) == len(phones)
                phones.append(csv_phone(row))
    return [
        make_attempt(
            row,
            tuple(
                WordScore(
                    first["word_text"],
                    *(float(first[f"word_{k}"]) for k in ("accuracy", "total")),
                    *(float(first[f"word_{k}"]) for k in ("start_ms", "end_ms")),
                    phones=tuple(phones),
                    error=first["word_error"],
                )
                for first, *phones in words.values()
            ),
        )
        for row, words in attempts.values()
    ]


def csv_phone(row: dict[str, str]) -> PhoneScore:
    return PhoneScore(
        row["phone"],
        *(float(row[f"phone_{name}"]) for name in ("score", "start_ms", "end_ms")),
        flagged=row["phone_flagged"] == "1",
        realised=row["phone_realised"] or None,
        confidence=float(row["phone_confidence"]),
    )


def make_attempt(entry: dict, words: tuple[WordScore, ...]) -> Attempt:
    names = ("accuracy", "fluency", "prosody", "completeness", "total", "duration_ms")
    score = SentenceScore(entry["text"], *(float(entry[name]) for name in names), words=words)
    return Attempt(
        int(entry["attempt"]),
        datetime.fromisoformat(entry["time"]),
        entry["text"],
        entry["sentence_id"] or None,
        score,
        entry["recording"] or None,
    )


def test_best_is_the_highest_total_of_that_text(history: History) -> None:
    for total, text in ((6, "we call"), (9, "We call "), (9.5, "others"), (7, "we call")):
        history.add(make_score(total), text, time=NOON)
    best = history.best(" WE CALL")
    assert best is not None and (best.id, best.score.total) == (2, 9)
    assert history.best("never said") is None


def test_means_are_of_sounds_that_were_said_since(history: History) -> None:
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


def test_a_single_slip_is_not_yet_the_hardest_sound(history: History) -> None:
    for _ in range(40):
        history.add(make_score(TH=0.8, S=1.8), "a", time=NOON)
    history.add(make_score(ZH=0.0), "b", time=NOON)
    assert [mean.phone for mean in history.hardest_phones(2)] == ["TH", "ZH"]
    assert len(history.hardest_phones(9)) == 3


def test_scores_over_time_are_means_of_days(history: History) -> None:
    for days, total, phone in ((2, 4.0, 0.5), (2, 6.0, 1.5), (0, 9.0, 2.0)):
        history.add(make_score(total, TH=phone), "a", time=NOON - timedelta(days=days))
    days = [(day.day, day.mean, day.count) for day in history.scores_over_time()]
    assert days == [(date(2026, 11, 18), 5.0, 2), (date(2026, 11, 20), 9.0, 1)]
    assert [day.mean for day in history.scores_over_time("TH")] == [1.0, 2.0]
    assert [day.mean for day in history.scores_over_time("TH", since=NOON)] == [2.0]
    assert history.scores_over_time("ZH") == []


def test_streak_ends_with_a_day_without_practice(history: History) -> None:
    assert history.streak_days(NOON.date()) == 0
    for days in (5, 3, 2, 1):
        history.add(make_score(), "a", time=NOON - timedelta(days=days))
    assert history.streak_days(NOON.date()) == 3  # today may still come
    history.add(make_score(), "a", time=NOON)
    assert history.streak_days(NOON.date()) == 4
    assert history.streak_days(NOON.date() + timedelta(days=1)) == 4
    assert history.streak_days(NOON.date() + timedelta(days=2)) == 0


def test_totals_and_reviews(history: History) -> None:
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


def test_recordings_are_kept_only_on_demand(history: History) -> None:
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


def test_a_recording_that_cannot_be_written_keeps_nothing(history: History) -> None:
    history.keep_recordings = True
    (history.folder / "recordings").write_text("a file in the way")
    with pytest.raises(InputError, match="recordings"):
        history.add(make_score(), "a", waveform=np.zeros(100), sample_rate=16000)
    assert history.attempts() == []
    history.add(make_score(), "a")
    assert len(history.attempts()) == 1


def test_delete_leaves_nothing_that_was_said(history: History) -> None:
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


def test_delete_that_is_refused_keeps_the_attempts(history: History) -> None:
    history.add(make_score(), "a")
    (history.folder / "recordings" / "000001.flac").mkdir(parents=True)  # cannot be unlinked
    with pytest.raises(InputError, match=r"Cannot delete .*000001.flac"):
        history.delete()
    assert len(history.attempts()) == 1


def test_folder_is_the_argument_or_the_variable_or_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICECOACH_DATA", str(tmp_path / "variable"))
    assert database.data_folder(tmp_path / "argument") == tmp_path / "argument"
    assert database.data_folder() == tmp_path / "variable"
    monkeypatch.setenv("VOICECOACH_DATA", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert database.data_folder().name == "voicecoach"


def test_only_the_owner_may_look_into_a_new_folder(history: History) -> None:
    assert history.folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"Cannot use the folder .*VOICECOACH_DATA"):
        History.open(tmp_path / "file" / "data")
    (tmp_path / "history.sqlite3").mkdir()
    with pytest.raises(InputError, match=r"Cannot use .*history.sqlite3"):
        History.open(tmp_path)


def test_a_folder_without_permission_is_an_input_error(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="Cannot use"):
        History.open(tmp_path)
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("damage", ["head", "middle", "cut", "text"])
def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "history.sqlite3"
    with History.open(tmp_path) as history:
        for _ in range(60):
            history.add(make_score(TH=1.0, S=1.0, Z=1.0), "a sentence")
    content = bytearray(path.read_bytes())
    if damage == "head":
        content[:16] = bytes(16)
    elif damage == "middle":
        content[4096:-4096] = b"\xa5" * (len(content) - 8192)
    elif damage == "cut":
        content = content[: len(content) // 2]
    else:
        content = bytearray(b"no database at all\n" * 100)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"history.sqlite3 is damaged \(.*move it away"):
        History.open(tmp_path)
    assert path.read_bytes() == content


def test_a_database_of_others_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "history.sqlite3")) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(InputError, match="another program"):
        History.open(tmp_path)


def test_a_newer_version_is_refused(history: History) -> None:
    with closing(sqlite3.connect(file_of(history))) as connection:
        connection.execute("PRAGMA user_version = 99")
    content = file_of(history).read_bytes()
    with pytest.raises(InputError, match=r"newer voicecoach \(version 99.*update voicecoach"):
        History.open(history.folder)
    assert file_of(history).read_bytes() == content


def make_version_1(folder: Path) -> None:
    """A file as the first version wrote it, with one attempt."""
    with closing(sqlite3.connect(folder / "history.sqlite3")) as connection:
        for statement in database.MIGRATIONS[0]:
            connection.execute(statement)
        connection.execute(
            "INSERT INTO attempts VALUES "
            "(1, '2026-11-20T12:00:00.000+00:00', 'we', NULL, 5, 6, 7, 8, 9, 1000)"
        )
        connection.execute("INSERT INTO words VALUES (1, 0, 'we', 5, 6, 0, 100, 'none')")
        connection.execute("INSERT INTO phones VALUES (1, 0, 0, 'W', 1.5, 0, 50, 0, 'W', 0.9)")
        connection.execute("PRAGMA user_version = 1")
        connection.commit()


def test_version_1_is_migrated_with_its_attempts(tmp_path: Path) -> None:
    make_version_1(tmp_path)
    phone = PhoneScore("W", 1.5, 0.0, 50.0, False, "W", 0.9)
    word = WordScore("we", 5.0, 6.0, 0.0, 100.0, (phone,))
    score = SentenceScore("we", 5.0, 6.0, 7.0, 8.0, 9.0, 1000.0, (word,))
    with History.open(tmp_path) as history:
        assert history.attempts() == [Attempt(1, NOON, "we", None, score, None)]
        assert not history.keep_recordings
        assert history.add(make_score(), "more") == 2
    with closing(sqlite3.connect(tmp_path / "history.sqlite3")) as connection:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
    assert found == len(database.MIGRATIONS)


def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_version_1(tmp_path)
    broken = ("ALTER TABLE attempts ADD COLUMN extra TEXT", "no SQL")
    with monkeypatch.context() as patch:
        patch.setattr(database, "MIGRATIONS", (database.MIGRATIONS[0], broken))
        with pytest.raises(InputError):
            History.open(tmp_path)
    with History.open(tmp_path) as history:
        assert len(history.attempts()) == 1


def test_a_full_disk_keeps_whole_attempts_only(history: History) -> None:
    history.add(make_score(TH=1.0), "kept")
    connection = history._database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    long = replace(make_score(), words=make_score(TH=1.0).words * 5000)
    with pytest.raises(InputError, match=r"history.sqlite3 \(the disk is full\): make room"):
        history.add(long, "too much")
    connection.execute("PRAGMA max_page_count = 100000")
    assert [attempt.text for attempt in history.attempts()] == ["kept"]
    history.add(long, "now there is room")
    assert len(history.attempts(1)[0].score.words) == 5000


def test_a_file_that_is_busy_is_an_input_error(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY_S", 0.01)
    with (
        History.open(history.folder) as other,
        history._database.transaction(write=True),
        pytest.raises(InputError, match="in use by another program"),
    ):
        other.add(make_score(), "a")


def test_an_error_of_ours_is_not_blamed_on_the_file(history: History) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        history.add(make_score(float("nan")), "a")  # SQLite has no NaN
    history.close()
    with pytest.raises(sqlite3.ProgrammingError):
        history.attempts()


def start(folder: Path, count: int, name: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), str(folder), str(count), name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def assert_whole(attempts: list[Attempt]) -> None:
    from history_program import make_score as make_written

    for attempt in attempts:
        assert attempt.score == make_written(attempt.text)


def test_two_processes_write_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PROGRAM.parent))
    folder = tmp_path / "new"  # both make it
    processes = [start(folder, 300, name) for name in ("one", "two")]
    printed = []
    for process in processes:
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        printed += [int(line) for line in output.split()]
    with History.open(folder) as history:
        attempts = history.attempts()
    assert sorted(printed) == sorted(attempt.id for attempt in attempts)
    assert [a.text for a in attempts].count("one") == 300
    assert len(attempts) == 600
    assert_whole(attempts)


@pytest.mark.parametrize("after", [1, 7, 20])
def test_killed_while_writing_leaves_whole_attempts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.syspath_prepend(str(PROGRAM.parent))
    process = start(tmp_path, 100_000, "killed")
    assert process.stdout is not None
    printed = [int(process.stdout.readline()) for _ in range(after)]
    process.send_signal(signal.SIGKILL)
    printed += [int(line) for line in process.stdout.read().splitlines()]
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    shutil.copytree(tmp_path, tmp_path / "copy")  # with the log that was not yet folded in
    for folder in (tmp_path, tmp_path / "copy"):
        with History.open(folder) as history:
            attempts = history.attempts()
            assert history.add(make_score(), "goes on") == attempts[0].id + 1
        assert {attempt.id for attempt in attempts} >= set(printed)
        assert_whole(attempts)
