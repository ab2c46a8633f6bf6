import pytest

from voicecoach.data import corpora, kaldi
from voicecoach.data.corpora import librispeech_clips
from voicecoach.errors import InputError


def make_corpus(root):
    (root / "test-other").mkdir(parents=True)
    (root / "train-clean").mkdir()
    (root / "train-clean" / "9-9-9.ogg").touch()
    for utt in ("12-3-0", "12-3-1", "45-6-0"):
        (root / "test-other" / f"{utt}.ogg").touch()
    lines = "12-3-0\ta cat\n12-3-1\tred dogs\n45-6-0\twe call\n"
    (root / "test-other" / "text").write_text(lines)
    return root


def test_sets_with_transcripts_are_prepared(tmp_path):
    corpus = make_corpus(tmp_path / "clips")
    assert corpora.detect(corpus) is librispeech_clips
    assert librispeech_clips.prepare(corpus, tmp_path / "data") == {"clips_test-other": 3}
    utterances = kaldi.read(tmp_path / "data" / "clips_test-other")
    assert [u.speaker for u in utterances] == ["12", "12", "45"]
    assert all(u.wav.is_file() for u in utterances)


def test_a_missing_recording_and_an_empty_corpus(tmp_path):
    corpus = make_corpus(tmp_path / "clips")
    (corpus / "test-other" / "12-3-1.ogg").unlink()
    with pytest.raises(InputError, match="no sound file for 12-3-1"):
        librispeech_clips.prepare(corpus, tmp_path / "data")
    with pytest.raises(InputError, match="no sub-folder"):
        librispeech_clips.prepare(tmp_path, tmp_path / "data")
