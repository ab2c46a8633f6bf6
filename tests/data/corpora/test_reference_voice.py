import numpy as np

from voicecoach.audio import io
from voicecoach.data import kaldi
from voicecoach.data.corpora import reference_voice
from voicecoach.data.utterance import Utterance
from voicecoach.text.transcribe import transcribe


def test_one_sentence_in_four_is_spoken_the_same_every_time(tmp_path, sentence_labels):
    texts = ("a red cat", "we call it", "she is here", "they go", "big dogs run")
    utterances = []
    for number, text in enumerate(texts):
        sentence = transcribe(text)
        labels = sentence_labels(sentence)
        wav = tmp_path / f"u{number}.wav"
        utterances.append(Utterance(f"u{number}", "s", wav, text, sentence, labels, age=7))
    kaldi.write(tmp_path / "in", utterances)
    for out in ("a", "b"):
        assert reference_voice.prepare(tmp_path / "in", tmp_path / out) == {"reference": 2}
    first, second = (kaldi.read(tmp_path / out / "reference") for out in ("a", "b"))
    assert [u.text for u in first] == ["a red cat", "big dogs run"]
    assert [u.sentence for u in first] == [
        u.sentence for u in kaldi.read(tmp_path / "in") if u.utt in ("u0", "u4")
    ]
    assert all(u.labels is None and u.age is None for u in first)
    for one, other in zip(first, second, strict=True):
        waveform = io.load(one.wav, 24000)
        np.testing.assert_array_equal(waveform, io.load(other.wav, 24000))
        assert 0.05 < np.abs(waveform).max() < 1
