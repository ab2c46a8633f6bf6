"""What a training tells."""

import json
import sys
from pathlib import Path

import pytest

from voicecoach.training.report import Report, read_log


def row(epoch: int, **metrics: float) -> dict:
    return {"epoch": epoch, "seconds": 1.0, "train": {"total": 0.5}, "validate": metrics}


def test_one_line_per_epoch_where_there_is_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Report(tmp_path, active=True, epochs_done=0) as report:
        assert list(report.batches(1, iter("abc"))) == ["a", "b", "c"]
        report.step(1, {"total": 0.5})
        report.epoch(row(1, pcc=0.25))
    captured = capsys.readouterr()
    assert captured.err == "epoch 1 (1 s): train total 0.5, pcc 0.25\n"
    assert captured.out == ""
    assert read_log(tmp_path / "log.jsonl") == [row(1, pcc=0.25)]


def test_an_inactive_report_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Report(tmp_path / "a", active=False, epochs_done=0) as report:
        assert list(report.batches(1, [1, 2])) == [1, 2]
        report.step(1, {"total": 0.5})
        report.epoch(row(1))
        report.say("hello")
    assert not (tmp_path / "a").exists()
    assert capsys.readouterr().err == ""


def test_epochs_that_are_done_again_are_dropped(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(row(n)) + "\n" for n in (1, 2, 3)) + '{"epoch": 4, "se')
    with Report(tmp_path, active=True, epochs_done=2):
        pass
    assert [found["epoch"] for found in read_log(log)] == [1, 2]


def test_a_metric_that_is_not_defined_is_null(tmp_path: Path) -> None:
    with Report(tmp_path, active=True, epochs_done=0) as report:
        report.epoch(row(1, pcc=float("nan")))
    assert "NaN" not in (tmp_path / "log.jsonl").read_text()
    assert read_log(tmp_path / "log.jsonl")[0]["validate"] == {"pcc": None}


def test_tensorboard_gets_the_scalars(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="the train extra is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    with Report(tmp_path, active=True, epochs_done=0) as report:
        report.step(7, {"total": 0.5})
        report.epoch(row(1, pcc=0.25))
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    assert [(e.step, e.value) for e in events.Scalars("step/total")] == [(7, 0.5)]
    assert [(e.step, e.value) for e in events.Scalars("validate/pcc")] == [(1, 0.25)]


def test_goes_on_without_tensorboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)  # makes its import fail
    with Report(tmp_path, active=True, epochs_done=0) as report:
        report.epoch(row(1))
    assert len(read_log(tmp_path / "log.jsonl")) == 1
    assert not (tmp_path / "tensorboard").exists()


def test_a_bar_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes this for a terminal
    with Report(tmp_path, active=True, epochs_done=0) as report:
        for _ in report.batches(3, [1, 2]):
            report.step(1, {"total": 0.125})
        report.epoch(row(3))
    shown = capsys.readouterr().err
    assert "epoch 3" in shown
