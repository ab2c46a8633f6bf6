"""What a whole ``scores.jsonl`` says: means, flags and, where there are labels, metrics."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

_SENTENCE_SCORES = ("accuracy", "completeness", "fluency", "prosodic", "total")


def summarise(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Counts and means of records as ``export.to_record`` makes them, in one pass.

    Returns:
        ``utterances``, ``duration_s``, ``words``, ``phones``, ``mean`` (of the sentence scores,
        0-10, of the ``words`` total, 0-10, and of ``phones``, 0-2), ``flagged_phones_per_100`` and
        ``word_errors`` (how often each kind). Means are None where there is nothing.
    """
    utterances = words = phones = flagged = 0
    duration_ms = 0.0
    sums: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    for record in records:
        utterances += 1
        duration_ms += record["duration_ms"]
        for name in _SENTENCE_SCORES:
            sums[name] += record[name]
        for word in record["words"]:
            words += 1
            sums["words"] += word["total"]
            errors[word["error"]] += 1
            phones += len(word["phones"])
            sums["phones"] += sum(word["phones-accuracy"])
            flagged += sum(word["flagged"])
        errors.update(word["error"] for word in record["extra-words"])
    del errors["none"]
    counts = {**dict.fromkeys(_SENTENCE_SCORES, utterances), "words": words, "phones": phones}
    return {
        "utterances": utterances,
        "duration_s": round(duration_ms / 1000, 3),
        "words": words,
        "phones": phones,
        "mean": {name: _mean(sums[name], count) for name, count in counts.items()},
        "flagged_phones_per_100": _mean(100 * flagged, phones),
        "word_errors": dict(sorted(errors.items())),
    }


def _mean(total: float, count: int) -> float | None:
    return round(total / count, 4) if count else None
