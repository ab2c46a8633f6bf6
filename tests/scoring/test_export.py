import json
from itertools import pairwise

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.data import scores_json
from voicecoach.scoring.export import error_json, schema, to_json, to_record, to_textgrid
from voicecoach.scoring.results import DELETED, PhoneScore, SentenceScore, WordScore
from voicecoach.text.phones import PHONES
from voicecoach.text.sentence import Word

SENTENCE = (Word("I", ("AY",), (1,)), Word("think", ("TH", "IH", "NG", "K"), (0, 1, 0, 0)))
SCORE = SentenceScore(
    text="I think",
    accuracy=6.25,
    fluency=7.0,
    prosody=7.5,
    completeness=10.0,
    total=6.5,
    duration_ms=1234.5,
    words=(
        WordScore("I", 9.5, 9.0, 100, 250, (PhoneScore("AY", 1.9, 100, 250, False, "AY", 0.97),)),
        WordScore("uh", 0.0, 0.0, 300, 400, (), "insertion"),
        WordScore(
            "think",
            4.0,
            4.5,
            450.05,
            800,
            (
                PhoneScore("TH", 0.2, 450.05, 520, True, "S", 0.9),
                PhoneScore("IH", 1.7, 520, 600, False, "IH", 0.8),
                PhoneScore("NG", 1.0, 600, 800, False, None, 0.3),
                PhoneScore("K", 0.1, 800, 800, True, DELETED, 0.6),
            ),
            "mispronunciation",
        ),
    ),
)

milliseconds = st.floats(0, 60_000)
tens = st.floats(0, 10)


@st.composite
def phone_scores(draw: st.DrawFn) -> PhoneScore:
    start, end = sorted((draw(milliseconds), draw(milliseconds)))
    return PhoneScore(
        phone=draw(st.sampled_from(PHONES)),
        score=draw(st.floats(0, 2)),
        start_ms=start,
        end_ms=end,
        flagged=draw(st.booleans()),
        realised=draw(st.sampled_from([*PHONES, DELETED, None])),
        confidence=draw(st.floats(0, 1)),
    )


@st.composite
def word_scores(draw: st.DrawFn) -> WordScore:
    error = draw(
        st.sampled_from(["none", "mispronunciation", "omission", "insertion", "repetition"])
    )
    extra = error in ("insertion", "repetition")
    phones = () if extra else tuple(draw(st.lists(phone_scores(), min_size=1, max_size=4)))
    start, end = sorted((draw(milliseconds), draw(milliseconds)))
    text = draw(st.text(max_size=6))
    return WordScore(text, draw(tens), draw(tens), start, end, phones, error)


sentence_scores = st.builds(
    SentenceScore,
    text=st.text(max_size=20),
    accuracy=tens,
    fluency=tens,
    prosody=tens,
    completeness=tens,
    total=tens,
    duration_ms=milliseconds,
    words=st.lists(word_scores(), max_size=4).map(tuple),
)


def test_json_maps_scales_and_times() -> None:
    result = to_json(SCORE, file="a.wav")
    assert result["File"] == "a.wav"
    assert result["PronScore"] == 65.0
    assert result["AccuracyScore"] == 62.5
    assert result["ProsodyScore"] == 75.0
    assert result["Duration"] == 12_345_000
    think = result["Words"][2]
    assert (think["Offset"], think["Duration"]) == (4_500_500, 3_499_500)
    assert think["PronunciationAssessment"] == {
        "AccuracyScore": 40.0,
        "TotalScore": 45.0,
        "ErrorType": "Mispronunciation",
    }
    assert think["Phonemes"][0]["PronunciationAssessment"] == {
        "AccuracyScore": 10.0,
        "Flagged": True,
        "RealisedPhoneme": "S",
        "Confidence": 0.9,
    }
    assert think["Phonemes"][2]["PronunciationAssessment"]["RealisedPhoneme"] is None
    assert result["Words"][1]["PronunciationAssessment"]["ErrorType"] == "Insertion"
    assert "File" not in to_json(SCORE)


def test_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@given(st.lists(sentence_scores, min_size=1, max_size=3))
def test_every_result_is_valid_json_of_the_schema(scores: list[SentenceScore]) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    results = [json.loads(json.dumps(to_json(score), allow_nan=False)) for score in scores]
    validator.validate(results[0])
    validator.validate([*results, error_json("There is no file b.wav.", "b.wav")])


