import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.cli.options import read_text, texts_for
from voicecoach.data.atomic import make_folder
from voicecoach.errors import InputError

words = st.text("abcdefg '", min_size=1).filter(str.strip)


@given(words, st.integers(1, 5))
def test_one_text_goes_to_every_recording(text: str, count: int) -> None:
    assert texts_for([Path("a.wav")] * count, text, None) == [text] * count


@given(st.lists(words, min_size=2, max_size=5))
def test_a_line_for_each_recording(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    file = tmp_path_factory.mktemp("texts") / "text.txt"
    file.write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    assert texts_for([Path("a.wav")] * len(texts), None, file) == texts
    assert texts_for([Path("a.wav")], None, file) == [" ".join(texts)]
    with pytest.raises(InputError, match=f"{len(texts)} lines"):
        texts_for([Path("a.wav")] * (len(texts) + 1), None, file)


def test_empty_text_file(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("\n  \n")
    with pytest.raises(InputError, match=r"text\.txt"):
        texts_for([Path("a.wav")], None, file)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("we call\n"))
    assert read_text(Path("-")) == "we call\n"


@pytest.mark.parametrize("contents", [b"\xff\xfe\x00", b"RIFF\0\0WAVE"])
def test_file_that_is_no_text(tmp_path: Path, contents: bytes) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(contents)
    with pytest.raises(InputError, match=r"a\.bin"):
        read_text(file)


def test_folder_is_made_with_its_parents_or_refused(tmp_path: Path) -> None:
    assert make_folder(tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file"):
        make_folder(tmp_path / "file" / "b")
