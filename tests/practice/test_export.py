"""What was added comes back: from the history, and from its exports."""

import csv
import json
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from voicecoach.practice.attempts import Attempt
from voicecoach.practice.export import COLUMNS
from voicecoach.practice.history import History
from voicecoach.scoring.results import DELETED, PhoneScore, SentenceScore, WordScore
from voicecoach.text.phones import PHONES

finite = st.floats(0, 10, allow_subnormal=False)
times = st.floats(0, 30_000)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
phone_scores = st.builds(
    PhoneScore,
    phone=st.sampled_from(sorted(PHONES)),
    score=st.floats(0, 2),
    start_ms=times,
    end_ms=times,
    flagged=st.booleans(),
    realised=st.sampled_from([None, DELETED, "S"]),
    confidence=st.floats(0, 1),
    other_probability=st.just(0.0),
    goodness=st.just(0.0),
)
word_scores = st.builds(
    WordScore,
    text=texts,
    accuracy=finite,
    total=finite,
    start_ms=times,
    end_ms=times,
    phones=st.lists(phone_scores, max_size=3).map(tuple),
    error=st.sampled_from(["none", "mispronunciation", "omission", "insertion", "repetition"]),
    stress=st.just(10.0),
)
scores = st.builds(
    SentenceScore,
    text=texts,
    accuracy=finite,
    fluency=finite,
    prosody=finite,
    completeness=finite,
    total=finite,
    duration_ms=times,
    words=st.lists(word_scores, max_size=4).map(tuple),
    snr_db=st.just(60.0),
)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(
    lambda moment: moment.replace(
        microsecond=moment.microsecond // 1000 * 1000, tzinfo=timezone(timedelta(hours=5))
    )
)
given_attempts = st.lists(
    st.tuples(scores, texts, st.none() | st.text("abc1", min_size=1, max_size=5), moments),
    max_size=3,
)


@given(given_attempts)
def test_what_was_added_is_read_back(given: list) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with History.open(folder) as history:
            expected = [
                Attempt(
                    history.add(score, text, sentence_id, time=time),
                    time,
                    text,
                    sentence_id,
                    replace(score, text=text),
                    None,
                )
                for score, text, sentence_id, time in given
            ]
        expected.sort(key=lambda attempt: (attempt.time, attempt.id), reverse=True)
        with History.open(folder) as history:
            assert history.attempts() == expected
            assert history.attempts(1) == expected[:1]


@given(given_attempts)
def test_exports_hold_what_was_added(given: list) -> None:
    with tempfile.TemporaryDirectory() as folder, History.open(folder) as history:
        for score, text, sentence_id, time in given:
            history.add(score, text, sentence_id, time=time)
        for name, read in (("a.json", read_json), ("a.CSV", read_csv)):
            path = Path(folder) / name
            assert history.export(path) == len(given)
            assert read(path) == history.attempts()


def read_json(path: Path) -> list[Attempt]:
    return [
        make_attempt(
            entry,
            tuple(
                WordScore(
                    **{**word, "phones": tuple(PhoneScore(**phone) for phone in word["phones"])}
                )
                for word in entry["words"]
            ),
        )
        for entry in json.loads(path.read_text(encoding="utf-8"))["attempts"]
    ]


def read_csv(path: Path) -> list[Attempt]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    attempts: dict[str, tuple[dict, dict[str, list]]] = {}
    for row in rows:
        assert set(row) == set(COLUMNS)
        words = attempts.setdefault(row["attempt"], (row, {}))[1]
        if row["word_number"]:
            phones = words.setdefault(row["word_number"], [row])
            if row["phone_number"]:
                assert int(row["phone_number"]) == len(phones)
                phones.append(csv_phone(row))
    return [
        make_attempt(
            row,
            tuple(
                WordScore(
                    first["word_text"],
                    *(float(first[f"word_{k}"]) for k in ("accuracy", "total")),
                    *(float(first[f"word_{k}"]) for k in ("start_ms", "end_ms")),
                    phones=tuple(phones),
                    error=first["word_error"],
                )
                for first, *phones in words.values()
            ),
        )
        for row, words in attempts.values()
    ]


def csv_phone(row: dict[str, str]) -> PhoneScore:
    return PhoneScore(
        row["phone"],
        *(float(row[f"phone_{name}"]) for name in ("score", "start_ms", "end_ms")),
        flagged=row["phone_flagged"] == "1",
        realised=row["phone_realised"] or None,
        confidence=float(row["phone_confidence"]),
    )


def make_attempt(entry: dict, words: tuple[WordScore, ...]) -> Attempt:
    names = ("accuracy", "fluency", "prosody", "completeness", "total", "duration_ms")
    score = SentenceScore(entry["text"], *(float(entry[name]) for name in names), words=words)
    return Attempt(
        int(entry["attempt"]),
        datetime.fromisoformat(entry["time"]),
        entry["text"],
        entry["sentence_id"] or None,
        score,
        entry["recording"] or None,
    )
