import copy
import json
from pathlib import Path

import numpy as np
import pytest

from voicecoach.data.utterance import Labels, Utterance, WordLabels
from voicecoach.errors import InputError
from voicecoach.metrics.correlation import pearson
from voicecoach.metrics.detection import best_f1, from_flags
from voicecoach.metrics.levels import SNR_EDGES_DB, SNR_GROUPS
from voicecoach.metrics.scoring import (
    TARGET_PRECISION,
    choose_threshold,
    phone_means,
    score_metrics,
    with_references,
)
from voicecoach.text.sentence import Word


def phones(records: list[dict], predicted: bool, word: int | None = None) -> np.ndarray:
    return np.array(
        [
            score
            for record in records
            for k, w in enumerate((record if predicted else record["reference"])["words"])
            if word is None or k == word
            for score in w["phones-accuracy"]
        ]
    )


def perfect(records: list[dict]) -> list[dict]:
    return [{**r, **{k: v for k, v in r["reference"].items() if k != "text"}} for r in records]


def utterance(utt: str, scores: tuple[float, float], labelled: bool = True) -> Utterance:
    labels = Labels(8, 10, 9, 9, 8, (WordLabels(10, 10, 10, scores),))
    sentence = (Word("WE", ("W", "IY"), (0, 0)),)
    return Utterance(
        utt, f"of {utt}", Path("a.wav"), "WE", sentence, labels if labelled else None, 9, "f"
    )


def test_values_are_those_of_the_plain_functions(records: list[dict]) -> None:
    metrics = score_metrics(records, n_draws=200)
    x, y = phones(records, predicted=True), phones(records, predicted=False)
    assert metrics["counts"] == {
        "utterances": 40,
        "speakers": 8,
        "words": 80,
        "phones": 240,
        "bad_phones": int((y < 0.5).sum()),
    }
    assert metrics["phone"]["pcc"]["value"] == pearson(x, y)
    assert metrics["phone"]["mse"]["value"] == pytest.approx(np.mean((x - y) ** 2))
    for field in ("accuracy", "total"):
        pairs = [
            (p[field], e[field])
            for r in records
            for p, e in zip(r["words"], r["reference"]["words"], strict=True)
        ]
        assert metrics["word"][field]["pcc"]["value"] == pearson(*np.array(pairs).T)
    for field in ("accuracy", "fluency", "prosodic", "completeness", "total"):
        pairs = [(r[field], r["reference"][field]) for r in records]
        assert metrics["sentence"][field]["pcc"]["value"] == pearson(*np.array(pairs).T)
    assert metrics["detection"]["best_f1"]["f1"]["value"] == best_f1(y < 0.5, x).f1
    for measured in (metrics["phone"]["pcc"], metrics["sentence"]["fluency"]["pcc"]):
        assert measured["low"] < measured["value"] < measured["high"]


def test_flags_are_those_of_the_records_or_of_a_frozen_threshold(records: list[dict]) -> None:
    x, y = phones(records, predicted=True), phones(records, predicted=False)
    found = score_metrics(records, n_draws=0)["detection"]["flagged"]
    expected = from_flags(y < 0.5, x < 0.6)
    assert found["recall"]["value"] == expected.recall
    assert (found["n_flagged"], found["threshold"]) == (expected.n_flagged, None)
    frozen = score_metrics(records, threshold=0.3, n_draws=0)["detection"]["flagged"]
    assert frozen["precision"]["value"] == from_flags(y < 0.5, x < 0.3).precision
    assert frozen["threshold"] == 0.3
    for record in records:
        del record["words"][0]["flagged"]
    assert score_metrics(records, n_draws=0)["detection"]["flagged"] is None


def test_perfect_scores_are_perfect_and_shuffled_ones_are_not(records: list[dict]) -> None:
    metrics = score_metrics(perfect(records), threshold=0.5, n_draws=50)
    assert metrics["phone"]["pcc"]["value"] == pytest.approx(1.0)
    assert metrics["phone"]["mse"] == {"value": 0.0, "mean": 0.0, "low": 0.0, "high": 0.0}
    assert metrics["detection"]["flagged"]["f1"]["value"] == 1.0
    assert metrics["detection"]["best_f1"]["f1"]["low"] == 1.0
    assert metrics["detection"]["average_precision"] == 1.0
    shuffled = copy.deepcopy(perfect(records))
    for record, other in zip(shuffled, records[1:] + records[:1], strict=True):
        record["words"] = other["reference"]["words"]
    assert score_metrics(shuffled, n_draws=0)["phone"]["pcc"]["value"] < 0.3


