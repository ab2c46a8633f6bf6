import json
import statistics
from pathlib import Path

import pytest

from voicecoach.errors import InputError
from voicecoach.metrics.compare import (
    MEASURES,
    Measured,
    Spread,
    load,
    short_names,
    side_by_side,
    spread_table,
    spreads,
)
from voicecoach.metrics.report import main_rows
from voicecoach.metrics.scoring import score_metrics


def write(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


def measured(**values: float) -> Measured:
    """A file with a phone PCC (``phone``) and a flagged recall (``recall``), where given."""
    names = {"phone PCC": "phone", "flagged phones: recall": "recall"}
    return {name: values.get(names.get(name, "")) for name in MEASURES}


def test_what_was_measured_is_loaded_under_the_names_of_its_table(
    records: list[dict], tmp_path: Path
) -> None:
    metrics = score_metrics(records, n_draws=0)
    loaded = load(write(tmp_path / "metrics.json", metrics))
    table = {name: value for name, value, _ in main_rows(metrics)}
    assert {name: f"{value:.3f}" for name, value in loaded.items()} == {
        name: table[name] for name in MEASURES
    }


def test_a_file_without_flags_or_with_undefined_values_is_loaded(
    records: list[dict], tmp_path: Path
) -> None:
    for record in records:
        record["fluency"] = 5.0
        del record["words"][0]["flagged"]
    loaded = load(write(tmp_path / "metrics.json", score_metrics(records, n_draws=0)))
    assert loaded["flagged phones: recall"] is loaded["sentence fluency PCC"] is None
    assert loaded["phone PCC"] is not None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", r"metrics\.json is not valid UTF-8 JSON"),
        ("", "not valid UTF-8 JSON"),
        ('"\xff"', "not valid UTF-8 JSON"),
        ("[]", "no measures at phone.pcc"),
        ("null", "none of the measures"),
        ('{"u1": {"total": 3}}', "none of the measures"),
        ('{"detection": 3}', "no measures at detection.best_f1.f1"),
        ('{"phone": {"pcc": 0.7}}', "no measures at phone.pcc"),
        ('{"phone": {"pcc": {"value": "0.7"}}}', "phone.pcc is '0.7', not a number"),
        ('{"phone": {"pcc": {"value": true}}}', "phone.pcc is True"),
        ('{"phone": {"pcc": {"value": NaN}}}', "phone.pcc is nan"),
    ],
)
def test_a_file_that_is_no_metrics_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "metrics.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError, match=message) as caught:
        load(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(InputError, match="Cannot read"):
            load(path)


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["exp/plain/metrics.json"], ["plain"]),
        (["exp/a/metrics.json", "exp/b/metrics.json"], ["a", "b"]),
        (["exp/a/test/metrics.json", "exp/b/test/metrics.json"], ["a", "b"]),
        (["exp/a/cv/m.json", "exp/a/test/m.json", "exp/b/cv/m.json"], ["a/cv", "a/test", "b/cv"]),
        (["exp/metrics.json", "exp/test/metrics.json"], ["exp", "exp/test"]),
        (["/a/metrics.json", "exp/metrics.json"], None),
        (["exp/old.json", "exp/new.json"], ["old.json", "new.json"]),
        (["metrics.json", "../metrics.json"], None),
        ([], []),
    ],
)
def test_names_are_the_part_that_differs(paths: list[str], names: list[str] | None) -> None:
    found = short_names(paths)
    assert len(set(found)) == len(paths)
    assert all(found)
    assert names is None or found == names


def test_a_file_given_twice_is_refused() -> None:
    with pytest.raises(InputError, match="given twice"):
        short_names(["exp/a/metrics.json", "exp/b/../a/metrics.json"])


def test_what_a_file_lacks_is_not_available_and_what_all_lack_is_left_out() -> None:
    header, rows = side_by_side({"a": measured(phone=0.7, recall=0.25), "b": measured(phone=0.75)})
    assert header == ["measure", "a", "b"]
    assert rows == [
        ["phone PCC", "0.700", "0.750"],
        ["flagged phones: recall", "0.250", "n/a"],
    ]


def test_spread_is_the_sample_deviation() -> None:
    values = [0.70, 0.72, 0.77]
    found = spreads([measured(phone=value) for value in values])
    assert list(found) == ["phone PCC"]
    assert found["phone PCC"].mean == pytest.approx(0.73)
    assert found["phone PCC"].deviation == pytest.approx(statistics.stdev(values))
    header, rows = spread_table(found)
    assert header == ["measure", "mean ± standard deviation (n)"]
    assert rows == [["phone PCC", "0.730 ± 0.036 (3)"]]


def test_spread_counts_the_files_that_have_a_measure() -> None:
    found = spreads([measured(phone=0.7, recall=0.2), measured(phone=0.8)])
    assert found["phone PCC"].n == 2
    assert found["flagged phones: recall"] == Spread(0.2, None, 1)
    assert spread_table(found)[1][1] == ["flagged phones: recall", "0.200 ± n/a (1)"]


@pytest.mark.parametrize("files", [[], [measured(phone=0.7)]])
def test_one_file_has_no_spread(files: list[Measured]) -> None:
    with pytest.raises(InputError, match="no spread"):
        spreads(files)
