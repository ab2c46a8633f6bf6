"""Text files of lines with an id: what Kaldi folders are made of."""

import re
from pathlib import Path

from voicecoach.errors import InputError

_BLANKS = re.compile(r"[ \t]+")


def lines(path: Path) -> list[tuple[int, str]]:
    """Lines with their numbers from 1; empty ones, a byte order mark and ``\\r`` are left out.

    Raises:
        InputError: the file is missing, cannot be read or is not UTF-8.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"There is no {path}: give a folder or list that has it.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text: convert it (iconv -t UTF-8).") from error
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.") from error
    # Not splitlines(): it would also cut at characters that may stand inside a text.
    numbered = enumerate(content.split("\n"), start=1)
    return [(number, line.rstrip("\r")) for number, line in numbered if line.strip()]


def read_table(path: Path) -> dict[str, str]:
    """Lines of an id, blanks or tabs, and a value.

    Raises:
        InputError: as ``lines``; a line has no value, an id is there twice, or there is no line.
    """
    table: dict[str, str] = {}
    for number, line in lines(path):
        parts = _BLANKS.split(line.strip(), maxsplit=1)
        if len(parts) != 2:
            raise InputError(f"{path} line {number}: '{parts[0]}' has no value: write 'id value'.")
        if parts[0] in table:
            raise InputError(f"{path} line {number}: the id {parts[0]} is there twice: keep one.")
        table[parts[0]] = parts[1]
    if not table:
        raise InputError(f"{path} is empty: it needs one line per id.")
    return table


def read_optional(path: Path) -> dict[str, str]:
    """``read_table``, or an empty table where there is no such file."""
    return read_table(path) if path.exists() else {}


def read_ages(path: Path) -> dict[str, int]:
    """Speaker to age in years; empty where there is no such file. Raises ``InputError``."""
    ages = {}
    for speaker, age in read_optional(path).items():
        if not (age.isascii() and age.isdigit()) or int(age) > 150:
            raise InputError(f"{path}: the age of {speaker} is '{age}', not a number of years.")
        ages[speaker] = int(age)
    return ages


def check_same_ids(first: dict, first_path: Path, second: dict, second_path: Path) -> None:
    """Raises ``InputError`` that names an id which only one of the two tables has."""
    for here, here_path, there, there_path in (
        (first, first_path, second, second_path),
        (second, second_path, first, first_path),
    ):
        missing = here.keys() - there.keys()
        if missing:
            raise InputError(
                f"{min(missing)} is in {here_path} but not in {there_path} "
                f"({len(missing)} such): add or remove it."
            )
