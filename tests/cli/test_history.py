import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

from voicecoach.practice.history import History
from voicecoach.scoring.results import PhoneScore, SentenceScore, WordScore

Run = Callable[..., Result]
NOW = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty history; it is noon in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setenv("VOICECOACH_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("voicecoach.cli.history._now", lambda: NOW)
    yield tmp_path / "data"
    monkeypatch.undo()
    time.tzset()


def add(history: History, days_ago: int, total: float, th: float, **more: object) -> None:
    phones = (
        PhoneScore("TH", th, 0, 90, th < 1, "S" if th < 1 else "TH", 0.9),
        PhoneScore("IH", 1.9, 90, 150, False, "IH", 0.9),
    )
    word = WordScore("think", total, total, 0, 150, phones)
    score = SentenceScore("I think so", total, total, total, 10, total, 30_000, (word,))
    history.add(score, score.text, time=NOW - timedelta(days=days_ago), **more)


@pytest.fixture
def practised(folder: Path) -> Path:
    """Three attempts on two days, a week apart, with one recording."""
    with History.open() as history:
        add(history, 8, 5.0, 0.3)
        add(history, 1, 7.0, 0.5)
        history.keep_recordings = True
        add(history, 1, 8.0, 1.7, waveform=np.zeros(800), sample_rate=16000)
    return folder


def test_empty_history_says_what_to_run(run: Run) -> None:
    result = run("history")
    assert result.exit_code == 0
    assert result.stdout == "No attempts yet. Practise with: voicecoach practice\n"


def test_table_totals_and_curves(run: Run, practised: Path) -> None:
    result = run("history")
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    first, second = (line for line in lines if line[:1] == ["2026-11-19"])
    assert first == ["2026-11-19", "12:00", "8.0", "I", "think", "so", "-"]
    assert second[2:] == ["7.0", "I", "think", "so", "θ"]
    assert "Days in a row: 1." in result.stdout
    assert "Attempts: 3, different sentences: 1, days: 2, speech: 1.5 min." in result.stdout
    assert ["all", "sentences", "6.7", "of", "10", "3", "▅▇"] in lines  # 5.0, then 7.5
    assert ["θ", "thin", "0.8", "of", "2", "3", "▂▅"] in lines  # 0.3, then 1.1
    assert "Recordings kept: 1." in result.stdout


def test_last_and_since_show_less(run: Run, practised: Path) -> None:
    assert run("history", "--last", "1").stdout.count("I think so") == 1
    for since in ("2026-11-19", "2d"):
        result = run("history", "--since", since)
        assert result.stdout.count("I think so") == 2
        assert "Attempts: 2," in result.stdout
    result = run("history", "--since", "1d")
    assert "No attempts since 2026-11-20" in result.stdout


def test_plain_has_no_tables_and_curves(run: Run, practised: Path) -> None:
    result = run("history", "--plain")
    assert '2026-11-19 12:00: "I think so", 7.0 of 10. To change: θ.' in result.stdout
    assert "To change: nothing." in result.stdout
    assert 'θ as in "thin": from 0.3 of 2 on 2026-11-12 to 1.1 on 2026-11-19.' in result.stdout
    assert not set(result.stdout) & set("▁▂▃▄▅▆▇█│")


def test_narrow_terminal_gets_sentences(
    run: Run, practised: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    result = run("history")
    assert "To change: θ." in " ".join(result.stdout.split())
    assert max(map(len, result.stdout.splitlines())) <= 40
    assert max(map(len, run("history", "--phone", "TH").stdout.splitlines())) <= 40


@pytest.mark.parametrize("name", ["TH", "th", "θ"])
def test_one_sound_day_by_day(run: Run, practised: Path, name: str) -> None:
    result = run("history", "--phone", name)
    lines = result.stdout.splitlines()
    assert lines[0] == 'θ as in "thin": mean 0.8 of 2, said 3 times, to change 2 times.'
    assert lines[2].startswith("2026-11-12  0.3 of 2  ██████░")
    assert lines[2].endswith("  once")
    assert lines[3].endswith("  2 times")
    plain = run("history", "--phone", name, "--plain").stdout
    assert "2026-11-12: 0.3 of 2, once." in plain
    assert "█" not in plain


def test_a_sound_that_was_not_practised(run: Run, practised: Path) -> None:
    result = run("history", "--phone", "ZH")
    assert result.exit_code == 0
    assert result.stdout.startswith('ʒ as in "vision" was not in the sentences')


def test_terminal_without_unicode_gets_digits(practised: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "voicecoach", "history"],
        capture_output=True,
        env={
            "PYTHONIOENCODING": "ascii",
            "PATH": "",
            "COLUMNS": "80",
            "PYTHONPATH": ":".join(sys.path),
            "VOICECOACH_DATA": str(practised),
        },
    )
    assert done.returncode == 0, done.stderr
    assert b" 57" in done.stdout  # 5.0 and 7.5 of 10, in tenths of the scale


def test_json_has_everything_and_nothing_else_is_printed(
    run: Run, practised: Path, tmp_path: Path
) -> None:
    content = json.loads(run("history", "--json", "--png", tmp_path / "a.png").stdout)
    assert content["folder"] == str(practised)
    assert content["keep_recordings"] is True
    assert content["streak_days"] == 1
    assert content["totals"]["attempts"] == 3
    assert [attempt["flagged"] for attempt in content["attempts"]] == [[], ["TH"], ["TH"]]
    assert Path(content["attempts"][0]["recording"]).is_file()
    assert content["hardest"][0]["ipa"] == "θ"
    assert content["hardest"][0]["keyword"] == "thin"
    days = content["over_time"]["phones"]["TH"]
    assert days[0] == {"day": "2026-11-12", "mean": 0.3, "count": 1}


def test_json_of_an_empty_history(run: Run) -> None:
    content = json.loads(run("history", "--json").stdout)
    assert content["attempts"] == content["hardest"] == content["over_time"]["total"] == []


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_picture(run: Run, practised: Path, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "out" / f"progress{suffix}"
    result = run("history", "--png", path)
    assert result.exit_code == 0, result.stderr
    assert f"Written: {path}." in result.stdout.replace("\n", "")
    assert path.stat().st_size > 5000
    assert list(path.parent.iterdir()) == [path]


def test_picture_that_cannot_be_drawn(run: Run, practised: Path, tmp_path: Path) -> None:
    result = run("history", "--png", tmp_path / "a.jpg")
    assert result.exit_code == 2
    assert "must end in .png or .svg" in result.stderr
    assert run("history", "--png", tmp_path / "a.png", "--since", "1d").exit_code == 2


def test_picture_without_matplotlib_says_how_to_get_it(
    run: Run, practised: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = run("history", "--png", tmp_path / "a.png")
    assert result.exit_code == 2
    assert "pip install matplotlib" in result.stderr


def test_export(run: Run, practised: Path, tmp_path: Path) -> None:
    for name in ("a.csv", "a.json"):
        result = run("history", "--export", tmp_path / name)
        assert result.exit_code == 0
        assert "(3 attempts)" in result.stdout
        assert (tmp_path / name).read_text(encoding="utf-8").count("I think so") >= 3
    refused = run("history", "--export", tmp_path / "a.txt")
    assert refused.exit_code == 2
    assert "must end in .csv or .json" in refused.stderr


def test_recordings_on_and_off(run: Run, practised: Path) -> None:
    off = run("history", "--keep-recordings", "off")
    assert "no recording is kept" in off.stdout
    assert "Still there: 1 recording;" in off.stdout
    with History.open() as history:
        assert not history.keep_recordings
    assert str(practised) in run("history", "--keep-recordings", "on").stdout.replace("\n", "")
    assert run("history", "--keep-recordings", "maybe").exit_code == 2


@pytest.mark.parametrize(("answer", "gone"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_delete_asks(run: Run, practised: Path, answer: str, gone: bool) -> None:
    result = run("history", "--delete", stdin=answer)
    assert result.exit_code == 0
    assert "Delete 3 attempts, 1 recording and the settings in" in result.stdout
    with History.open() as history:
        assert (history.attempts() == []) == gone
    assert (practised / "recordings").exists() != gone


def test_delete_without_question_or_without_answer(run: Run, practised: Path) -> None:
    nobody = run("history", "--delete", stdin="")
    assert nobody.exit_code == 2
    assert "give --yes" in nobody.stderr
    result = run("history", "--delete", "--yes")
    assert result.exit_code == 0
    assert "Deleted: 3 attempts" in result.stdout
    assert "No attempts yet" in run("history").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--phone", "XX"), "--phone XX is no sound: give one of AA"),
        (("--phone", "θɪ"), "is no sound"),
        (("--since", "yesterday"), "write it as 2026-11-01, or 30d"),
        (("--since", "2026-13-01"), "is no day"),
        (("--since", "99999999d"), "is no day"),
        (("--delete", "--export", "a.csv"), "at a time"),
        (("--yes",), "--yes goes with --delete"),
        (("--export", "a.csv", "--since", "2d"), "leave --phone and --since out"),
    ],
)
def test_options_that_cannot_be_used(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run("history", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("damage", ["damaged", "newer", "folder"])
def test_a_history_that_cannot_be_opened_is_one_sentence(
    run: Run, practised: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = practised / "history.sqlite3"
    if damage == "damaged":
        path.write_bytes(b"x" * 5000)
    elif damage == "newer":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 99")
    else:
        monkeypatch.setenv("VOICECOACH_DATA", str(path / "inside"))
    result = run("history")
    assert result.exit_code == 2
    assert result.stderr.startswith("voicecoach: ")
    assert result.stderr.count("\n") == 1
