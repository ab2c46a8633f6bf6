import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Run = Callable[..., Result]


def metrics(phone: float, recall: float | None = None) -> dict:
    """The part of a metrics.json that is compared."""
    found = None if recall is None else {"precision": {"value": 0.7}, "recall": {"value": recall}}
    return {
        "phone": {"pcc": {"value": phone, "low": None}},
        "word": {"total": {"pcc": {"value": 0.5}}},
        "detection": {"flagged": found, "best_f1": {"f1": {"value": 0.4}}},
    }


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two seeds; only the second has flags."""
    paths = []
    for seed, content in enumerate((metrics(0.70), metrics(0.74, recall=0.25))):
        path = tmp_path / f"seed{seed}" / "test" / "metrics.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(content))
        paths.append(path)
    return paths


def test_a_column_per_file_named_by_its_folder(run: Run, files: list[Path]) -> None:
    result = run("compare", *files)
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["measure", "seed0", "seed1"] in lines
    assert ["phone", "PCC", "0.700", "0.740"] in lines
    assert ["flagged", "phones:", "recall", "n/a", "0.250"] in lines
    assert "fluency" not in result.stdout


@pytest.mark.parametrize("columns", ["10", "40"])
def test_numbers_are_whole_in_a_narrow_terminal(
    run: Run, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    more = [tmp_path / f"{number}-with-a-long-name.json" for number in range(7)]
    for path in more:
        path.write_text(json.dumps(metrics(0.705)))
    result = run("compare", *files, *more)
    assert result.exit_code == 0
    assert result.stdout.split().count("0.705") == len(more)
    assert "…" not in result.stdout


def test_markdown_with_names(run: Run, files: list[Path]) -> None:
    result = run("compare", *files, "--name", "before", "--name", "a|b", "--markdown")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        r"| measure | before | a\|b |",
        "| --- | ---: | ---: |",
        "| phone PCC | 0.700 | 0.740 |",
    ]


def test_spread_as_table_and_json(run: Run, files: list[Path]) -> None:
    result = run("compare", *files, "--spread")
    assert result.exit_code == 0
    assert "mean ± standard deviation (n)" in result.stdout
    assert "0.720 ± 0.028 (2)" in result.stdout
    found = json.loads(run("compare", *files, "--spread", "--json").stdout)
    assert found["phone PCC"]["mean"] == pytest.approx(0.72)
    assert found["flagged phones: recall"] == {"mean": 0.25, "deviation": None, "n": 1}


def test_json_has_every_measure_of_every_file(run: Run, files: list[Path]) -> None:
    found = json.loads(run("compare", *files, "--json").stdout)
    assert list(found) == ["seed0", "seed1"]
    assert found["seed0"]["phone PCC"] == 0.7
    assert found["seed0"]["flagged phones: recall"] is None


def test_what_cannot_be_compared_ends_with_one_sentence(
    run: Run, files: list[Path], tmp_path: Path
) -> None:
    broken, other = tmp_path / "broken.json", tmp_path / "scores.json"
    broken.write_text("{\n")
    other.write_text('{"u1": {"total": 8}}')
    for arguments, message in (
        ((files[0], tmp_path / "none.json"), "Cannot read"),
        ((files[0], broken), "broken.json is not valid UTF-8 JSON"),
        ((files[0], other), "scores.json holds none of the measures"),
        ((files[0], files[0]), "given twice"),
        ((files[0], "--spread"), "One file has no spread"),
        ((*files, "--name", "a"), "There are 1 names for 2 files"),
        ((*files, "--name", "a", "--name", "a"), "Two columns are named 'a'"),
        ((*files, "--spread", "--name", "a"), "leave --name out"),
        ((*files, "--markdown", "--json"), "either --markdown or --json"),
    ):
        result = run("compare", *arguments)
        assert result.exit_code == 2
        assert message in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1
        assert result.stdout == ""
    assert run("compare").exit_code == 2
