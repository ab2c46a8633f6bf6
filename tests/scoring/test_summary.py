from hypothesis import given
from hypothesis import strategies as st

from voicecoach.scoring.summary import summarise


def record(total: float, phones: list[float], flagged: list[bool], extra: int = 0) -> dict:
    word = {
        "total": total,
        "phones": ["T"] * len(phones),
        "phones-accuracy": phones,
        "flagged": flagged,
        "error": "mispronunciation" if any(flagged) else "none",
    }
    names = ("accuracy", "completeness", "fluency", "prosodic", "total")
    return {
        "utt": "u",
        "duration_ms": 1500.0,
        **dict.fromkeys(names, total),
        "words": [word],
        "extra-words": [{"error": "insertion"}] * extra,
    }


def test_summary_counts_and_averages() -> None:
    result = summarise(
        [record(4.0, [2.0, 0.0], [False, True], extra=2), record(8.0, [1.0], [False])]
    )
    assert result["utterances"] == 2
    assert result["duration_s"] == 3.0
    assert (result["words"], result["phones"]) == (2, 3)
    assert result["mean"]["fluency"] == 6.0
    assert result["mean"]["words"] == 6.0
    assert result["mean"]["phones"] == 1.0
    assert result["flagged_phones_per_100"] == 33.3333
    assert result["word_errors"] == {"insertion": 2, "mispronunciation": 1}


def test_summary_of_nothing() -> None:
    result = summarise([])
    assert result["utterances"] == 0
    assert set(result["mean"].values()) == {None}
    assert result["flagged_phones_per_100"] is None
    assert result["word_errors"] == {}


@given(st.lists(st.floats(0, 10), min_size=1, max_size=5), st.randoms())
def test_order_does_not_matter(totals: list[float], random) -> None:
    records = [record(total, [1.0], [total < 5]) for total in totals]
    shuffled = random.sample(records, len(records))
    first, second = summarise(records), summarise(shuffled)
    for name, value in first["mean"].items():
        assert abs(value - second["mean"][name]) < 1e-3
    assert first["word_errors"] == second["word_errors"]
