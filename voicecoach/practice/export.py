"""The history for other programs.

CSV has a row for each phone, with its word and its attempt repeated beside it; a word without
phones, or an attempt without words, has one row with empty fields. JSON has the same, nested.
Both have all that is kept, the latest attempt first; scores of sentences and words run from 0 to
10, those of phones from 0 to 2. ``recording`` is a file name in the folder ``recordings``.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from voicecoach.data.atomic import replacing
from voicecoach.errors import InputError
from voicecoach.practice.attempts import Attempt
from voicecoach.scoring.results import PhoneScore, WordScore

_SCORES = ("accuracy", "fluency", "prosody", "completeness", "total", "duration_ms")
_WORD = ("text", "accuracy", "total", "start_ms", "end_ms", "error")
_PHONE = ("phone", "score", "start_ms", "end_ms", "flagged", "realised", "confidence")

COLUMNS = (
    *("attempt", "time", "text", "sentence_id", "recording", *_SCORES),
    *("word_number", *(f"word_{name}" for name in _WORD)),
    *("phone_number", *(name if name == "phone" else f"phone_{name}" for name in _PHONE)),
)
"""Of the CSV file. Words count from 1 in their sentence, phones from 1 in their word."""


def write(path: str | Path, attempts: Iterable[Attempt]) -> int:
    """Writes attempts under a temporary name, then moves the file to ``path``.

    Returns:
        The number of attempts.

    Raises:
        InputError: ``path`` ends neither in .csv nor in .json, or cannot be written.
    """
    writer = {".csv": _write_csv, ".json": _write_json}.get(Path(path).suffix.lower())
    if writer is None:
        raise InputError(f"Cannot write {path}: the name must end in .csv or .json.")
    with replacing(path) as temporary:
        return writer(temporary, attempts)


def _write_csv(path: Path, attempts: Iterable[Attempt]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)  # lines end in CR LF (RFC 4180): a lone CR would not be quoted
        table.writerow(COLUMNS)
        for attempt in attempts:
            table.writerows(_csv_rows(attempt))
            count += 1
    return count


def _csv_rows(attempt: Attempt) -> Iterator[list[Any]]:
    first = list(_attempt(attempt).values())
    no_word, no_phone = [None] * (len(_WORD) + 1), [None] * (len(_PHONE) + 1)
    if not attempt.score.words:
        yield [*first, *no_word, *no_phone]
    for number, word in enumerate(attempt.score.words, 1):
        second = [number, *_values(word, _WORD).values()]
        if not word.phones:
            yield [*first, *second, *no_phone]
        for position, phone in enumerate(word.phones, 1):
            values = _values(phone, _PHONE)
            values["flagged"] = int(phone.flagged)
            yield [*first, *second, position, *values.values()]


def _write_json(path: Path, attempts: Iterable[Attempt]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"attempts": [')  # one by one: years of practice need no memory
        for attempt in attempts:
            file.write(",\n" if count else "\n")
            json.dump(_nested(attempt), file, ensure_ascii=False, allow_nan=False)
            count += 1
        file.write("\n]}\n")
    return count


def _nested(attempt: Attempt) -> dict[str, Any]:
    words = [
        {
            **_values(word, _WORD),
            "phones": [_values(phone, _PHONE) for phone in word.phones],
        }
        for word in attempt.score.words
    ]
    return {**_attempt(attempt), "words": words}


def _attempt(attempt: Attempt) -> dict[str, Any]:
    scores = {name: getattr(attempt.score, name) for name in _SCORES}
    return {
        "attempt": attempt.id,
        "time": attempt.time.isoformat(timespec="milliseconds"),
        "text": attempt.text,
        "sentence_id": attempt.sentence_id,
        "recording": attempt.recording,
        **scores,
    }


def _values(item: WordScore | PhoneScore, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(item, name) for name in names}
