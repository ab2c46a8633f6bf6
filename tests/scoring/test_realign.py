import pytest

from voicecoach.audio import io
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.pretrained import resolve
from voicecoach.scoring.realign import realign
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.transcribe import transcribe


def test_phones_are_where_the_voice_said_them_and_bad_files_stop_nothing(tmp_path):
    text = "the red roses arrived very fast"
    speech = ReferenceVoice().speak(text)
    wav, broken = tmp_path / "good.wav", tmp_path / "broken.wav"
    io.save(wav, speech.waveform, speech.sample_rate)
    broken.write_bytes(b"")
    sentence = transcribe(text)
    utterances = [
        Utterance("broken", "s", broken, text, sentence),
        Utterance("good", "s", wav, text, sentence),
    ]
    shown = []
    result, kept = realign(utterances, resolve(None), lambda *progress: shown.append(progress))
    assert shown == [(1, 2), (2, 2)]
    assert set(result.failed) == {"broken"}
    assert [u.utt for u in kept] == ["broken", "good"]
    segments = result.segments["good"]
    assert len(segments) == sum(len(word.phones) for word in kept[1].sentence)
    assert kept[0].sentence == sentence
    assert (segments[1:, 0] >= segments[:-1, 1]).all()
    truth_ms = [start for _, start, _ in speech.phones]
    errors_ms = sorted(abs(10 * s[0] - t) for s, t in zip(segments, truth_ms, strict=True))
    assert errors_ms[len(errors_ms) // 2] <= 30


def test_without_a_scorer(tmp_path):
    with pytest.raises(InputError):
        realign([], tmp_path)
