"""How near predicted pronunciation scores come to the experts'.

A record is one object of ``scores.jsonl`` (see ``voicecoach.scoring.export.to_record``) that also
has ``reference`` (the experts' scores of the utterance, an entry of ``scores.json``), ``speaker``,
``age``, ``gender`` (None where unknown) and, where known, ``experts`` (per word and phone the
scores of each single expert). ``with_references`` adds them. ``snr-db`` and ``goodness`` may be
missing; what is measured by them is then left out.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from voicecoach.data import scores_json
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.metrics import bootstrap, detection
from voicecoach.metrics.correlation import pearson
from voicecoach.metrics.levels import (
    SENTENCE_FIELDS,
    SNR_GROUPS,
    WORD_FIELDS,
    Level,
    phone_goodness,
    phone_level,
    sentence_level,
    word_level,
)
from voicecoach.text.phones import phone_class

BAD_BELOW = 0.5
"""Phones whose mean expert score (0-2) is lower are the bad ones, which should be flagged."""
TARGET_PRECISION = 0.62
"""What the frozen threshold must reach in cross-validation: three of five flags should be right. A
single expert reaches 0.37 to 0.53 on these phones, at twice the recall.
"""


@dataclass(frozen=True)
class _Draws:
    """How the intervals are made."""

    n: int
    seed: int


def with_references(
    records: Iterable[Mapping],
    utterances: Iterable[Utterance],
    experts: Mapping[str, Sequence] | None = None,
) -> list[dict]:
    """Adds to each record what it is measured against; utterances without labels are left out.

    Args:
        records: objects of ``scores.jsonl``.
        utterances: of the data folder that was scored.
        experts: the content of ``experts-phones.json``.

    Raises:
        InputError: a record is of an utterance that is not among ``utterances``, or comes twice,
            or no record has labels.
    """
    by_id = {u.utt: u for u in utterances}
    joined: dict[str, dict] = {}
    seen = set()
    for record in records:
        utt = record.get("utt")
        if utt not in by_id:
            raise InputError(f"The scores hold {utt}, which the data folder does not: check both.")
        if utt in seen:
            raise InputError(f"The scores hold {utt} twice: keep one line per utterance.")
        seen.add(utt)
        utterance = by_id[utt]
        if utterance.labels is None:
            continue
        joined[utt] = {
            **record,
            "reference": scores_json.to_entry(utterance),
            "speaker": utterance.speaker,
            "age": utterance.age,
            "gender": utterance.gender,
            "experts": None if experts is None else experts.get(utt),
        }
    if not joined:
        raise InputError("None of the scored utterances has experts' scores to compare with.")
    return list(joined.values())


def phone_means(utterances: Iterable[Utterance]) -> dict[str, float]:
    """Mean expert score (0-2) of each phone: what the simplest model would always say."""
    scores: dict[str, list[float]] = {}
    for utterance in utterances:
        if utterance.labels is not None:
            for word, labels in zip(utterance.sentence, utterance.labels.words, strict=True):
                for phone, score in zip(word.phones, labels.phones, strict=True):
                    scores.setdefault(phone, []).append(score)
    return {phone: float(np.mean(values)) for phone, values in sorted(scores.items())}


def choose_threshold(records: Sequence[Mapping]) -> float:
    """The threshold of flags with the most recall at ``TARGET_PRECISION``.

    Args:
        records: of a cross-validation, with references.
    """
    phones, _, _ = phone_level(records)
    bad = phones.expected["accuracy"] < BAD_BELOW
    score = phones.predicted["accuracy"]
    return detection.threshold_for_precision(bad, score, TARGET_PRECISION).threshold


def score_metrics(
    records: Sequence[Mapping],
    *,
    threshold: float | None = None,
    means: Mapping[str, float] | None = None,
    n_draws: int = 1000,
    seed: int = 0,
) -> dict:
    """All metrics of the task "score".

    Args:
        records: as the module says; at least one.
        threshold: phones that score lower count as flagged, instead of what ``flagged`` in the
            records says.
        means: phone to mean score, from training data (``phone_means``), for the baseline.
        n_draws: bootstrap draws over speakers behind each interval; 0 makes none.
        seed: of these draws.

    Returns:
        ``counts``, ``phone``, ``word``, ``sentence``, ``detection``, ``baselines`` and
        ``breakdown``. A measured value is {value, mean, low, high}: the value on all the data,
        then mean and 95 % interval over the draws. What is undefined is None, so that the result
        is valid JSON.

    Raises:
        InputError: a record lacks a field, or has other words or phones than its reference.
    """
    if not records:
        raise InputError("There are no scored utterances to measure.")
    draws = _Draws(n_draws, seed)
    sentences = sentence_level(records)
    words = word_level(records)
    phones, names, flagged = phone_level(records)
    predicted, expected = phones.predicted["accuracy"], phones.expected["accuracy"]
    bad = expected < BAD_BELOW
    if threshold is not None:
        flagged = predicted < threshold
    groupings = {
        "age": phones.age,
        "gender": phones.gender,
        "snr_db": phones.snr,
        "phone_class": np.array([phone_class(name) for name in names]),
    }
    if not any(phones.snr):
        del groupings["snr_db"]
    experts = _experts(records, len(expected))
    result = {
        "counts": {
            "utterances": len(sentences.speaker),
            "speakers": len(np.unique(sentences.speaker)),
            "words": len(words.speaker),
            "phones": len(phones.speaker),
            "bad_phones": int(bad.sum()),
        },
        "phone": _phone_metrics(predicted, expected, phones.speaker, draws),
        "word": {f: _pcc(words, f, draws) for f in WORD_FIELDS},
        "sentence": {f: _pcc(sentences, f, draws) for f in SENTENCE_FIELDS},
        "detection": _detection(bad, predicted, flagged, phones.speaker, draws, threshold),
        "baselines": _baselines(records, names, expected, phones.speaker, means, experts, draws),
        "breakdown": {
            name: _breakdown(groups, predicted, expected, flagged, phones.speaker, experts, draws)
            for name, groups in groupings.items()
        },
    }
    return _strict(result)


def _phone_metrics(
    predicted: np.ndarray, expected: np.ndarray, speaker: np.ndarray, draws: _Draws
) -> dict:
    squared = (predicted - expected) ** 2
    return {
        "pcc": _measured(
            pearson(predicted, expected),
            bootstrap.pearson_interval(predicted, expected, speaker, draws.n, draws.seed),
        ),
        "mse": _measured(
            float(squared.mean()),
            bootstrap.mean_interval(squared, speaker, draws.n, draws.seed),
        ),
    }


def _pcc(level: Level, field: str, draws: _Draws) -> dict:
    predicted, expected = level.predicted[field], level.expected[field]
    known = np.isfinite(predicted)
    predicted, expected, speaker = predicted[known], expected[known], level.speaker[known]
    interval = bootstrap.pearson_interval(predicted, expected, speaker, draws.n, draws.seed)
    return {"pcc": _measured(pearson(predicted, expected), interval)}


def _detection(
    bad: np.ndarray,
    score: np.ndarray,
    flagged: np.ndarray | None,
    speaker: np.ndarray,
    draws: _Draws,
    threshold: float | None,
) -> dict:
    chosen = detection.threshold_for_precision(bad, score, TARGET_PRECISION)
    frozen = None
    if flagged is not None:
        frozen = asdict(detection.from_flags(bad, flagged))
        frozen["threshold"] = threshold
        for name, interval in bootstrap.detection_intervals(
            bad, flagged, speaker, draws.n, draws.seed
        ).items():
            frozen[name] = _measured(frozen[name], interval)
    return {
        "flagged": frozen,
        "best_f1": _best_f1(bad, score, speaker, draws),
        "at_precision": {"target": TARGET_PRECISION, **asdict(chosen)},
        "average_precision": detection.average_precision(bad, score),
    }


def _best_f1(bad: np.ndarray, score: np.ndarray, speaker: np.ndarray, draws: _Draws) -> dict:
    best = asdict(detection.best_f1(bad, score))
    interval = bootstrap.best_f1_interval(bad, score, speaker, draws.n, draws.seed)
    best["f1"] = _measured(best["f1"], interval)
    return best


def _baselines(
    records: Sequence[Mapping],
    names: np.ndarray,
    expected: np.ndarray,
    speaker: np.ndarray,
    means: Mapping[str, float] | None,
    experts: np.ndarray | None,
    draws: _Draws,
) -> dict:
    baselines = {}
    if means:
        overall = float(np.mean(list(means.values())))
        always = np.array([means.get(name, overall) for name in names])
        baselines["phone_mean"] = _phone_metrics(always, expected, speaker, draws)
    goodness = phone_goodness(records)
    if goodness is not None:
        interval = bootstrap.pearson_interval(goodness, expected, speaker, draws.n, draws.seed)
        baselines["goodness"] = {
            "pcc": _measured(pearson(goodness, expected), interval),
            "best_f1": _best_f1(expected < BAD_BELOW, goodness, speaker, draws),
        }
    if experts is not None:
        baselines["one_expert"] = {"pcc": _one_expert(experts)}
    return baselines


def _experts(records: Sequence[Mapping], n_phones: int) -> np.ndarray | None:
    """The scores of each single expert (n_phones, n_experts), where they are known."""
    if any(record.get("experts") is None for record in records):
        return None
    try:
        scores = np.array(
            [phone for r in records for word in r["experts"] for phone in word], dtype=np.float64
        )
        if scores.ndim != 2 or len(scores) != n_phones or scores.shape[1] < 2:
            raise ValueError(f"{scores.shape} scores for {n_phones} phones")
    except (TypeError, ValueError) as error:
        raise InputError(
            f"The single experts' scores do not fit the phones ({error}): use the file that "
            "belongs to these data, or remove it."
        ) from error
    return scores


def _one_expert(scores: np.ndarray) -> dict:
    """Each expert against the mean of the others: what agreeing like a human means."""
    others = (scores.sum(axis=1, keepdims=True) - scores) / (scores.shape[1] - 1)
    pccs = [pearson(one, rest) for one, rest in zip(scores.T, others.T, strict=True)]
    return {"value": float(np.mean(pccs)), "each": pccs}


def _breakdown(
    groups: np.ndarray,
    predicted: np.ndarray,
    expected: np.ndarray,
    flagged: np.ndarray | None,
    speaker: np.ndarray,
    experts: np.ndarray | None,
    draws: _Draws,
) -> dict:
    result = {}
    for group in sorted(set(groups.tolist()) - {""}, key=_place):
        of = groups == group
        bad = expected[of] < BAD_BELOW
        best = detection.best_f1(bad, predicted[of])
        result[group] = {
            "speakers": len(np.unique(speaker[of])),
            "phones": int(of.sum()),
            "bad_phones": int(bad.sum()),
            **_phone_metrics(predicted[of], expected[of], speaker[of], draws),
            "one_expert": None if experts is None else _one_expert(experts[of])["value"],
            "best_f1": best.f1,
            "flagged": None
            if flagged is None
            else {
                name: value
                for name, value in asdict(detection.from_flags(bad, flagged[of])).items()
                if name != "threshold"
            },
        }
    return result


def _place(group: str) -> tuple[int, str]:
    """Sorts SNR from noisy to clear, everything else by its name."""
    return (SNR_GROUPS.index(group) if group in SNR_GROUPS else 0), group


def _measured(value: float, interval: bootstrap.Interval) -> dict[str, float]:
    return {"value": value, **asdict(interval)}


def _strict(value: object) -> object:
    """NaN to None, all through: JSON has no NaN."""
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_strict(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
