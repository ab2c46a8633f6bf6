"""Several results of ``voicecoach measure`` side by side, or their spread over seeds."""

import json
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from voicecoach.errors import InputError
from voicecoach.metrics.report import format_number

MEASURES = {
    "phone PCC": ("phone", "pcc"),
    "word total PCC": ("word", "total", "pcc"),
    "sentence total PCC": ("sentence", "total", "pcc"),
    "sentence fluency PCC": ("sentence", "fluency", "pcc"),
    "sentence prosody PCC": ("sentence", "prosodic", "pcc"),
    "best F1 over thresholds": ("detection", "best_f1", "f1"),
    "flagged phones: precision": ("detection", "flagged", "precision"),
    "flagged phones: recall": ("detection", "flagged", "recall"),
}
"""Names as in results.md, and where ``score_metrics`` puts the measure."""

Measured = dict[str, float | None]
"""One file's value of each of ``MEASURES``; None where it has none."""


@dataclass(frozen=True)
class Spread:
    """Mean and sample deviation over the ``n`` files that have the measure.

    ``mean`` is None where none has it, ``deviation`` where fewer than two have.
    """

    mean: float | None
    deviation: float | None
    n: int


def load(path: str | Path) -> Measured:
    """The measures of a metrics.json.

    Raises:
        InputError: the file cannot be read, or was not written by ``voicecoach measure``.
    """
    try:
        metrics = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:  # covers bad UTF-8 and bad JSON
        raise InputError(
            f"{path} is not valid UTF-8 JSON ({error}): give a metrics.json of voicecoach measure."
        ) from error
    measured = {name: _value(metrics, keys, path) for name, keys in MEASURES.items()}
    if all(value is None for value in measured.values()):
        raise InputError(
            f"{path} holds none of the measures: give a metrics.json of voicecoach measure."
        )
    return measured


def short_names(paths: Sequence[str | Path]) -> list[str]:
    """Names files by their folders: the part of the path in which they differ.

    Files of one folder are named with their file names too.

    Raises:
        InputError: a file is given twice.
    """
    full = [Path(path).resolve() for path in paths]
    for path, at in zip(paths, full, strict=True):
        if full.count(at) > 1:
            raise InputError(f"{path} is given twice: give each file once.")
    parts = [path.parent.parts for path in full]
    if len(set(parts)) < len(parts):
        parts = [path.parts for path in full]
    if len(parts) < 2:
        return [part[-1] for part in parts]
    for end in (-1, 0):  # what all have at the end, such as "test", then what all begin with
        while min(map(len, parts)) > 1 and len({part[end] for part in parts}) == 1:
            parts = [part[:-1] if end else part[1:] for part in parts]
    return [Path(*part).as_posix() for part in parts]


def side_by_side(files: Mapping[str, Measured]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a table: a row per measure that a file has, a column per file."""
    rows = [
        [name, *(format_number(measured[name]) for measured in files.values())]
        for name in _present(list(files.values()))
    ]
    return ["measure", *files], rows


def spreads(files: Sequence[Measured]) -> dict[str, Spread]:
    """How each measure that a file has varies over the files.

    Raises:
        InputError: there are fewer than two files.
    """
    if len(files) < 2:
        raise InputError("One file has no spread: give a metrics.json of each of several seeds.")
    result = {}
    for name in _present(files):
        values = [value for measured in files if (value := measured[name]) is not None]
        deviation = statistics.stdev(values) if len(values) > 1 else None
        result[name] = Spread(statistics.fmean(values), deviation, len(values))
    return result


def spread_table(found: Mapping[str, Spread]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the table with one column for ``spreads``."""
    rows = [
        [name, f"{format_number(s.mean)} ± {format_number(s.deviation)} ({s.n})"]
        for name, s in found.items()
    ]
    return ["measure", "mean ± standard deviation (n)"], rows


def _present(files: Sequence[Measured]) -> list[str]:
    return [name for name in MEASURES if any(measured[name] is not None for measured in files)]


def _value(metrics: object, keys: Sequence[str], path: str | Path) -> float | None:
    found = metrics
    for key in (*keys, "value"):
        if found is None:  # such as "flagged" of scores without flags
            return None
        if not isinstance(found, Mapping):
            raise InputError(
                f"{path} has no measures at {'.'.join(keys)}: give a metrics.json of voicecoach "
                "measure."
            )
        found = found.get(key)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise InputError(f"{path}: {'.'.join(keys)} is {found!r}, not a number: measure it again.")
    return float(found)
