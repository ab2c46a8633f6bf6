import json
import shutil
from pathlib import Path

import pytest

from voicecoach.data import corpora, kaldi
from voicecoach.data.corpora import speechocean762
from voicecoach.errors import InputError


def make_corpus(root: Path, suffix: str = "wav") -> Path:
    """The layout of the original with one utterance per set; recordings are never opened."""
    scores = {}
    lines = []
    for index, name in enumerate(("train", "test")):
        utt, speaker = f"00001{index}", f"s{index}"
        wav = Path("WAVE") / speaker / f"{utt}.{suffix}"
        (root / wav).parent.mkdir(parents=True)
        (root / wav).touch()
        (root / name).mkdir()
        for file, value in {
            "wav.scp": wav,
            "text": "WE",
            "utt2spk": speaker,
        }.items():
            (root / name / file).write_text(f"{utt}\t{value}\n")
        (root / name / "spk2age").write_text(f"{speaker}\t7\n")
        (root / name / "spk2gender").write_text(f"{speaker}\tf\n")
        lines.append(f"{utt}.0\tW_B IY0_E\n")
        words = [
            {
                "text": "WE",
                "accuracy": 10,
                "stress": 10,
                "total": 9,
                "phones": ["W", "IY0"],
                "phones-accuracy": [2.0, 1.4],
                "mispronunciations": [],
            }
        ]
        scores[utt] = {"text": "WE", "accuracy": 8, "completeness": 10, "fluency": 9}
        scores[utt] |= {"prosodic": 9, "total": 8, "words": words}
    (root / "resource").mkdir()
    (root / "resource" / "scores.json").write_text(json.dumps(scores))
    (root / "resource" / "text-phone").write_text("".join(lines))
    return root


@pytest.mark.parametrize("suffix", ["wav", "WAV", "ogg"])
def test_sets_stand_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    corpus = make_corpus(tmp_path / "corpus", suffix)
    assert speechocean762.prepare(corpus, tmp_path / "out") == {"train": 1, "test": 1}
    before = kaldi.read(corpus / "test")
    (corpus / "resource").rename(tmp_path / "gone")
    monkeypatch.chdir("/")
    moved = (tmp_path / "out" / "test").rename(tmp_path / "moved")
    assert kaldi.read(moved) == before
    assert before[0].labels is not None
    assert before[0].wav == corpus / "WAVE" / "s1" / f"000011.{suffix}"
    assert list(json.loads((moved / "scores.json").read_text())) == ["000011"]
    assert (moved / "spk2utt").read_text() == "s1\t000011\n"


def test_another_folder_is_refused_with_the_place_of_the_original(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "corpus")
    assert corpora.detect(corpus) is speechocean762
    (corpus / "test" / "text").unlink()
    assert not speechocean762.matches(corpus)
    with pytest.raises(InputError, match=r"no test/text: unpack OpenSLR 101 \(https://www.openslr"):
        speechocean762.prepare(corpus, tmp_path / "out")


def test_a_corpus_without_its_recordings_is_refused(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "corpus")
    shutil.rmtree(corpus / "WAVE")
    with pytest.raises(InputError, match=r"None of the recordings .*OpenSLR 101"):
        speechocean762.prepare(corpus, tmp_path / "out")


def test_scores_of_another_release_are_refused(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "corpus")
    (corpus / "resource" / "scores.json").write_text("{}")
    with pytest.raises(InputError, match="no scores of 000010"):
        speechocean762.prepare(corpus, tmp_path / "out")


def test_the_real_corpus(shared_data: Path, tmp_path: Path) -> None:
    corpus = shared_data / "speechocean762"
    assert speechocean762.prepare(corpus, tmp_path) == {"train": 2500, "test": 100}
    train, test = kaldi.read(tmp_path / "train"), kaldi.read(tmp_path / "test")
    assert train == kaldi.read(corpus / "train", corpus_root=corpus)
    assert not {u.speaker for u in train} & {u.speaker for u in test}
    assert all(u.labels is not None and u.age and u.gender in ("m", "f") for u in train + test)
    assert all(u.wav.is_absolute() and u.wav.is_file() for u in test)
    experts = json.loads((tmp_path / "test" / kaldi.EXPERTS).read_text())
    for u in test:
        assert u.labels is not None
        for word, scores in zip(u.labels.words, experts[u.utt], strict=True):
            assert [len(phone) for phone in scores] == [5] * len(word.phones)
