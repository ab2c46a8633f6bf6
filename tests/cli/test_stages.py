"""Bad input of the commands behind the recipe's stages; test_recipes.py runs them for good."""

import pytest

from voicecoach.data import kaldi
from voicecoach.data.utterance import Utterance
from voicecoach.text.transcribe import transcribe


@pytest.fixture
def data(tmp_path, spoken):
    """A data folder with one recording."""
    text = "we call it bear"
    kaldi.write(tmp_path / "data", [Utterance("u", "s", spoken, text, transcribe(text))])
    return tmp_path / "data"


def check(done, *parts):
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    sentence = done.stderr.strip().splitlines()[-1]
    assert sentence.startswith("voicecoach: ")
    for part in parts:
        assert str(part) in done.stderr


def test_features_of_nothing(run, tmp_path):
    check(run("features", tmp_path / "nowhere", "--out", tmp_path / "out"), "nowhere")


def test_a_source_is_only_for_conversion(run, data, tmp_path):
    done = run("features", data, "--out", tmp_path / "out", "--source", data)
    check(done, "--source", "convert")


def test_features_with_an_unknown_setting(run, repo, data, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(f"base: {repo}/conf/audio/16k.yaml\nloudness: 3\n")
    done = run("features", data, "--out", tmp_path / "out", "--audio", wrong)
    check(done, wrong, "loudness")


def test_training_without_features(run, repo, tmp_path):
    done = run(
        "train", tmp_path, "--out", tmp_path / "out",
        "--config", repo / "conf/train/score.yaml", "--model", repo / "conf/model/scorer.yaml",
        "--augment", repo / "conf/train/augment.yaml",
    )  # fmt: skip
    check(done, tmp_path, "stage 3")


def test_inference_with_a_missing_checkpoint(run, data, tmp_path):
    done = run("infer", data, "--out", tmp_path / "out", "--model", tmp_path / "none")
    check(done, tmp_path / "none")


def test_packing_what_is_not_there(run, tmp_path):
    card = tmp_path / "card.md"
    card.write_text("# Card\n")
    done = run(
        "pack", tmp_path / "none", "--out", tmp_path / "out", "--measured", tmp_path / "m.json",
        "--card", card,
    )  # fmt: skip
    check(done, tmp_path / "none")
    assert not (tmp_path / "out").exists()


def test_inference_of_a_part_of_the_folds(run, data, tmp_path, spoken):
    texts = ("we call it bear", "we call it bear")
    utterances = [
        Utterance(f"u{i}", f"s{i}", spoken, text, transcribe(text)) for i, text in enumerate(texts)
    ]
    kaldi.write(data, utterances)
    from voicecoach.pretrained import resolve

    done = run("infer", data, "--out", tmp_path / "out", "--model", resolve(None), "--folds", "2")
    assert done.exit_code == 0, done.output
    assert len((tmp_path / "out/scores.jsonl").read_text().splitlines()) == 1


def test_a_voice_without_features_or_with_a_fold(run, repo, tmp_path):
    how = ["--task", "synth", "--out", tmp_path / "out", "--config", repo / "conf/train/synth.yaml"]
    how += ["--model", repo / "conf/model/synth.yaml"]
    check(run("train", tmp_path, *how), tmp_path, "stage 3")
    check(run("train", tmp_path, *how, "--fold", 1), "without --fold")
    check(
        run("infer", tmp_path, "--task", "synth", "--model", "scorer-en", "-o", tmp_path), "voice"
    )
    measuring = ["measure", tmp_path, tmp_path, "--task", "synth", "-o", tmp_path / "out"]
    check(run(*measuring), "--train")
    check(run(*measuring, "--train", tmp_path), tmp_path, "stage 3")
    assert not (tmp_path / "out/metrics.json").exists()
