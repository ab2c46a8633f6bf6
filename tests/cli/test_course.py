import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from voicecoach.practice.course import load_course, minimal_pairs, sentences, with_phone

Run = Callable[..., Result]


def test_lists_the_whole_course(run: Run) -> None:
    result = run("course", "--plain")
    assert result.exit_code == 0
    for item in load_course().sentences:
        assert item.text in result.stdout
    assert result.stdout.endswith(f"{len(load_course().sentences)} sentences.\n")


def test_a_table_of_one_level_and_focus(run: Run) -> None:
    result = run("course", "--level", "a2", "--focus", "tag question")
    assert result.exit_code == 0
    assert "isn't it?" in result.stdout
    assert "Canada" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_sentences_with_a_sound(run: Run) -> None:
    result = run("course", "--phone", "ʒ", "--level", "A1", "--ipa", "--plain")
    assert result.exit_code == 0
    assert "ɡəˈɹɑʒ" in result.stdout
    expected = set(with_phone("ZH")) & set(sentences("A1"))
    assert f"{len(expected)} sentences" in result.stdout


def test_pairs(run: Run) -> None:
    result = run("course", "--pairs", "--focus", "IY/IH", "--ipa")
    assert result.exit_code == 0
    assert "sheep, ship" in result.stdout
    assert "ʃip, ʃɪp" in result.stdout
    assert f"{len(minimal_pairs(contrast='IY/IH'))} pairs" in result.stdout


def test_nothing_fits(run: Run) -> None:
    result = run("course", "--level", "A1", "--focus", "noun or verb")
    assert result.exit_code == 0
    assert "No sentence" in result.stdout


def test_sentences_as_json(run: Run) -> None:
    result = run("course", "--level", "C1", "--json")
    entries = json.loads(result.stdout)
    assert [entry["id"] for entry in entries] == [item.id for item in sentences("C1")]
    assert entries[0]["level"] == "C1"
    assert "linking" in entries[0]["focus"]
    assert entries[0]["words"][0] == {"text": "Had", "phones": ["HH", "AE", "D"], "ipa": "hæd"}


def test_pairs_as_json(run: Run) -> None:
    entries = json.loads(run("course", "--pairs", "--phone", "DH", "--json").stdout)
    assert [entry["id"] for entry in entries] == [pair.id for pair in minimal_pairs(phone="DH")]
    first, second = entries[0]["sentences"]
    assert first["word"] in first["text"]
    assert first["words"] != second["words"]


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    path = tmp_path / "mine.txt"
    path.write_text("# mine\nWe call it bear.\twi kɔl ɪt bɛɹ\nA blorptastic day.\n", "utf-8")
    return path


def test_a_list_of_ones_own(run: Run, lesson: Path) -> None:
    result = run("course", "--lesson", lesson)
    assert result.exit_code == 0
    assert "wi kɔl ɪt bɛɹ" in result.stdout
    assert "2 sentences." in result.stdout
    assert result.stderr.count("\n") == 1
    assert f"{lesson}, line 3: not in the dictionary" in result.stderr
    assert "blorptastic" in result.stderr


def test_a_list_of_ones_own_as_json(run: Run, lesson: Path) -> None:
    first, second = json.loads(run("course", "--lesson", lesson, "--json").stdout)
    assert (first["line"], first["guessed"]) == (2, [])
    assert (second["line"], second["guessed"]) == (3, ["blorptastic"])
    assert first["words"][3] == {"text": "bear", "phones": ["B", "EH", "R"], "ipa": "bɛɹ"}
    [only] = json.loads(run("course", "--lesson", lesson, "--phone", "IY", "--json").stdout)
    assert only == first


@pytest.mark.parametrize(
    "arguments",
    [
        ("--level", "A3"),
        ("--focus", "singing"),
        ("--phone", "QQ"),
        ("--pairs", "--focus", "linking"),
        ("--lesson", "missing.txt"),
        ("--lesson", "missing.txt", "--level", "A1"),
        ("--lesson", "missing.txt", "--pairs"),
    ],
)
def test_options_that_do_not_fit(run: Run, arguments: tuple[str, ...]) -> None:
    result = run("course", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("voicecoach: ")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_a_list_with_a_bad_line(run: Run, lesson: Path) -> None:
    lesson.write_text("A cat.\nA cat.\tə", "utf-8")
    result = run("course", "--lesson", lesson)
    assert result.exit_code == 2
    assert f"{lesson}, line 2: 2 spoken words (A cat) and 1 in" in result.stderr


def test_help_shows_examples(run: Run) -> None:
    result = run("course", "--help")
    assert "voicecoach course --phone TH" in result.stdout


def test_the_course_is_listed_without_loading_a_model() -> None:
    program = (
        "import sys; from voicecoach.cli.main import app; "
        "app(['course', '--level', 'A1', '--plain'], standalone_mode=False); "
        "print([name for name in ('torch', 'numpy', 'hibari') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