def test_breakdown_groups_are_measured_alone(records: list[dict]) -> None:
    groups = score_metrics(records, n_draws=50)["breakdown"]
    children = [r for r in records if r["age"] < 16]
    alone = score_metrics(children, n_draws=50)
    assert set(groups["age"]) == {"adult", "child"}
    assert groups["age"]["child"]["pcc"] == alone["phone"]["pcc"]
    assert groups["age"]["child"]["best_f1"] == alone["detection"]["best_f1"]["f1"]["value"]
    assert groups["gender"]["f"]["speakers"] == 4
    counts = {name: group["phones"] for name, group in groups["phone_class"].items()}
    assert counts == {"affricate": 40, "glide": 40, "liquid": 40, "stop": 40, "vowel": 80}


def test_unknown_age_and_gender_are_in_no_group(records: list[dict]) -> None:
    for record in records:
        record["age"] = record["gender"] = None
    groups = score_metrics(records, n_draws=0)["breakdown"]
    assert groups["age"] == groups["gender"] == {}


def test_recordings_are_grouped_by_their_noise(records: list[dict]) -> None:
    low, high = SNR_EDGES_DB
    levels = (high + 0.1, low - 0.1, low, high)
    for index, record in enumerate(records):
        record["snr-db"] = levels[index % 4]
    groups = score_metrics(records, n_draws=50)["breakdown"]["snr_db"]
    assert list(groups) == list(SNR_GROUPS)
    assert [group["phones"] for group in groups.values()] == [60, 120, 60]
    noisy = score_metrics(records[1::4], n_draws=50)
    assert groups[SNR_GROUPS[0]]["pcc"] == noisy["phone"]["pcc"]


def test_recordings_of_unknown_noise_are_in_no_group(records: list[dict]) -> None:
    assert "snr_db" not in score_metrics(records, n_draws=0)["breakdown"]
    records[0]["snr-db"] = None
    records[1]["snr-db"] = 5
    groups = score_metrics(records, n_draws=0)["breakdown"]["snr_db"]
    assert {name: group["phones"] for name, group in groups.items()} == {SNR_GROUPS[0]: 6}


def test_what_is_undefined_is_null_in_json(records: list[dict]) -> None:
    metrics = score_metrics(records, n_draws=10)
    assert metrics["word"]["stress"]["pcc"]["value"] is None
    json.dumps(metrics, allow_nan=False)
    for record in records:
        for word in record["words"]:
            del word["stress"]
    assert score_metrics(records, n_draws=10)["word"]["stress"]["pcc"]["low"] is None


def test_phone_mean_baseline(records: list[dict]) -> None:
    learnt = phone_means([utterance("a", (2.0, 1.0)), utterance("b", (1.0, 1.0), True)])
    assert learnt == {"IY": 1.0, "W": 1.5}
    metrics = score_metrics(records, means={"W": 1.5, "IY": 1.0, "K": 2.0}, n_draws=0)
    # AO, L and CH were never seen: they get the mean of the means.
    always = np.tile([1.5, 1.0, 2.0, 1.5, 1.5, 1.5], 40)
    expected = pearson(always, phones(records, predicted=False))
    assert metrics["baselines"]["phone_mean"]["pcc"]["value"] == pytest.approx(expected)


def with_goodness(records: list[dict]) -> np.ndarray:
    """Puts noise around the truth into the records, and returns it."""
    rng = np.random.default_rng(2)
    goodness = phones(records, predicted=False) + rng.normal(size=240) - 10.0
    rows = iter(goodness.tolist())
    for record in records:
        for word in record["words"]:
            word["goodness"] = [next(rows) for _ in word["phones"]]
    return goodness


def test_goodness_baseline(records: list[dict]) -> None:
    goodness, truth = with_goodness(records), phones(records, predicted=False)
    found = score_metrics(records, n_draws=50)["baselines"]["goodness"]
    assert found["pcc"]["value"] == pytest.approx(pearson(goodness, truth))
    assert found["pcc"]["low"] < found["pcc"]["value"] < found["pcc"]["high"]
    assert found["best_f1"]["f1"]["value"] == best_f1(truth < 0.5, goodness).f1
    assert found["best_f1"]["f1"]["low"] is not None


