import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.errors import InputError
from voicecoach.text.phones import PHONES, VOWELS
from voicecoach.text.transcribe import transcribe


def test_a_sentence() -> None:
    sentence = transcribe("We call it 'bear'.")
    assert [word.text for word in sentence] == ["We", "call", "it", "bear"]
    assert [" ".join(word.phones) for word in sentence] == ["W IY", "K AO L", "IH T", "B EH R"]
    assert sentence[1].stress == (0, 1, 0)


def test_a_number_gives_its_spoken_words() -> None:
    assert [word.text for word in transcribe("25 pens")] == ["twenty", "five", "pens"]


def test_stress_is_parallel_and_marks_vowels_only() -> None:
    for word in transcribe("The U.S. photographer's 21st re-election, approximately."):
        assert len(word.stress) == len(word.phones)
        assert all(phone in VOWELS for phone, s in zip(word.phones, word.stress, strict=True) if s)


def test_the_same_text_gives_the_same_sentence() -> None:
    assert transcribe("I read the record.") == transcribe("I read the record.")


@pytest.mark.parametrize("text", ["", "🙂", "你好"])
def test_what_cannot_be_spoken_is_an_input_error(text) -> None:
    with pytest.raises(InputError):
        transcribe(text)


@settings(deadline=None)
@given(st.text(alphabet="aeiouybcdfghkstr AEIT'’.-,5&éñ", min_size=1, max_size=40))
def test_any_latin_text_gets_phones(text) -> None:
    try:
        sentence = transcribe(text)
    except InputError:
        assert not any(char.isalnum() or char == "&" for char in text)
        return
    for word in sentence:
        assert word.phones
        assert set(word.phones) <= set(PHONES)
        assert len(word.stress) == len(word.phones)


def test_most_words_agree_with_the_corpus_lexicon(shared_data) -> None:
    corpus = shared_data / "speechocean762"
    listed: dict[str, set[tuple[str, ...]]] = {}
    for line in (corpus / "resource" / "lexicon.txt").read_text().splitlines():
        if line.strip():
            word, *phones = line.split()
            plain = tuple(re.sub(r"\d", "", phone) for phone in phones)
            assert set(plain) <= set(PHONES)
            listed.setdefault(word, set()).add(plain)
    agree = total = 0
    lines = [
        line
        for part in ("train", "test")
        for line in (corpus / part / "text").open(encoding="utf-8")
    ]
    for line in lines:
        _, text = line.split(maxsplit=1)
        for written, word in zip(text.split(), transcribe(text), strict=True):
            assert word.text == written
            total += 1
            agree += word.phones in listed[written]
    # What is left is mostly British: "here" as HH IH AH, "lot" as L AH T.
    assert agree / total > 0.94


def test_known_words_load_no_neural_network() -> None:
    program = (
        "import sys; from voicecoach.text.transcribe import transcribe; "
        "assert 'hibari' not in sys.modules; transcribe('The water is cold.'); "
        "assert 'onnxruntime' not in sys.modules and 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
