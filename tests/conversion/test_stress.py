"""The table of the stress test."""

import json

import pytest

from voicecoach.conversion import stress


def test_collects_trainings_by_loss_and_shift(tmp_path):
    for loss, error in (("squares", 2.0), ("metric", 1.0)):
        for shift in (0, 4):
            for seed in (0, 1):
                folder = tmp_path / loss / f"shift{shift}" / f"seed{seed}"
                folder.mkdir(parents=True)
                row = {"validate": dict.fromkeys(stress.MEASURES, 1.0)}
                row["validate"]["error"] = error + shift + seed
                (folder / "log.jsonl").write_text(json.dumps(row) + "\n")
    rows = stress.collect(tmp_path)
    assert len(rows) == 8
    assert stress.summary(rows)["squares"][4]["error"] == pytest.approx((6.5, 0.5))
    assert "| metric | 40 ms | 5.500 ± 0.500 | 1.000 ± 0.000 |" in stress.markdown(rows)
    stress.draw(rows, tmp_path / "stress.png")
    assert (tmp_path / "stress.png").stat().st_size > 1000
    assert stress.collect(tmp_path / "squares") == []
