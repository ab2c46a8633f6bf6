import json

from voicecoach.data import kaldi
from voicecoach.data.utterance import Utterance
from voicecoach.text.transcribe import transcribe


def test_a_table_is_printed_and_counts_are_written(run, spoken, tmp_path):
    text = "we call it bear"
    kaldi.write(tmp_path / "data", [Utterance("u", "s", spoken, text, transcribe(text))])
    done = run("gate", tmp_path / "data", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "untouched" in done.stdout
    counts = json.loads((tmp_path / "out" / "gate.json").read_text())
    assert counts["all"]["untouched"]["recordings"] == 1
    assert counts["all"]["silence"]["refused"] == 1


def test_folders_without_recordings_are_one_sentence(run, spoken, tmp_path):
    done = run("gate", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "nowhere" in done.stderr
    text = "we call it bear"
    kaldi.write(tmp_path / "data", [Utterance("u", "s", spoken, text, transcribe(text))])
    empty = tmp_path / "empty"
    empty.mkdir()
    done = run("gate", tmp_path / "data", "--out", tmp_path / "out", "--other-language", empty)
    assert done.exit_code == 2
    assert "no sound files" in done.stderr
