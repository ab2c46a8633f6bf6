import pytest

from voicecoach.data import corpora, kaldi
from voicecoach.data.corpora import metadata_csv
from voicecoach.errors import InputError


def make_corpus(root, n=20, suffix="flac"):
    (root / "wav").mkdir(parents=True)
    lines = []
    for number in range(n):
        (root / "wav" / f"p{number:02d}.{suffix}").touch()
        lines.append(f"p{number:02d}|The cat saw {number} dogs.")
    (root / "metadata.csv").write_text("\n".join(lines) + "\n")
    return root


def test_every_tenth_prompt_is_for_testing(tmp_path):
    corpus = make_corpus(tmp_path / "anna")
    assert corpora.detect(corpus) is metadata_csv
    assert metadata_csv.prepare(corpus, tmp_path / "data") == {"anna_train": 18, "anna_test": 2}
    test = kaldi.read(tmp_path / "data" / "anna_test")
    assert [u.utt for u in test] == ["p09", "p19"]
    assert {u.speaker for u in test} == {"anna"}
    assert [word.text for word in test[0].sentence] == ["The", "cat", "saw", "nine", "dogs"]
    assert all(u.labels is None for u in test)


def test_the_last_column_of_ljspeech_is_the_spoken_one(tmp_path):
    corpus = make_corpus(tmp_path / "lj", n=10)
    lines = [f"p{number:02d}|Dr. {number}|doctor {number}" for number in range(10)]
    (corpus / "metadata.csv").write_text("\n".join(lines))
    metadata_csv.prepare(corpus, tmp_path / "data")
    assert kaldi.read(tmp_path / "data" / "lj_train")[1].text == "doctor 1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda root: (root / "metadata.csv").write_text("p00 no bar\n"), "line 1 is not"),
        (lambda root: (root / "metadata.csv").write_text("p00|你好\n"), "line 1: "),
        (lambda root: (root / "metadata.csv").write_bytes(b"\xff\xfe|\n"), "Cannot read"),
        (lambda root: (root / "metadata.csv").unlink(), "Cannot read"),
        (lambda root: (root / "wav" / "p03.flac").unlink(), "no sound file for p03"),
    ],
)
def test_bad_corpora_are_one_sentence(tmp_path, change, message):
    corpus = make_corpus(tmp_path / "anna")
    change(corpus)
    with pytest.raises(InputError, match=message):
        metadata_csv.prepare(corpus, tmp_path / "data")
    assert not (tmp_path / "data").exists()
