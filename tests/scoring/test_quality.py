"""The gate with the packaged model, on speech that is there on every machine."""

import numpy as np
import pytest

from voicecoach import Scorer
from voicecoach.audio import io
from voicecoach.errors import InputError
from voicecoach.scoring import quality
from voicecoach.scoring.quality import find_problems, score_checked
from voicecoach.scoring.spoiling import clip
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.transcribe import transcribe

TEXT, RATE = "The red roses arrived very fast", 24000


@pytest.fixture(scope="module")
def scorer():
    return Scorer.from_pretrained()


@pytest.fixture(scope="module")
def speech():
    return ReferenceVoice().speak(TEXT)


@pytest.fixture(scope="module")
def waveform(speech):
    return speech.waveform


def test_good_speech_gets_the_score_that_the_scorer_gives(scorer, waveform):
    verdict = score_checked(scorer, waveform, TEXT, RATE)
    assert verdict.problems == ()
    assert verdict.score == scorer.score(waveform, TEXT, RATE)
    sentence = transcribe(TEXT)
    given = score_checked(scorer, waveform, sentence, RATE)
    assert given.score == scorer.score(waveform, sentence, RATE)


def test_a_file_does_as_well(scorer, waveform, tmp_path):
    path = tmp_path / "take.wav"
    io.save(path, waveform, RATE)
    assert score_checked(scorer, path, TEXT).score == scorer.score(path, TEXT)


@pytest.mark.parametrize(
    ("kind", "measured", "spoil"),
    [
        ("silence", "120 dB", np.zeros_like),
        ("silence", "dB below", lambda x: x * np.float32(1e-4)),
        ("clipping", "%", lambda x: clip(x, 0.2)),
        ("quiet", "dB below", lambda x: x * np.float32(0.016)),
        ("noise", "0 dB", lambda x: np.random.default_rng(0).normal(0, 0.1, x.shape)),
        ("short", "0.1 s", lambda x: x[:3000]),
        ("short", "0.0 s", lambda x: x[:0]),
        ("long", "29 s", lambda x: np.tile(x, 30)),
        ("long", "of speech", lambda x: np.tile(x, 8)),
    ],
)
def test_what_cannot_be_judged_is_named_with_a_measurement(scorer, waveform, kind, measured, spoil):
    verdict = score_checked(scorer, np.asarray(spoil(waveform), np.float32), TEXT, RATE)
    assert verdict.score is None
    (problem,) = (problem for problem in verdict.problems if problem.refuses)
    assert problem.kind == kind
    assert measured in problem.message
    assert problem.advice


def test_no_network_runs_where_the_waveform_tells_enough(scorer, waveform, monkeypatch):
    def fail(*_, **__):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(scorer, "score_many", fail)
    assert score_checked(scorer, 0 * waveform, TEXT, RATE).score is None
    with pytest.raises(AssertionError, match="asked"):
        score_checked(scorer, waveform, TEXT, RATE)


def test_light_clipping_is_a_remark(scorer, waveform):
    verdict = score_checked(scorer, clip(waveform, 0.01), TEXT, RATE)
    assert [problem.kind for problem in verdict.problems] == ["clipping"]
    assert verdict.score is not None


def test_another_sentence_is_refused_and_another_word_is_not(scorer, waveform):
    other = score_checked(scorer, waveform, "We all like to swim in cold water", RATE)
    assert [problem.kind for problem in other.problems] == ["other sentence"]
    changed = score_checked(scorer, waveform, "The red houses arrived very fast", RATE)
    assert changed.score is not None


def test_speech_that_is_cut_off(scorer, speech):
    vowels = speech.words[1], speech.words[-1]  # "red" and "fast": there they are loud
    start, end = (round(RATE / 1000 * (0.55 * a + 0.45 * b)) for _, a, b in vowels)
    for part, kind in ((speech.waveform[start:], "cut start"), (speech.waveform[:end], "cut end")):
        verdict = score_checked(scorer, part, TEXT, RATE)
        assert kind in [problem.kind for problem in verdict.problems]
        assert verdict.score is None


def test_speech_that_is_trimmed_tightly_is_not_cut_off(scorer, waveform):
    """Soft edges, however much they sound like speech."""
    level = np.abs(waveform) > 0.02
    tight = waveform[level.argmax() : len(level) - level[::-1].argmax()]
    fade = np.minimum(1, np.arange(len(tight)) / (0.15 * RATE)).astype(np.float32) ** 2
    assert score_checked(scorer, tight * fade * fade[::-1], TEXT, RATE).score is not None


def test_noise_without_speech(scorer):
    rng = np.random.default_rng(0)
    steps = np.repeat([0.001, 0.1, 0.001, 0.1, 0.001], RATE // 2)  # comes and goes as words do
    verdict = score_checked(scorer, (steps * rng.normal(size=len(steps))).clip(-1, 1), TEXT, RATE)
    assert [problem.kind for problem in verdict.problems if problem.refuses] == ["silence"]


def test_what_was_scored_in_any_case_has_the_same_problems(scorer, waveform):
    at_16_khz = io.resample(waveform, RATE, scorer.audio.sample_rate)
    for spoilt in (at_16_khz, 0 * at_16_khz, clip(at_16_khz, 0.2), at_16_khz[:-12000]):
        score = scorer.score(spoilt, TEXT, 16000)
        asked = score_checked(scorer, spoilt, TEXT, 16000)
        assert find_problems(spoilt, 16000, score) == list(asked.problems)


def test_what_cannot_be_read_is_an_error(scorer, tmp_path):
    with pytest.raises(InputError, match="no file"):
        score_checked(scorer, tmp_path / "nothing.wav", TEXT)
    with pytest.raises(InputError):
        score_checked(scorer, np.zeros(RATE, np.float32), "你好", RATE)


def test_a_file_that_is_too_long_is_a_problem_and_not_an_error(scorer, tmp_path):
    path = tmp_path / "long.wav"
    io.save(path, np.zeros(35 * 8000), 8000)
    (problem,) = score_checked(scorer, path, TEXT).problems
    assert problem.kind == "long"
    assert f"{quality.MAX_DURATION_S:.0f} s" in problem.message
