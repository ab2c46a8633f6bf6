import numpy as np
import pytest

from voicecoach.audio import io
from voicecoach.metrics import judges
from voicecoach.synthesis.reference import ReferenceVoice


def spoken(text):
    speech = ReferenceVoice().speak(text)
    return io.resample(speech.waveform, speech.sample_rate, judges.SAMPLE_RATE)


def test_one_voice_is_more_like_itself_than_like_another():
    pytest.importorskip("resemblyzer", reason="needs the extra judges")
    judge = judges.VoiceJudge()
    one, again = (spoken(text) for text in ("we call it bear", "she likes red apples"))
    lower = io.resample(one, judges.SAMPLE_RATE, round(1.25 * judges.SAMPLE_RATE))
    own, other, changed = (judge.embed(sound) for sound in (one, again, lower))
    assert np.linalg.norm(own) == pytest.approx(1, abs=1e-4)
    assert own @ other > own @ changed
    assert judge.embed(0.1 * one) == pytest.approx(own, abs=1e-3)


def test_noise_sounds_less_natural_than_speech():
    pytest.importorskip("xls_r_sqa", reason="needs the extra judges")
    judge = judges.NaturalnessJudge()
    speech = spoken("we call it bear")
    noise = 0.1 * np.random.default_rng(0).standard_normal(len(speech))
    assert 1 <= judge.opinion(speech + noise) < judge.opinion(speech) <= 5


def test_words_that_are_heard_otherwise_are_counted():
    pytest.importorskip("faster_whisper", reason="needs the extra train")
    judge = judges.WordJudge()
    speech = spoken("We can see nine red apples in the big tree.")
    assert judge.errors(speech, "we can see 9 red apples, in the big tree") == (0, 10)
    assert judge.errors(speech, "We can see nine green pears in the big tree.") == (2, 10)
    silence = np.zeros(judges.SAMPLE_RATE, np.float32)
    assert judge.errors(silence, "red apples") == (2, 2)


@pytest.mark.parametrize(
    ("module", "judge", "extra"),
    [
        ("resemblyzer", "VoiceJudge", "judges"),
        ("distillmos", "NaturalnessJudge", "judges"),
        ("faster_whisper", "WordJudge", "train"),
    ],
)
def test_a_judge_that_is_not_installed_is_one_sentence(monkeypatch, module, judge, extra):
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(judges.InputError, match=rf"voicecoach\[{extra}\]"):
        getattr(judges, judge)()
