"""What the learner has practised, and how it went: kept on this machine, in a file of SQLite.

    with History.open() as history:
        history.add(score, text)
        for attempt in history.attempts(10): ...

An attempt is written as a whole or not at all, whatever ends the program. Several processes may
use one history at once. Recordings are kept only where the learner asked for it.
"""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.data.home import data_folder
from voicecoach.practice import attempts as rows
from voicecoach.practice.attempts import Attempt
from voicecoach.practice.database import Database
from voicecoach.practice.progress import DayMean, PhoneMean, Review, Totals, hardest
from voicecoach.practice.recordings import delete_recordings, save_recording
from voicecoach.scoring.results import SentenceScore

if TYPE_CHECKING:
    import sqlite3

    import numpy as np

_KEEP = "keep_recordings"
_ALL = "0000"  # sorts before every time

# A day is the learner's own, not that of UTC.
_DAY = "date(time, 'localtime')"
# A word that was left out says nothing about how hard its sounds are.
_SAID = "phones JOIN words ON words.attempt = phones.attempt AND words.position = phones.word " + (
    "JOIN attempts ON attempts.id = phones.attempt WHERE words.error != 'omission' AND time >= ?"
)


class History:
    """The attempts of one learner. For one thread; each process and thread opens its own.

    ``folder`` holds the file and, where recordings are kept, the folder of recordings. Methods
    raise ``InputError`` where the file cannot be read or written; ``since`` has a time zone
    (``ValueError`` without), and None means from the beginning.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database

    @classmethod
    def open(cls, folder: str | Path | None = None) -> "History":
        """Opens the history, or starts an empty one.

        Args:
            folder: of the learner's data; None means ``$VOICECOACH_DATA`` or the user's own.

        Raises:
            InputError: the folder cannot be written, or the file is damaged (it is left as it is),
                no history, of a newer voicecoach, or kept busy by another program.
        """
        folder = data_folder(folder)
        return cls(folder, Database.open(folder))

    def __enter__(self) -> "History":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; a second time does nothing."""
        self._database.close()

    @property
    def keep_recordings(self) -> bool:
        """Whether ``add`` keeps recordings, which the learner decides; at first it does not."""
        with self._database.transaction() as connection:
            return _keeps_recordings(connection)

    @keep_recordings.setter
    def keep_recordings(self, wanted: bool) -> None:
        value = "on" if wanted else "off"
        with self._database.transaction(write=True) as connection:
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (_KEEP, value))

    def add(
        self,
        score: SentenceScore,
        text: str,
        sentence_id: str | None = None,
        waveform: "np.ndarray | None" = None,
        sample_rate: int | None = None,
        time: datetime | None = None,
    ) -> int:
        """Keeps an attempt, in one transaction.

        Args:
            score: what the scorer said.
            text: the sentence that was read.
            sentence_id: its id in the course; None for a text of the learner's own.
            waveform: (n_samples,) float in [-1, 1]; written as FLAC only if ``keep_recordings``.
            sample_rate: Hz, of ``waveform``.
            time: when it was said, with time zone; None means now.

        Returns:
            The attempt's id.

        Raises:
            InputError: the file or the recording cannot be written; then nothing is kept.
            ValueError: a waveform without a sample rate, or a time without a time zone.
        """
        if waveform is not None and sample_rate is None:
            raise ValueError("a waveform needs its sample rate")
        if time is None:
            time = datetime.now(timezone.utc)
        with self._database.transaction(write=True) as connection:
            attempt = rows.insert(connection, time, text, sentence_id, score)
            if waveform is not None and _keeps_recordings(connection):
                name = save_recording(self._recordings, attempt, waveform, sample_rate)
                connection.execute(
                    "UPDATE attempts SET recording = ? WHERE id = ?", (name, attempt)
                )
        return attempt

    def attempts(self, limit: int | None = None, since: datetime | None = None) -> list[Attempt]:
        """The last ``limit`` attempts with their words and phones, the latest first."""
        condition = "id IN (SELECT id FROM attempts WHERE time >= ? ORDER BY time DESC, id DESC "
        values = (_from(since), -1 if limit is None else limit)
        with self._database.transaction() as connection:
            return list(rows.load(connection, f"{condition} LIMIT ?)", values))

    def best(self, text: str) -> Attempt | None:
        """The attempt at ``text`` with the highest total, the latest of equals; None without any.

        Upper and lower case are one.
        """
        condition = (
            "id = (SELECT id FROM attempts WHERE trim(text) = trim(?) COLLATE NOCASE "
            "ORDER BY total DESC, time DESC, id DESC LIMIT 1)"
        )
        with self._database.transaction() as connection:
            return next(rows.load(connection, condition, (text,)), None)

    def recording(self, attempt: Attempt) -> Path | None:
        """The FLAC file of an attempt; None where none was kept or somebody took it away."""
        path = self._recordings / (attempt.recording or "")
        return path if path.is_file() else None

    def reviews(self) -> list[Review]:
        """When each sentence of the course was read, and how well, the earliest first."""
        query = "SELECT sentence_id, time, total FROM attempts WHERE sentence_id IS NOT NULL"
        return [
            Review(sentence_id, datetime.fromisoformat(time), total)
            for sentence_id, time, total in self._rows(f"{query} ORDER BY time, id")
        ]

    def phone_means(self, since: datetime | None = None) -> dict[str, PhoneMean]:
        """How each phone went that was practised, by its ARPAbet name."""
        query = (
            f"SELECT phone, avg(phones.score), count(*), sum(flagged) FROM {_SAID} "
            "GROUP BY phone ORDER BY phone"
        )
        return {row[0]: PhoneMean(*row) for row in self._rows(query, _from(since))}

    def hardest_phones(self, n: int, since: datetime | None = None) -> list[PhoneMean]:
        """The ``n`` hardest of the practised phones, the hardest first; ``hardest`` says how."""
        return hardest(self.phone_means(since), n)

    def scores_over_time(
        self, phone: str | None = None, since: datetime | None = None
    ) -> list[DayMean]:
        """The mean score of each day with practice, in order.

        Args:
            phone: ARPAbet without stress, for its scores (0-2); None for sentence totals (0-10).
            since: nothing before it counts.
        """
        if phone is None:
            query = f"SELECT {_DAY}, avg(total), count(*) FROM attempts WHERE time >= ?"
            values = (_from(since),)
        else:
            query = f"SELECT {_DAY}, avg(phones.score), count(*) FROM {_SAID} AND phone = ?"
            values = (_from(since), phone)
        found = self._rows(f"{query} GROUP BY 1 ORDER BY 1", *values)
        return [DayMean(date.fromisoformat(day), mean, count) for day, mean, count in found]

    def streak_days(self, today: date) -> int:
        """Days in a row with practice up to ``today``; today itself may still be to come."""
        days = {row[0] for row in self._rows(f"SELECT DISTINCT {_DAY} FROM attempts")}
        day = today if today.isoformat() in days else today - timedelta(days=1)
        streak = 0
        while day.isoformat() in days:
            streak += 1
            day -= timedelta(days=1)
        return streak

    def totals(self, since: datetime | None = None) -> Totals:
        """How much was practised."""
        query = (
            f"SELECT count(*), count(DISTINCT lower(trim(text))), count(DISTINCT {_DAY}), "
            "coalesce(sum(duration_ms), 0), count(recording) FROM attempts WHERE time >= ?"
        )
        return Totals(*self._rows(query, _from(since))[0])

    def export(self, path: str | Path) -> int:
        """Writes all attempts to a file, whole or not at all; ``export`` tells the formats.

        Args:
            path: ends in .csv or .json.

        Returns:
            The number of attempts.

        Raises:
            InputError: another suffix, or the file cannot be written.
        """
        from voicecoach.practice.export import write

        with self._database.transaction() as connection:
            return write(path, rows.load(connection, "TRUE"))

    def delete(self) -> None:
        """Deletes everything: attempts, recordings and settings.

        Raises:
            InputError: a file cannot be deleted; then the attempts are still there.
        """
        # Recordings first, and inside: no other process can add one before the rows are gone.
        with self._database.transaction(write=True) as connection:
            delete_recordings(self._recordings)
            for table in ("phones", "words", "attempts", "settings"):
                connection.execute(f"DELETE FROM {table}")
        self._database.shrink()

    @property
    def _recordings(self) -> Path:
        return self.folder / "recordings"

    def _rows(self, query: str, *values: object) -> list[tuple]:
        with self._database.transaction() as connection:
            return connection.execute(query, values).fetchall()


def _keeps_recordings(connection: "sqlite3.Connection") -> bool:
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (_KEEP,)).fetchone()
    return row == ("on",)


def _from(since: datetime | None) -> str:
    return _ALL if since is None else rows.to_utc_text(since)
