import numpy as np
import pytest

from voicecoach.audio.level import loud_level_db, measure
from voicecoach.scoring.results import PhoneScore, SentenceScore, WordScore
from voicecoach.scoring.spoiling import CLIPPED, CUT, LOUD_LEVELS_DB, Spoiler, clip, other_texts

RATE = 16000
TEXTS = [
    "one two three four",
    "five six seven",
    "eight nine ten eleven twelve",
    "a",
    "One two three four",
]


@pytest.fixture
def waveform():
    rng = np.random.default_rng(0)
    return (0.1 * rng.normal(size=2 * RATE)).astype(np.float32)


def scored(*spans_ms):
    words = []
    for start_ms, end_ms in spans_ms:
        phone = PhoneScore("AH", 2.0, start_ms, end_ms, False, None, 0.0)
        words.append(WordScore("a", 10, 10, start_ms, end_ms, (phone,)))
    return SentenceScore("a a", 10, 10, 10, 10, 10, 2000, tuple(words))


def test_clipping_drives_a_share_to_full_scale(waveform):
    for share in CLIPPED:
        assert measure(clip(waveform, share)).n_clipped / len(waveform) == pytest.approx(
            share, rel=0.1
        )


def test_each_way_comes_in_each_strength(waveform):
    score = scored((200, 600), (1000, 1800))
    names = set()
    for turn in range(len(LOUD_LEVELS_DB)):
        trials = list(Spoiler(RATE).trials(waveform, "a a", score, [waveform], turn))
        names |= {trial.name for trial in trials}
        by_name = {trial.name.split(" ")[0]: trial for trial in trials}
        assert loud_level_db(by_name["speech"].waveform, RATE) == pytest.approx(
            LOUD_LEVELS_DB[turn], abs=0.5
        )
        assert len(by_name["2"].waveform) == 2 * len(waveform)
        share = CUT[turn % len(CUT)]
        assert len(by_name["last"].waveform) == round(RATE * (1.8 - share * 0.8))
        assert 2 * RATE - len(by_name["first"].waveform) == round(RATE * (0.2 + share * 0.4))
        for trial in trials:
            assert trial.waveform.dtype == np.float32
            assert np.abs(trial.waveform).max() <= 1
            assert trial.rightly
    assert sum(name.startswith("speech at") for name in names) == len(LOUD_LEVELS_DB)


def test_other_texts_differ_as_they_say():
    rng = np.random.default_rng(0)
    lengths = [len(text) for text in TEXTS]
    for _ in range(20):
        found = {name: (text, other) for name, text, other in other_texts(TEXTS, lengths, 0, rng)}
        for name in ("another sentence", "another sentence of similar length"):
            text, is_other = found[name]
            assert text.lower() != TEXTS[0].lower()
            assert is_other
        text, is_other = found["one word changed"]
        assert sum(a != b for a, b in zip(text.split(), TEXTS[0].split(), strict=True)) == 1
        assert not is_other
        assert found["only half of the text said"][0].startswith(TEXTS[0])
        assert found["second half is another sentence's"][0].startswith("one two ")


def test_one_text_has_no_other():
    assert list(other_texts(["a b c"], [3], 0, np.random.default_rng(0))) == []
