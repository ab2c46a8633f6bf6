"""``voicecoach face feedback`` and what the recipe commands say of bad input for faces."""

import json

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def photograph(shared_data):
    return shared_data / "london-faces/images/012_neutral.jpg"


def check(done, *parts):
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    for part in parts:
        assert part in done.stderr


def test_json_and_picture(run, photograph, tmp_path):
    done = run("face", "feedback", photograph, "--json", "--out", tmp_path / "a.png")
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    before, after, arrows, eyes = (
        np.array(result[key]) for key in ("before", "after", "arrows", "arrows_in_eye_distances")
    )
    assert before.shape == after.shape == (68, 2)
    assert np.allclose(after - before, arrows, atol=2e-3)
    ratio = np.linalg.norm(arrows, axis=1)[48:] / np.linalg.norm(eyes, axis=1)[48:]
    assert np.ptp(ratio) < 1  # all by the same eye distance
    assert 60 < ratio.mean() < 100
    assert result["probabilities_after"]["smiling"] > result["probabilities_before"]["smiling"]
    assert result["target_loss"]["after"] < result["target_loss"]["before"]
    assert result["target"] == "smiling"
    assert Image.open(tmp_path / "a.png").width > 500


def test_who_smiles_hears_so(run, photograph):
    smiling = photograph.with_name("012_smiling.jpg")
    done = run("face", "feedback", smiling, "--target", "smiling")
    assert "smiling already" in done.stdout
    assert "already" not in run("face", "feedback", photograph).stdout


def test_bad_pictures(run, tmp_path):
    (tmp_path / "a.jpg").write_text("no picture")
    check(run("face", "feedback", tmp_path / "a.jpg"), "a.jpg", "no picture")
    check(run("face", "feedback", tmp_path / "none.jpg"), "none.jpg")
    Image.new("RGB", (300, 200)).save(tmp_path / "dark.png")
    check(run("face", "feedback", tmp_path / "dark.png"), "face")


def test_bad_options(run, photograph, tmp_path):
    check(run("face", "feedback", photograph, "--target", "angry"), "neutral, smiling")
    check(run("face", "feedback", photograph, "--model", "nothing"), "nothing")
    check(run("face", "feedback", photograph, "--out", tmp_path / "a.txt"), "a.txt")


def test_help_of_the_group(run):
    assert "feedback" in run("face", "--help").output
    assert "--target smiling" in run("face", "feedback", "--help").output


def test_stages_without_their_input(run, repo, tmp_path):
    face, out = ("--task", "face"), ("--out", tmp_path / "out")
    check(run("prepare", tmp_path, "--name", "london_faces", *face, *out), "labels.csv")
    check(run("validate", tmp_path, *face), "faces.csv")
    check(run("features", tmp_path, *face, *out), "faces.csv")
    configs = [repo / f"conf/{kind}/face.yaml" for kind in ("model", "train", "feedback")]
    check(
        run("train", tmp_path, *face, *out, "--model", configs[0], "--config", configs[1]),
        "stage 3",
    )
    check(run("infer", tmp_path, *face, *out, "--model", tmp_path), "--features")
    check(run("measure", tmp_path / "none.jsonl", tmp_path, *face, *out), "none.jsonl")
