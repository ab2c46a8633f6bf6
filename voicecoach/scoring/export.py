"""Scores in other people's formats: Azure-like JSON, speechocean762's records, Praat TextGrids."""

import json
from importlib.resources import files
from typing import Any

from voicecoach.scoring.results import EXTRA, SentenceScore, WordScore
from voicecoach.text.phones import is_vowel
from voicecoach.text.sentence import Sentence

TICKS_PER_MS = 10_000
"""``Offset`` and ``Duration`` count ticks of 100 ns."""

_DECIMALS = 3  # more would pretend; also keeps the files small


def to_json(score: SentenceScore, file: str | None = None) -> dict[str, Any]:
    """The result with the field names of Azure's pronunciation assessment.

    All scores run from 0 to 100: phones linearly from 0-2, words and sentence from 0-10. A word's
    ``AccuracyScore`` is its accuracy, ``TotalScore`` its total. Phonemes are ARPAbet;
    ``RealisedPhoneme`` is ``"-"`` for a sound that was left out and null where the model is not
    sure. The form is described by ``schema()``.

    Args:
        score: what the scorer returned.
        file: the recording's name, given back as ``File``.
    """
    return {
        **({} if file is None else {"File": file}),
        "RecognitionStatus": "Success",
        "DisplayText": score.text,
        "PhonemeAlphabet": "ARPAbet",
        "Offset": 0,
        "Duration": _ticks(score.duration_ms),
        "SNR": _rounded(score.snr_db),
        "AccuracyScore": _hundred(score.accuracy, 10.0),
        "FluencyScore": _hundred(score.fluency, 10.0),
        "ProsodyScore": _hundred(score.prosody, 10.0),
        "CompletenessScore": _hundred(score.completeness, 10.0),
        "PronScore": _hundred(score.total, 10.0),
        "Words": [_json_word(word) for word in score.words],
    }


