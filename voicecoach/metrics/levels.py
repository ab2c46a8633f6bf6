"""Records of scored utterances as arrays of phones, words and sentences.

What a record is, ``voicecoach.metrics.scoring`` says.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from voicecoach.errors import InputError
from voicecoach.text.phones import strip_stress

CHILD_BELOW_YEARS = 16
SNR_EDGES_DB = (30.0, 40.0)
"""Limits of the middle group. Of speechocean762's 2500 training recordings 365 are below, 1296
between and 839 above, as ``audio.level.estimate_snr_db`` hears them: few are really noisy.
"""
SNR_GROUPS = (
    f"SNR under {SNR_EDGES_DB[0]:g} dB",
    f"SNR {SNR_EDGES_DB[0]:g}-{SNR_EDGES_DB[1]:g} dB",
    f"SNR over {SNR_EDGES_DB[1]:g} dB",
)
"""Names of the groups, from noisy to clear."""
WORD_FIELDS = ("accuracy", "total", "stress")
SENTENCE_FIELDS = ("accuracy", "fluency", "prosodic", "completeness", "total")
_OPTIONAL_FIELDS = frozenset({"stress"})  # no model here judges it


@dataclass(frozen=True)
class Level:
    """Scores of one level; every array is (n,), NaN where a record has no prediction."""

    predicted: dict[str, np.ndarray]
    expected: dict[str, np.ndarray]
    speaker: np.ndarray
    age: np.ndarray  # "child", "adult" or ""
    gender: np.ndarray  # "" where unknown
    snr: np.ndarray  # one of SNR_GROUPS, "" where unknown


def sentence_level(records: Sequence[Mapping]) -> Level:
    """One row per record, ``SENTENCE_FIELDS``. Raises ``InputError`` where a field is missing."""
    return _level(records, SENTENCE_FIELDS, [[(r, r["reference"])] for r in records])


def word_level(records: Sequence[Mapping]) -> Level:
    """One row per word, ``WORD_FIELDS``.

    Raises:
        InputError: a field is missing, or a record has another number of words than its reference.
    """
    pairs = []
    for record in records:
        predicted, expected = _field(record, "words", record), record["reference"]["words"]
        if len(predicted) != len(expected):
            raise InputError(
                f"{record['utt']} has {len(predicted)} scored words but {len(expected)} in the "
                "reference: score the same data folder."
            )
        pairs.append(list(zip(predicted, expected, strict=True)))
    return _level(records, WORD_FIELDS, pairs)


def phone_level(records: Sequence[Mapping]) -> tuple[Level, np.ndarray, np.ndarray | None]:
    """One row per phone, field ``accuracy``.

    Returns:
        The level, the phones without stress (n,), and whether each is flagged (n,) or None where
        a record does not say.

    Raises:
        InputError: a field is missing, or a word has other phones than its reference.
    """
    pairs, names, flagged = [], [], []
    for record in records:
        of_record = []
        for word, reference in zip(record["words"], record["reference"]["words"], strict=True):
            scores, wanted = _field(word, "phones-accuracy", record), reference["phones-accuracy"]
            said = [strip_stress(phone) for phone in word.get("phones", reference["phones"])]
            phones = [strip_stress(phone) for phone in reference["phones"]]
            flags = word.get("flagged", [None] * len(scores))
            if said != phones or len(scores) != len(wanted) or len(flags) != len(scores):
                raise InputError(
                    f"{record['utt']}: the word '{reference['text']}' is scored with the phones "
                    f"{' '.join(said)} ({len(scores)} scores) instead of {' '.join(phones)}: "
                    "score the same data folder."
                )
            of_record += [
                ({"accuracy": s}, {"accuracy": w}) for s, w in zip(scores, wanted, strict=True)
            ]
            names += phones
            flagged += flags
        pairs.append(of_record)
    decided = None if None in flagged else np.array(flagged, dtype=bool)
    return _level(records, ("accuracy",), pairs), np.array(names), decided


def phone_goodness(records: Sequence[Mapping]) -> np.ndarray | None:
    """Raw goodness of pronunciation of each phone (n,), lower is worse, in ``phone_level``'s order.

    None where a record lacks it, as those of older versions do.

    Raises:
        InputError: a word has another number of values than scores, or one is not a number.
    """
    if any("goodness" not in word for record in records for word in record["words"]):
        return None
    goodness = []
    for record in records:
        for word in record["words"]:
            values = word["goodness"]
            n_phones = len(word["phones-accuracy"])
            if not isinstance(values, list) or len(values) != n_phones:
                raise InputError(
                    f"{record['utt']}: 'goodness' is no list of {n_phones} numbers, one per phone: "
                    "score it again."
                )
            goodness += [_score({"goodness": value}, "goodness", record) for value in values]
    return np.array(goodness, dtype=np.float64)


def _level(
    records: Sequence[Mapping],
    fields: Sequence[str],
    pairs: Sequence[Sequence[tuple[Mapping, Mapping]]],
) -> Level:
    """``pairs`` holds per record the predicted and the expected scores of its units."""
    counts = [len(of_record) for of_record in pairs]
    units = [
        (record, predicted, expected)
        for record, of_record in zip(records, pairs, strict=True)
        for predicted, expected in of_record
    ]
    return Level(
        predicted={f: np.array([_score(p, f, r) for r, p, _ in units]) for f in fields},
        expected={f: np.array([e[f] for _, _, e in units], dtype=np.float64) for f in fields},
        speaker=np.repeat([str(r["speaker"]) for r in records], counts),
        age=np.repeat([age_group(r.get("age")) for r in records], counts),
        gender=np.repeat([r.get("gender") or "" for r in records], counts),
        snr=np.repeat([_snr_group(r) for r in records], counts),
    )


def age_group(age: int | None) -> str:
    """ "child", "adult", or "" where nobody knows the age in years."""
    if age is None:
        return ""
    return "child" if age < CHILD_BELOW_YEARS else "adult"


def snr_group(snr_db: float) -> str:
    """One of ``SNR_GROUPS``."""
    return SNR_GROUPS[(snr_db >= SNR_EDGES_DB[0]) + (snr_db > SNR_EDGES_DB[1])]


def _snr_group(record: Mapping) -> str:
    if record.get("snr-db") is None:
        return ""
    return snr_group(_score(record, "snr-db", record))


def _score(values: Mapping, field: str, record: Mapping) -> float:
    if field in _OPTIONAL_FIELDS and values.get(field) is None:
        return float("nan")
    score = _field(values, field, record)
    if not isinstance(score, int | float) or not math.isfinite(score):
        raise InputError(f"{record['utt']}: '{field}' is {score!r}, not a number: score it again.")
    return float(score)


def _field(values: Mapping, field: str, record: Mapping) -> object:
    if field not in values:
        raise InputError(f"The scores of {record['utt']} have no '{field}': score it again.")
    return values[field]
