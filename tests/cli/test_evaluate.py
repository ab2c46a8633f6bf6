import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from voicecoach.data import kaldi, scores_json
from voicecoach.data.utterance import Labels, Utterance, WordLabels
from voicecoach.text.transcribe import transcribe

Run = Callable[..., Result]
TEXT = "we call it bear"


@pytest.fixture
def corpus(spoken: Path, tmp_path: Path) -> Path:
    """Three labelled recordings in a Kaldi folder: good, good, and a text that was not said."""
    texts = {"u1": TEXT, "u2": TEXT, "u3": "my fish has shoes"}
    utterances = []
    for utt, text in texts.items():
        sentence = transcribe(text)
        score = 9.0 if text == TEXT else 2.0
        words = tuple(
            WordLabels(score, score, score, (score / 5,) * len(word.phones)) for word in sentence
        )
        labels = Labels(score, score, score, score, score, words)
        utterances.append(Utterance(utt, f"speaker-{utt}", spoken, text, sentence, labels))
    folder = tmp_path / "data"
    kaldi.write(folder, utterances)
    return folder


def lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "scores.jsonl").read_text().splitlines()]


def summary(out: Path) -> dict[str, Any]:
    return json.loads((out / "summary.json").read_text())


def test_corpus_with_labels_gets_scores_metrics_and_a_table(
    run: Run, corpus: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = run("evaluate", corpus, "--out", out)
    assert result.exit_code == 0, result.output
    records = lines(out)
    assert [record["utt"] for record in records] == ["u1", "u2", "u3"]
    for record, utterance in zip(records, kaldi.read(corpus), strict=True):
        labels = scores_json.to_labels(record["utt"], record, out)
        assert [len(word.phones) for word in labels.words] == [
            len(word.phones) for word in utterance.sentence
        ]
        for word in record["words"]:
            for name in ("flagged", "start_ms", "end_ms", "realised"):
                assert len(word[name]) == len(word["phones-accuracy"])
    result_summary = summary(out)
    assert result_summary["utterances"] == 3
    assert result_summary["failed"] == 0
    assert result_summary["metrics"]["phone"]["pcc"]["value"] > 0.5
    assert "phone PCC" in result.stdout


def test_json_is_the_summary_and_alone_on_stdout(run: Run, corpus: Path, tmp_path: Path) -> None:
    result = run("evaluate", corpus, "--out", tmp_path / "out", "--json")
    assert json.loads(result.stdout) == summary(tmp_path / "out")


def test_number_of_processes_changes_nothing(run: Run, corpus: Path, tmp_path: Path) -> None:
    run("evaluate", corpus, "--out", tmp_path / "one", "--threads", "1")
    result = run("evaluate", corpus, "--out", tmp_path / "two", "--jobs", "2", "--threads", "1")
    assert result.exit_code == 0, result.output
    assert lines(tmp_path / "one") == lines(tmp_path / "two")


def test_interrupted_run_goes_on_where_it_stopped(run: Run, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("evaluate", corpus, "--out", out)
    whole = lines(out)
    # The first line is marked to see that it is kept; the second is torn by the interruption.
    first = json.dumps(whole[0] | {"note": "kept"})
    (out / "scores.jsonl").write_text(first + "\n" + json.dumps(whole[1])[:50])
    result = run("evaluate", corpus, "--out", out)
    assert result.exit_code == 0, result.output
    assert lines(out) == [whole[0] | {"note": "kept"}, *whole[1:]]


def test_finished_run_is_left_alone(run: Run, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("evaluate", corpus, "--out", out)
    before = (out / "scores.jsonl").read_bytes()
    assert run("evaluate", corpus, "--out", out).exit_code == 0
    assert (out / "scores.jsonl").read_bytes() == before


def test_bad_files_are_listed_and_the_rest_is_scored(
    run: Run, spoken: Path, tmp_path: Path
) -> None:
    text_as_wav = tmp_path / "notes.wav"
    text_as_wav.write_text("not a recording")
    listing = tmp_path / "list.tsv"
    listing.write_text(
        f"file\ttext\n{text_as_wav}\t{TEXT}\n{spoken}\t{TEXT}\nmissing.wav\t{TEXT}\n"
        f"{spoken}\t你好\n",
        encoding="utf-8",
    )
    out = tmp_path / "out"
    result = run("evaluate", listing, "--out", out)
    assert result.exit_code == 3
    assert [record["utt"] for record in lines(out)] == ["bear"]
    assert summary(out)["failed"] == 3
    assert summary(out)["metrics"] is None
    failed = (out / "failed.tsv").read_text(encoding="utf-8").splitlines()
    assert failed[0] == "utt\tfile\treason"
    assert {row.split("\t")[0] for row in failed[1:]} == {"notes", "missing", "bear-2"}
    assert "3 of 4 recordings could not be scored" in result.stderr
    assert "Traceback" not in result.stderr

    # Once the file is repaired, the same command scores it too.
    text_as_wav.write_bytes(spoken.read_bytes())
    assert run("evaluate", listing, "--out", out).exit_code == 3
    assert [record["utt"] for record in lines(out)] == ["bear", "notes"]


def test_nothing_that_can_be_scored(run: Run, tmp_path: Path) -> None:
    listing = tmp_path / "list.tsv"
    listing.write_text(f"missing.wav\t{TEXT}\n")
    result = run("evaluate", listing, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert summary(tmp_path / "out")["utterances"] == 0


def test_results_of_other_data_are_not_mixed(run: Run, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("evaluate", corpus, "--out", out)
    before = (out / "scores.jsonl").read_bytes()
    text = corpus / "text"
    for name in ("text-phone", "scores.json"):
        (corpus / name).unlink()
    text.write_text(text.read_text().replace("we call it bear", "we call it bare"))
    result = run("evaluate", corpus, "--out", out)
    assert result.exit_code == 2
    assert "choose another --out" in result.stderr
    assert (out / "scores.jsonl").read_bytes() == before


def test_results_of_other_weights_are_not_mixed(run: Run, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("evaluate", corpus, "--out", out)
    (out / "run.json").write_text('{"checkpoint_sha256": "another"}')
    result = run("evaluate", corpus, "--out", out)
    assert result.exit_code == 2
    assert "another model" in result.stderr


def test_file_that_is_no_scores_is_not_touched(run: Run, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "scores.jsonl").write_text("my diary\nsecond line\n")
    result = run("evaluate", corpus, "--out", out)
    assert result.exit_code == 2
    assert "line 1" in result.stderr
    assert (out / "scores.jsonl").read_text() == "my diary\nsecond line\n"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_damaged_checkpoint_is_one_sentence(
    run: Run, corpus: Path, tmp_path: Path, jobs: str
) -> None:
    checkpoint = tmp_path / "checkpoint"
    checkpoint.mkdir()
    (checkpoint / "config.yaml").write_text("model: {}\n")
    (checkpoint / "model.safetensors").write_bytes(b"not a tensor")
    result = run(
        "evaluate", corpus, "--out", tmp_path / "out", "--model", checkpoint, "--jobs", jobs
    )
    assert result.exit_code == 2
    assert "checkpoint" in result.stderr
    assert "Traceback" not in result.stderr


def test_data_out_and_model_that_cannot_be_used(run: Run, corpus: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    out = tmp_path / "out"
    for arguments, word in (
        ((tmp_path / "nowhere", "--out", out), "nowhere"),
        ((corpus, "--out", in_the_way / "out"), "file"),
        ((corpus, "--out", out, "--model", "nobody"), "nobody"),
        ((corpus, "--out", out, "--model", "nobody", "--jobs", "2"), "nobody"),
        ((tmp_path, "--out", out), "wav.scp"),
    ):
        result = run("evaluate", *arguments)
        assert result.exit_code == 2
        assert word in result.stderr
        assert "Traceback" not in result.stderr
