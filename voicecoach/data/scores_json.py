"""Experts' scores in the ``scores.json`` format of speechocean762.

The file maps an utterance id to ``text``, ``accuracy``, ``completeness``, ``fluency``,
``prosodic``, ``total`` (0-10) and ``words``; a word has ``text``, ``accuracy``, ``stress``,
``total`` (0-10), ``phones`` (ARPAbet) and ``phones-accuracy`` (0-2, one per phone).
"""

import json
import math
from pathlib import Path

from voicecoach.data.utterance import Labels, Utterance, WordLabels
from voicecoach.errors import InputError


def load(path: str | Path) -> dict[str, dict]:
    """Reads the file as it is; ``to_labels`` checks an entry when it is needed.

    Raises:
        InputError: the file cannot be read or is no JSON object.
    """
    try:
        entries = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.") from error
    except ValueError as error:  # covers UnicodeDecodeError and JSONDecodeError
        raise InputError(f"{path} is not valid UTF-8 JSON: {error}.") from error
    if not isinstance(entries, dict):
        raise InputError(f"{path} must map utterance ids to scores, not be a list or a number.")
    return entries


def to_labels(utt: str, entry: dict, source: str | Path) -> Labels:
    """Checks one entry and gives its scores.

    Raises:
        InputError: a field is missing, is no number or is outside its scale; the sentence names
            ``source``, the utterance and the field.
    """
    where = f"{source}: utterance {utt}"
    if not isinstance(entry, dict) or not isinstance(entry.get("words"), list):
        raise InputError(f"{where} has no list 'words': write the format of speechocean762.")
    words = []
    for position, word in enumerate(entry["words"], start=1):
        at = f"{where}, word {position}"
        if not isinstance(word, dict):
            raise InputError(f"{at} is not an object with 'phones' and scores.")
        scores = word.get("phones-accuracy")
        phones = word.get("phones")
        if not isinstance(scores, list) or not isinstance(phones, list):
            raise InputError(f"{at} needs the lists 'phones' and 'phones-accuracy'.")
        if len(scores) != len(phones):
            raise InputError(
                f"{at} has {len(phones)} phones but {len(scores)} scores in 'phones-accuracy'."
            )
        words.append(
            WordLabels(
                accuracy=_score(word, "accuracy", at),
                stress=_score(word, "stress", at),
                total=_score(word, "total", at),
                phones=tuple(_in_scale(s, 2.0, "phones-accuracy", at) for s in scores),
            )
        )
    return Labels(
        accuracy=_score(entry, "accuracy", where),
        completeness=_score(entry, "completeness", where),
        fluency=_score(entry, "fluency", where),
        prosody=_score(entry, "prosodic", where),
        total=_score(entry, "total", where),
        words=tuple(words),
    )


def to_entry(utterance: Utterance) -> dict:
    """The entry of a labelled utterance; ``to_labels`` gives the same labels back.

    Raises:
        ValueError: the utterance has no labels, or they do not fit its sentence.
    """
    labels = utterance.labels
    if labels is None:
        raise ValueError(f"{utterance.utt} has no labels")
    words = []
    for word, scores in zip(utterance.sentence, labels.words, strict=True):
        if len(word.phones) != len(scores.phones):
            raise ValueError(f"{utterance.utt}: '{word.text}' has other phones than its labels")
        words.append(
            {
                "text": word.text,
                "accuracy": scores.accuracy,
                "stress": scores.stress,
                "total": scores.total,
                "phones": list(word.phones),
                "phones-accuracy": list(scores.phones),
            }
        )
    return {
        "text": utterance.text,
        "accuracy": labels.accuracy,
        "completeness": labels.completeness,
        "fluency": labels.fluency,
        "prosodic": labels.prosody,
        "total": labels.total,
        "words": words,
    }


def _score(values: dict, field: str, where: str) -> float:
    if field not in values:
        raise InputError(f"{where} has no '{field}': add it or leave the utterance out.")
    return _in_scale(values[field], 10.0, field, where)


def _in_scale(value: object, highest: float, field: str, where: str) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not 0.0 <= value <= highest:
        raise InputError(f"{where}: {field} is {value!r}, not a number from 0 to {highest:g}.")
    return float(value)