@pytest.mark.parametrize("damage", ["Words", "PronScore", "RecognitionStatus"])
def test_schema_refuses_a_result_without(damage: str) -> None:
    result = to_json(SCORE)
    del result[damage]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(result, schema())


def test_schema_refuses_wrong_values() -> None:
    for change in ({"PronScore": 101}, {"Offset": 0.5}, {"Pronscore": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(to_json(SCORE) | change, schema())


def test_record_reads_as_an_entry_of_the_corpus() -> None:
    record = json.loads(json.dumps(to_record("u1", SCORE, SENTENCE)))
    labels = scores_json.to_labels("u1", record, "scores.jsonl")
    assert record["utt"] == "u1"
    assert (labels.total, labels.prosody) == (6.5, 7.5)
    assert [word.phones for word in labels.words] == [(1.9,), (0.2, 1.7, 1.0, 0.1)]
    assert labels.words[1].total == 4.5


def test_record_has_parallel_lists_per_canonical_phone() -> None:
    record = to_record("u1", SCORE, SENTENCE)
    assert [word["text"] for word in record["words"]] == ["I", "think"]
    think = record["words"][1]
    assert think["phones"] == ["TH", "IH1", "NG", "K"]
    assert think["flagged"] == [True, False, False, True]
    assert think["realised"] == ["S", "IH", None, "-"]
    assert think["start_ms"] == [450.05, 520, 600, 800]
    assert think["end_ms"] == [520, 600, 800, 800]
    assert record["extra-words"] == [
        {"text": "uh", "error": "insertion", "start_ms": 300, "end_ms": 400}
    ]


def test_record_of_another_sentence_is_refused() -> None:
    with pytest.raises(ValueError, match="u1"):
        to_record("u1", SCORE, SENTENCE[:1])


def test_textgrid_shows_words_phones_scores_and_what_was_heard() -> None:
    tiers = read_textgrid(to_textgrid(SCORE))
    assert [label for _, _, label in tiers["words"]] == ["", "I", "", "uh", "", "think", ""]
    assert [x for _, _, x in tiers["phones"] if x] == ["AY", "TH", "IH", "NG"]  # K has no time
    assert [x for _, _, x in tiers["score"] if x] == ["1.90", "0.20!", "1.70", "1.00"]
    assert [x for _, _, x in tiers["heard"] if x] == ["AY", "S", "IH", "?"]
    assert tiers["phones"][3][:2] == (0.45005, 0.52)


@given(sentence_scores)
def test_every_tier_covers_the_recording_without_gaps(score: SentenceScore) -> None:
    tiers = read_textgrid(to_textgrid(score))
    assert list(tiers) == ["words", "phones", "score", "heard"]
    ends = {intervals[-1][1] for intervals in tiers.values()}
    assert len(ends) == 1
    assert ends.pop() == pytest.approx(
        max([score.duration_ms, *(w.end_ms for w in score.words), *_phone_ends(score)]) / 1000,
        abs=1e-6,
    )
    for intervals in tiers.values():
        assert intervals[0][0] == 0.0
        for (_, end, _), (start, _, _) in pairwise(intervals):
            assert end == start
        if len(intervals) > 1:
            assert all(start < end for start, end, _ in intervals)


def _phone_ends(score: SentenceScore) -> list[float]:
    return [phone.end_ms for word in score.words for phone in word.phones]


def read_textgrid(text: str) -> dict[str, list[tuple[float, float, str]]]:
    """Reads what Praat would: the values after '=' in order, quotes doubled inside a text."""
    tiers: dict[str, list[tuple[float, float, str]]] = {}
    start = end = 0.0
    for line in text.split("\n"):
        key, _, value = (part.strip() for part in line.partition("="))
        if key == "name":
            current = tiers.setdefault(value.strip('"'), [])
        elif key == "xmin":
            start = float(value)
        elif key == "xmax":
            end = float(value)
        elif key == "text":
            assert value[0] == value[-1] == '"'
            current.append((start, end, value[1:-1].replace('""', '"')))
    return tiers
