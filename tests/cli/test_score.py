import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from typer.testing import Result

from voicecoach.scoring.export import schema

Run = Callable[..., Result]
TEXT = "we call it bear"


def test_report_holds_every_word_and_score(run: Run, spoken: Path) -> None:
    result = run("score", spoken, "--text", TEXT)
    assert result.exit_code == 0
    for name in ("Total", "Accuracy", "Fluency", "Prosody", "Completeness", *TEXT.split()):
        assert name in result.stdout
    assert "\x1b" not in result.stdout


def test_json_is_valid_and_alone_on_stdout(run: Run, spoken: Path) -> None:
    result = run("score", spoken, "--text", TEXT, "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    jsonschema.validate(report, schema())
    assert [word["Word"] for word in report["Words"]] == TEXT.split()
    phonemes = [p["Phoneme"] for word in report["Words"] for p in word["Phonemes"]]
    # "it" may be heard as the weak form that it is in running speech.
    assert [*phonemes[:5], *phonemes[6:]] == ["W", "IY", "K", "AO", "L", "T", "B", "EH", "R"]
    assert phonemes[5] in ("IH", "AH")
    offsets = [p["Offset"] for word in report["Words"] for p in word["Phonemes"]]
    assert offsets == sorted(offsets)


def test_the_scorer_listens(run: Run, spoken: Path) -> None:
    right = json.loads(run("score", spoken, "--text", TEXT, "--json").stdout)
    wrong = json.loads(run("score", spoken, "--text", "my fish has shoes", "--json").stdout)
    assert right["PronScore"] > wrong["PronScore"]


def test_command_gives_what_the_class_gives(run: Run, spoken: Path) -> None:
    from voicecoach.scoring.export import to_json
    from voicecoach.scoring.scorer import Scorer

    result = Scorer.from_pretrained().score(spoken, TEXT)
    report = json.loads(run("score", spoken, "--text", TEXT, "--json").stdout)
    assert report == to_json(result, file=str(spoken))


def test_text_comes_from_a_file_or_standard_input(run: Run, spoken: Path, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("we call\r\nit bear\r\n", encoding="utf-8-sig")
    wanted = run("score", spoken, "--text", TEXT, "--json").stdout
    assert run("score", spoken, "--text-file", file, "--json").stdout == wanted
    assert run("score", spoken, "--text-file", "-", "--json", stdin=TEXT).stdout == wanted


def test_several_recordings_each_with_its_line(run: Run, spoken: Path, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text(f"{TEXT}\n\nwe called a bear\n", encoding="utf-8")
    result = run("score", spoken, spoken, "--text-file", file, "--json")
    assert result.exit_code == 0
    reports = json.loads(result.stdout)
    jsonschema.validate(reports, schema())
    assert [report["DisplayText"] for report in reports] == [TEXT, "we called a bear"]


def test_a_bad_recording_among_several_is_named_and_the_others_are_scored(
    run: Run, spoken: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.wav"
    empty.touch()
    result = run("score", spoken, empty, spoken, "--text", TEXT, "--json")
    assert result.exit_code == 3
    reports = json.loads(result.stdout)
    jsonschema.validate(reports, schema())
    assert [r["RecognitionStatus"] for r in reports] == ["Success", "Error", "Success"]
    assert "1 of 3 recordings could not be scored" in result.stderr
    assert "empty.wav" in result.stderr


@pytest.mark.parametrize(
    "contents", [b"", b"this is not a recording\n", b"RIFF\x24\x00\x00\x00WAVEfmt "]
)
def test_a_single_bad_recording_is_one_sentence(run: Run, tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(contents)
    result = run("score", path, "--text", TEXT, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("voicecoach: ")
    assert "bad.wav" in result.stderr
    assert result.stderr.count("\n") == 1


def test_missing_recording_text_and_model(run: Run, spoken: Path, tmp_path: Path) -> None:
    missing = run("score", tmp_path / "no.wav", "--text", TEXT)
    no_file = run("score", spoken, "--text-file", tmp_path / "no.txt")
    no_model = run("score", spoken, "--text", TEXT, "--model", "nobody")
    for result, word in ((missing, "no.wav"), (no_file, "no.txt"), (no_model, "nobody")):
        assert result.exit_code == 2
        assert word in result.stderr
        assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("text", ["你好", "", "  ", "🙂", "привет мир", "?!"])
def test_text_that_nobody_can_speak_in_english(run: Run, spoken: Path, text: str) -> None:
    result = run("score", spoken, "--text", text)
    assert result.exit_code == 2
    assert result.stderr.startswith("voicecoach: ")
    assert result.stderr.count("\n") == 1


def test_text_options_that_contradict(run: Run, spoken: Path, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("one\ntwo\nthree\n", encoding="utf-8")
    assert run("score", spoken).exit_code == 2
    assert run("score", spoken, "--text", TEXT, "--text-file", file).exit_code == 2
    result = run("score", spoken, spoken, "--text-file", file)
    assert result.exit_code == 2
    assert "3 lines for 2 recordings" in result.stderr


def test_text_file_that_is_no_text(run: Run, spoken: Path) -> None:
    result = run("score", spoken, "--text-file", spoken)
    assert result.exit_code == 2
    assert "bear.wav" in result.stderr


def test_textgrid_into_a_file_and_a_folder(run: Run, spoken: Path, tmp_path: Path) -> None:
    single = tmp_path / "one.TextGrid"
    assert run("score", spoken, "--text", TEXT, "--textgrid", single).exit_code == 0
    assert single.read_text(encoding="utf-8").startswith('File type = "ooTextFile"')
    copy = tmp_path / "copy.wav"
    copy.write_bytes(spoken.read_bytes())
    folder = tmp_path / "grids"
    assert run("score", spoken, copy, "--text", TEXT, "--textgrid", folder).exit_code == 0
    assert {path.name for path in folder.iterdir()} == {"bear.TextGrid", "copy.TextGrid"}
    assert (folder / "bear.TextGrid").read_text() == single.read_text()


def test_textgrids_that_would_overwrite_each_other(run: Run, spoken: Path, tmp_path: Path) -> None:
    result = run("score", spoken, spoken, "--text", TEXT, "--textgrid", tmp_path)
    assert result.exit_code == 2
    assert "bear.TextGrid" in result.stderr
    result = run("score", spoken, spoken, "--text", TEXT, "--textgrid", spoken)
    assert result.exit_code == 2


def test_textgrid_where_nothing_can_be_written(run: Run, spoken: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    result = run("score", spoken, "--text", TEXT, "--textgrid", in_the_way / "a.TextGrid")
    assert result.exit_code == 2
    assert "a.TextGrid" in result.stderr


def test_plain_report_has_sentences_only(run: Run, spoken: Path) -> None:
    result = run("score", spoken, "--text", TEXT, "--plain")
    assert result.exit_code == 0
    assert "Word 4, bear:" in result.stdout
    assert not set("█░") & set(result.stdout)


def test_what_can_hardly_be_judged_is_scored_with_a_warning(run, spoken):
    result = run("score", spoken, "--text", "he likes to swim", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["RecognitionStatus"] == "Success"
    assert "does not sound like this sentence" in result.stderr
    assert run("score", spoken, "--text", TEXT).stderr == ""
