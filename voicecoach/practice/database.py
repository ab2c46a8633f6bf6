"""The SQLite file of the learner's history: how it is opened, and what its errors mean."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from voicecoach.data.home import FOLDER_VARIABLE, explained
from voicecoach.errors import InputError

_NAME = "history.sqlite3"
_BUSY_S = 10.0  # how long another process may write before we give up
_RETRY_S = 0.02

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE attempts (
            id INTEGER PRIMARY KEY,
            time TEXT NOT NULL,  -- UTC, ISO 8601 with milliseconds: sorts as text
            text TEXT NOT NULL,
            sentence_id TEXT,
            accuracy REAL NOT NULL,
            fluency REAL NOT NULL,
            prosody REAL NOT NULL,
            completeness REAL NOT NULL,
            total REAL NOT NULL,
            duration_ms REAL NOT NULL
        )""",
        "CREATE INDEX attempts_time ON attempts (time)",
        """CREATE TABLE words (
            attempt INTEGER NOT NULL REFERENCES attempts (id),
            position INTEGER NOT NULL,
            text TEXT NOT NULL,
            accuracy REAL NOT NULL,
            total REAL NOT NULL,
            start_ms REAL NOT NULL,
            end_ms REAL NOT NULL,
            error TEXT NOT NULL,
            PRIMARY KEY (attempt, position)
        ) WITHOUT ROWID""",
        """CREATE TABLE phones (
            attempt INTEGER NOT NULL REFERENCES attempts (id),
            word INTEGER NOT NULL,
            position INTEGER NOT NULL,
            phone TEXT NOT NULL,
            score REAL NOT NULL,
            start_ms REAL NOT NULL,
            end_ms REAL NOT NULL,
            flagged INTEGER NOT NULL,
            realised TEXT,
            confidence REAL NOT NULL,
            PRIMARY KEY (attempt, word, position)
        ) WITHOUT ROWID""",
    ),
    (
        "ALTER TABLE attempts ADD COLUMN recording TEXT",  # file name in the folder recordings
        "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    ),
)
"""Step ``n`` (from 0) takes a file of version ``n`` to ``n + 1``. Steps are added, never changed:
somebody's file has been through them."""


class Database:
    """An open history file. For one thread; every process and thread opens its own.

    ``path`` is the file.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, folder: Path) -> "Database":
        """Opens or makes the file, and brings it to the newest version.

        Args:
            folder: made where it is missing, for its owner only.

        Raises:
            InputError: the folder cannot be written, the file is damaged (it is left as it is), no
                history, or of a newer voicecoach, or another process keeps it busy.
        """
        path = folder / _NAME
        with explained(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            has_content = path.exists() and path.stat().st_size > 0
        with _explained(path):
            if has_content:
                _check(path)
            connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
            try:
                _use_write_ahead_log(connection)
                _migrate(connection)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

    @contextmanager
    def transaction(self, write: bool = False) -> Iterator[sqlite3.Connection]:
        """All statements of the block see one state of the file, and take effect together.

        Raises:
            InputError: the file cannot be read or written; then nothing of the block is kept.
        """
        with _explained(self.path), _transaction(self._connection, write):
            yield self._connection

    def shrink(self) -> None:
        """Gives the space of deleted rows back, in the file and in its log.

        Raises:
            InputError: the file cannot be written.
        """
        with _explained(self.path):
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Closes the file; a second time does nothing."""
        self._connection.close()


@contextmanager
def _transaction(connection: sqlite3.Connection, write: bool) -> Iterator[None]:
    # IMMEDIATE waits for other writers here; a later upgrade of a reader could not wait.
    connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # on a full disk SQLite has already rolled back
            connection.execute("ROLLBACK")
        raise


def _check(path: Path) -> None:
    """Refuses a file that is damaged or not ours, by a connection that cannot change it."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_S)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(found.splitlines()[-1])
        version = _version(connection)
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if version == 0 and tables:
        raise InputError(
            f"{path} is a database of another program: name another folder in the environment "
            f"variable {FOLDER_VARIABLE}."
        )
    _refuse_newer(version, path)


def _version(connection: sqlite3.Connection) -> int:
    return connection.execute("PRAGMA user_version").fetchone()[0]


def _refuse_newer(version: int, path: Path) -> None:
    if version > len(MIGRATIONS):
        raise InputError(
            f"{path} was written by a newer voicecoach (version {version} of the file, this one "
            f"knows {len(MIGRATIONS)}): update voicecoach."
        )


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Readers and a writer then do not wait for each other. The file remembers it."""
    deadline = time.monotonic() + _BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # Two processes that make the file at once: this one lock ignores the busy timeout.
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_S)


def _migrate(connection: sqlite3.Connection) -> None:
    version = _version(connection)
    while version < len(MIGRATIONS):
        with _transaction(connection, write=True):
            version = _version(connection)  # another process may have been quicker
            if version < len(MIGRATIONS):
                for statement in MIGRATIONS[version]:
                    connection.execute(statement)
                version += 1
                connection.execute(f"PRAGMA user_version = {version}")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turns what SQLite says about the file into a sentence for its owner."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise  # our own mistake, not the file's
    except sqlite3.DatabaseError as error:
        raise InputError(_sentence(path, error)) from error


def _sentence(path: Path, error: sqlite3.DatabaseError) -> str:
    reason = str(error)  # error codes exist from Python 3.11 on only
    if "locked" in reason or "busy" in reason:
        return f"{path} is in use by another program: close that one, or try again later."
    if "full" in reason:
        return f"Cannot write {path} (the disk is full): make room and try again."
    if isinstance(error, sqlite3.OperationalError) and "malformed" not in reason:
        return (
            f"Cannot use {path} ({reason}): check its permissions and the disk, or name another "
            f"folder in the environment variable {FOLDER_VARIABLE}."
        )
    return (
        f"{path} is damaged ({reason}): put a copy of yours in its place, or move it away and a "
        "new history is started."
    )
