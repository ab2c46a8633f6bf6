"""Attempts as rows of the history file and as objects."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import groupby

from voicecoach.scoring.results import PhoneScore, SentenceScore, WordScore

_ATTEMPT = "text, sentence_id, accuracy, fluency, prosody, completeness, total, duration_ms"
_WORD = "text, accuracy, total, start_ms, end_ms, error"
_PHONE = "phone, score, start_ms, end_ms, flagged, realised, confidence"


@dataclass(frozen=True)
class Attempt:
    """One scored reading of a sentence.

    ``time`` is UTC, to the millisecond. ``sentence_id`` is that of the course, None for a text of
    the learner's own. ``score`` is what the scorer said, with ``text``; what the history does not
    keep (``stress``, ``other_probability``, ``goodness``, ``snr_db``) has its default.
    ``recording`` is a file name in the history's folder of recordings, None where none was kept.
    """

    id: int
    time: datetime
    text: str
    sentence_id: str | None
    score: SentenceScore
    recording: str | None


def to_utc_text(time: datetime) -> str:
    """How times stand in the file: UTC, ISO 8601, milliseconds. Such texts sort by time.

    Raises:
        ValueError: ``time`` has no time zone.
    """
    if time.tzinfo is None:
        raise ValueError("a time needs its time zone")
    return time.astimezone(timezone.utc).isoformat(timespec="milliseconds")


def insert(
    connection: sqlite3.Connection,
    time: datetime,
    text: str,
    sentence_id: str | None,
    score: SentenceScore,
) -> int:
    """Writes an attempt with its words and phones, inside a transaction of the caller.

    Returns:
        Its id.

    Raises:
        ValueError: ``time`` has no time zone.
    """
    values = (score.accuracy, score.fluency, score.prosody, score.completeness, score.total)
    row = (to_utc_text(time), text, sentence_id, *map(float, values), float(score.duration_ms))
    attempt = connection.execute(
        f"INSERT INTO attempts (time, {_ATTEMPT}) VALUES ({_marks(row)})", row
    ).lastrowid
    assert attempt is not None
    words, phones = [], []
    for index, word in enumerate(score.words):
        times = (float(word.start_ms), float(word.end_ms))
        scores = (float(word.accuracy), float(word.total))
        words.append((attempt, index, word.text, *scores, *times, word.error))
        for position, phone in enumerate(word.phones):
            phones.append((attempt, index, position, *_phone_row(phone)))
    _insert_all(connection, "words", f"attempt, position, {_WORD}", words)
    _insert_all(connection, "phones", f"attempt, word, position, {_PHONE}", phones)
    return attempt


def load(
    connection: sqlite3.Connection, condition: str, values: Sequence[object] = ()
) -> Iterator[Attempt]:
    """Attempts with words and phones, the latest first, inside a transaction of the caller.

    Args:
        connection: to the file.
        condition: SQL over the table ``attempts``, fixed text with ``?``.
        values: for each ``?``.
    """
    rows = connection.execute(
        f"SELECT id, time, recording, {_ATTEMPT} FROM attempts WHERE {condition} "
        "ORDER BY time DESC, id DESC",
        values,
    )
    for attempt, time, recording, text, sentence_id, *scores in rows:
        score = SentenceScore(text, *scores, words=_words(connection, attempt))
        yield Attempt(attempt, datetime.fromisoformat(time), text, sentence_id, score, recording)


def _words(connection: sqlite3.Connection, attempt: int) -> tuple[WordScore, ...]:
    rows = connection.execute(
        f"SELECT word, {_PHONE} FROM phones WHERE attempt = ? ORDER BY word, position", (attempt,)
    )
    phones = {
        word: tuple(_phone(*values) for _, *values in group)
        for word, group in groupby(rows, key=lambda row: row[0])
    }
    rows = connection.execute(
        f"SELECT position, {_WORD} FROM words WHERE attempt = ? ORDER BY position", (attempt,)
    )
    return tuple(
        WordScore(*values, phones=phones.get(position, ()), error=error)
        for position, *values, error in rows
    )


def _phone_row(phone: PhoneScore) -> tuple[object, ...]:
    times = (float(phone.start_ms), float(phone.end_ms))
    heard = (bool(phone.flagged), phone.realised, float(phone.confidence))
    return (phone.phone, float(phone.score), *times, *heard)


def _phone(
    phone: str,
    score: float,
    start_ms: float,
    end_ms: float,
    flagged: int,
    realised: str | None,
    confidence: float,
) -> PhoneScore:
    return PhoneScore(phone, score, start_ms, end_ms, bool(flagged), realised, confidence)


def _insert_all(
    connection: sqlite3.Connection, table: str, columns: str, rows: list[tuple]
) -> None:
    if rows:
        connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({_marks(rows[0])})", rows)


def _marks(row: Sequence[object]) -> str:
    return ", ".join("?" * len(row))
