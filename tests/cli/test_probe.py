import json

from voicecoach.data import kaldi
from voicecoach.data.utterance import Utterance
from voicecoach.text.transcribe import transcribe


def test_counts_go_to_the_terminal_and_to_a_file(run, spoken, tmp_path):
    text = "we call it bear"
    kaldi.write(tmp_path / "data", [Utterance("u", "s", spoken, text, transcribe(text))])
    done = run("probe", tmp_path / "data", "--out", tmp_path / "probe.json")
    assert done.exit_code == 0, done.output
    written = json.loads((tmp_path / "probe.json").read_text())
    assert written["untouched"]["words"] == 4
    assert json.loads(done.stdout) == written
    done = run("probe", tmp_path / "data", "--fold", 0)
    assert done.exit_code == 2
    assert "1 speakers cannot be dealt to 5 folds" in done.stderr


def test_a_folder_that_is_not_there_is_one_sentence(run, tmp_path):
    done = run("probe", tmp_path / "nowhere")
    assert done.exit_code == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.output