def test_without_goodness_everywhere_there_is_no_such_baseline(records: list[dict]) -> None:
    assert "goodness" not in score_metrics(records, n_draws=0)["baselines"]
    with_goodness(records)
    del records[5]["words"][1]["goodness"]
    assert "goodness" not in score_metrics(records, n_draws=0)["baselines"]


def test_one_expert_against_the_others(records: list[dict]) -> None:
    rng = np.random.default_rng(1)
    scores = rng.integers(0, 3, size=(240, 5))
    rows = iter(scores.tolist())
    for record in records:
        record["experts"] = [[next(rows) for _ in w["phones"]] for w in record["words"]]
    each = score_metrics(records, n_draws=0)["baselines"]["one_expert"]["pcc"]["each"]
    assert each[1] == pytest.approx(pearson(scores[:, 1], scores[:, [0, 2, 3, 4]].mean(axis=1)))
    assert len(each) == 5
    records[3]["experts"][1].pop()
    with pytest.raises(InputError, match="single experts' scores do not fit"):
        score_metrics(records, n_draws=0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r.pop("fluency"), "u0 have no 'fluency'"),
        (lambda r: r.update(total="9"), "u0: 'total' is '9', not a number"),
        (lambda r: r.update(total=float("nan")), "u0: 'total' is nan"),
        (lambda r: r["words"].pop(), "u0 has 1 scored words but 2"),
        (lambda r: r["words"][0].update({"phones": ["W", "IH0"]}), "phones W IH .* of W IY"),
        (lambda r: r["words"][0].update({"phones-accuracy": [1]}), r"\(1 scores\)"),
        (lambda r: r["words"][0].pop("phones-accuracy"), "no 'phones-accuracy'"),
        (lambda r: r.update({"snr-db": "20"}), "u0: 'snr-db' is '20', not a number"),
        (lambda r: r.update({"snr-db": float("inf")}), "u0: 'snr-db' is inf"),
        (lambda r: r["words"][0]["goodness"].pop(), "u0: 'goodness' is no list of 2 numbers"),
        (lambda r: r["words"][0].update(goodness=None), "u0: 'goodness' is no list of 2"),
        (lambda r: r["words"][0].update(goodness=[0, None]), "u0: 'goodness' is None, not a"),
    ],
)
def test_records_that_do_not_fit_are_named(
    records: list[dict], change: object, message: str
) -> None:
    with_goodness(records)
    change(records[0])
    with pytest.raises(InputError, match=message):
        score_metrics(records, n_draws=0)


def test_nothing_to_measure_is_refused() -> None:
    with pytest.raises(InputError, match="no scored utterances"):
        score_metrics([])


def test_references_are_joined_by_id() -> None:
    known = [utterance("a", (2.0, 1.0)), utterance("b", (1.0, 0.0)), utterance("c", (1, 1), False)]
    joined = with_references(
        [{"utt": "b", "total": 3.0}, {"utt": "c"}], known, {"b": [[[1] * 5, [0] * 5]]}
    )
    assert [r["utt"] for r in joined] == ["b"]
    assert joined[0]["total"] == 3.0
    assert joined[0]["reference"]["words"][0]["phones-accuracy"] == [1.0, 0.0]
    assert (joined[0]["speaker"], joined[0]["age"], joined[0]["gender"]) == ("of b", 9, "f")
    assert joined[0]["experts"] == [[[1] * 5, [0] * 5]]


@pytest.mark.parametrize(
    ("utts", "message"),
    [(["a", "x"], "hold x, which"), (["a", "a"], "hold a twice"), (["c"], "None of the scored")],
)
def test_scores_of_other_data_are_refused(utts: list[str], message: str) -> None:
    known = [utterance("a", (2.0, 1.0)), utterance("c", (1.0, 1.0), labelled=False)]
    with pytest.raises(InputError, match=message):
        with_references([{"utt": utt} for utt in utts], known)


def test_the_chosen_threshold_is_the_one_that_reaches_the_precision(records):
    threshold = choose_threshold(records)
    metrics = score_metrics(records, threshold=threshold, n_draws=0)
    assert metrics["detection"]["at_precision"]["threshold"] == threshold
    assert metrics["detection"]["flagged"]["precision"]["value"] >= TARGET_PRECISION