def error_json(message: str, file: str) -> dict[str, Any]:
    """Stands in a list of results for a recording that could not be scored."""
    return {"File": file, "RecognitionStatus": "Error", "Error": message}


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of ``voicecoach score --json``, as packaged."""
    path = files("voicecoach.scoring") / "schema" / "score.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def to_record(utt: str, score: SentenceScore, sentence: Sentence) -> dict[str, Any]:
    """One line of ``scores.jsonl``: ``utt`` and an entry of speechocean762's ``scores.json``.

    ``words`` are exactly the words of the reference, each with one ``phones-accuracy`` (0-2) per
    canonical phone and, parallel to it, ``flagged``, ``start_ms``, ``end_ms``, ``realised`` (an
    ARPAbet phone, ``"-"`` for left out, null for not sure), ``confidence``, ``goodness`` (raw
    goodness of pronunciation) and ``other-probability``. Words that were said but are not in the
    reference stand in ``extra-words``.

    Args:
        utt: the utterance's id.
        score: what the scorer returned for ``sentence``.
        sentence: the reference.

    Raises:
        ValueError: the score is not one of ``sentence``.
    """
    said = [word for word in score.words if word.error not in EXTRA]
    if [tuple(p.phone for p in word.phones) for word in said] != [w.phones for w in sentence]:
        raise ValueError(f"the score of {utt} has other phones than its sentence")
    return {
        "utt": utt,
        "text": score.text,
        "duration_ms": _rounded(score.duration_ms),
        "snr-db": _rounded(score.snr_db),
        "accuracy": _rounded(score.accuracy),
        "completeness": _rounded(score.completeness),
        "fluency": _rounded(score.fluency),
        "prosodic": _rounded(score.prosody),
        "total": _rounded(score.total),
        "words": [
            {
                "text": intended.text,
                "accuracy": _rounded(word.accuracy),
                "stress": _rounded(word.stress),
                "total": _rounded(word.total),
                "phones": _with_stress(intended.phones, intended.stress),
                "phones-accuracy": [_rounded(phone.score) for phone in word.phones],
                "flagged": [phone.flagged for phone in word.phones],
                "start_ms": [_rounded(phone.start_ms) for phone in word.phones],
                "end_ms": [_rounded(phone.end_ms) for phone in word.phones],
                "realised": [phone.realised for phone in word.phones],
                "confidence": [_rounded(phone.confidence) for phone in word.phones],
                "goodness": [_rounded(phone.goodness) for phone in word.phones],
                "other-probability": [_rounded(p.other_probability) for p in word.phones],
                "error": word.error,
            }
            for word, intended in zip(said, sentence, strict=True)
        ],
        "extra-words": [
            {
                "text": word.text,
                "error": word.error,
                "start_ms": _rounded(word.start_ms),
                "end_ms": _rounded(word.end_ms),
            }
            for word in score.words
            if word.error in EXTRA
        ],
    }


def to_textgrid(score: SentenceScore) -> str:
    """A Praat TextGrid (long text format, UTF-8) with the tiers words, phones, score and heard.

    Every tier covers the recording without gaps; sounds without a duration (left out) are not in
    it. ``score`` is 0-2 per phone, with ``!`` where it is flagged.
    """
    phones = [phone for word in score.words for phone in word.phones]
    # The last frame may end a little after the last sample.
    end_ms = max(span.end_ms for span in (*score.words, *phones)) if score.words else 0.0
    end_s = max(score.duration_ms, end_ms) / 1000
    tiers = {
        "words": [(word.start_ms, word.end_ms, word.text) for word in score.words],
        "phones": [(phone.start_ms, phone.end_ms, phone.phone) for phone in phones],
        "score": [
            (phone.start_ms, phone.end_ms, f"{phone.score:.2f}{'!' if phone.flagged else ''}")
            for phone in phones
        ],
        "heard": [(phone.start_ms, phone.end_ms, phone.realised or "?") for phone in phones],
    }
    lines = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {end_s:.6f}",
        "tiers? <exists>",
        f"size = {len(tiers)}",
        "item []:",
    ]
    for number, (name, spans) in enumerate(tiers.items(), 1):
        intervals = _intervals(spans, end_s)
        lines += [
            f"    item [{number}]:",
            '        class = "IntervalTier"',
            f'        name = "{name}"',
            "        xmin = 0",
            f"        xmax = {end_s:.6f}",
            f"        intervals: size = {len(intervals)}",
        ]
        for index, (start, end, label) in enumerate(intervals, 1):
            quoted = " ".join(label.split()).replace('"', '""')  # Praat's way to write a quote
            lines += [
                f"        intervals [{index}]:",
                f"            xmin = {start:.6f}",
                f"            xmax = {end:.6f}",
                f'            text = "{quoted}"',
            ]
    return "\n".join(lines) + "\n"


def _json_word(word: WordScore) -> dict[str, Any]:
    return {
        "Word": word.text,
        **_span(word.start_ms, word.end_ms),
        "PronunciationAssessment": {
            "AccuracyScore": _hundred(word.accuracy, 10.0),
            "TotalScore": _hundred(word.total, 10.0),
            "ErrorType": word.error.capitalize(),
        },
        "Phonemes": [
            {
                "Phoneme": phone.phone,
                **_span(phone.start_ms, phone.end_ms),
                "PronunciationAssessment": {
                    "AccuracyScore": _hundred(phone.score, 2.0),
                    "Flagged": phone.flagged,
                    "RealisedPhoneme": phone.realised,
                    "Confidence": _rounded(phone.confidence),
                },
            }
            for phone in word.phones
        ],
    }


def _span(start_ms: float, end_ms: float) -> dict[str, int]:
    start = _ticks(start_ms)
    return {"Offset": start, "Duration": max(_ticks(end_ms) - start, 0)}


def _ticks(milliseconds: float) -> int:
    return round(milliseconds * TICKS_PER_MS)


def _hundred(value: float, highest: float) -> float:
    return round(min(max(value / highest, 0.0), 1.0) * 100, 1)


def _rounded(value: float) -> float:
    return round(float(value), _DECIMALS)


def _with_stress(phones: tuple[str, ...], stress: tuple[int, ...]) -> list[str]:
    """ARPAbet as the corpus writes it: vowels with a digit, 0 where the stress is not known."""
    digits = stress or (0,) * len(phones)
    return [
        f"{phone}{digit}" if is_vowel(phone) else phone
        for phone, digit in zip(phones, digits, strict=True)
    ]


def _intervals(
    spans: list[tuple[float, float, str]], end_s: float
) -> list[tuple[float, float, str]]:
    """Labelled spans (ms) as intervals (s) that cover 0 to ``end_s``, gaps with empty labels."""
    intervals: list[tuple[float, float, str]] = []
    at = 0.0
    for start_ms, stop_ms, label in sorted(spans, key=lambda span: span[:2]):
        # Six decimals are what is written: what would be empty there is no interval.
        start, stop = max(round(start_ms / 1000, 6), at), round(stop_ms / 1000, 6)
        if stop <= start:
            continue
        if start > at:
            intervals.append((at, start, ""))
        intervals.append((start, stop, label))
        at = stop
    end = round(end_s, 6)
    if at < end or not intervals:
        intervals.append((at, end, ""))
    return intervals
