"""The file of the history: where it is, other versions, damage, and several programs at once."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from voicecoach.errors import InputError
from voicecoach.practice import database
from voicecoach.practice.attempts import Attempt
from voicecoach.practice.history import History
from voicecoach.scoring.results import PhoneScore, SentenceScore, WordScore

PROGRAM = Path(__file__).with_name("history_program.py")
NOON = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
MakeScore = Callable[..., SentenceScore]


def file_of(history: History) -> Path:
    return history.folder / "history.sqlite3"


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
def test_a_damaged_file_is_refused_and_left_as_it_is(
    tmp_path: Path, damage: str, make_score: MakeScore
) -> None:
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


def test_version_1_is_migrated_with_its_attempts(tmp_path: Path, make_score: MakeScore) -> None:
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


def test_a_full_disk_keeps_whole_attempts_only(history: History, make_score: MakeScore) -> None:
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
    history: History, monkeypatch: pytest.MonkeyPatch, make_score: MakeScore
) -> None:
    monkeypatch.setattr(database, "_BUSY_S", 0.01)
    with (
        History.open(history.folder) as other,
        history._database.transaction(write=True),
        pytest.raises(InputError, match="in use by another program"),
    ):
        other.add(make_score(), "a")


def test_an_error_of_ours_is_not_blamed_on_the_file(
    history: History, make_score: MakeScore
) -> None:
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
    from history_program import make_score

    for attempt in attempts:
        assert attempt.score == make_score(attempt.text)


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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int, make_score: MakeScore
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
