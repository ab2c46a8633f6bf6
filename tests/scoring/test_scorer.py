"""The public class with the packaged model, on speech that is there on every machine."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import soundfile

from voicecoach import Scorer
from voicecoach.audio import io
from voicecoach.errors import InputError
from voicecoach.scoring.results import SentenceScore
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.transcribe import transcribe

TEXTS = ("We call it bear", "The red roses arrived very fast", "She sells sea shells")


@pytest.fixture(scope="module")
def scorer():
    return Scorer.from_pretrained()


@pytest.fixture(scope="module")
def spoken():
    """Waveforms of TEXTS at 24 kHz, by the reference voice."""
    voice = ReferenceVoice()
    return {text: voice.speak(text).waveform for text in TEXTS}


def check_form(score: SentenceScore) -> None:
    assert score.words
    for value in (score.accuracy, score.fluency, score.prosody, score.completeness, score.total):
        assert 0 <= value <= 10
    end_ms = 0.0
    for word in score.words:
        assert 0 <= word.accuracy <= 10
        assert 0 <= word.total <= 10
        for phone in word.phones:
            assert 0 <= phone.score <= 2
            assert 0 <= phone.confidence <= 1
            assert 0 <= phone.other_probability <= 1
            assert end_ms <= phone.start_ms < phone.end_ms <= score.duration_ms
            end_ms = phone.end_ms


def test_scores_have_the_form_that_is_promised(scorer, spoken):
    for text, waveform in spoken.items():
        score = scorer.score(waveform, text, sample_rate=24000)
        check_form(score)
        assert [word.text for word in score.words] == text.split()
        assert score.duration_ms == pytest.approx(1000 * len(waveform) / 24000, abs=1)


def test_it_listens(scorer, spoken):
    for text, waveform in spoken.items():
        right = scorer.score(waveform, text, sample_rate=24000)
        for other in TEXTS:
            if other == text:
                continue
            wrong = scorer.score(waveform, other, sample_rate=24000)
            mean_right, mean_wrong = (
                np.mean([p.other_probability for w in s.words for p in w.phones])
                for s in (right, wrong)
            )
            assert mean_wrong > mean_right + 0.1
            assert wrong.total < right.total


def test_a_batch_equals_single_recordings(scorer, spoken, tmp_path):
    pairs = []
    for number, (text, waveform) in enumerate(spoken.items()):
        path = tmp_path / f"{number}.wav"
        io.save(path, waveform, 24000)
        pairs.append((path, text))
    together = list(scorer.score_many(pairs, batch_size=3))
    for (path, text), batched in zip(pairs, together, strict=True):
        alone = scorer.score(path, text)
        assert batched.total == pytest.approx(alone.total, abs=1e-3)
        assert asdict(batched.fit) == pytest.approx(asdict(alone.fit), abs=1e-3)
        for one, other in zip(batched.words, alone.words, strict=True):
            for left, right in zip(one.phones, other.phones, strict=True):
                assert left.score == pytest.approx(right.score, abs=1e-3)
                assert left.start_ms == right.start_ms


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (44100, 2), (96000, 8)])
def test_any_rate_and_number_of_channels(scorer, spoken, tmp_path, rate, channels):
    text = TEXTS[0]
    waveform = io.resample(spoken[text], 24000, rate)
    path = tmp_path / "many.wav"
    soundfile.write(path, np.tile(waveform[:, None], (1, channels)), rate)
    score = scorer.score(path, text)
    check_form(score)
    plain = scorer.score(spoken[text], text, sample_rate=24000)
    assert score.total == pytest.approx(plain.total, abs=1.5)


def test_the_aligner_finds_where_the_voice_says_the_words(scorer):
    voice = ReferenceVoice()
    speech = voice.speak("The red roses arrived very fast")
    score = scorer.score(speech.waveform, "The red roses arrived very fast", speech.sample_rate)
    errors_ms = [
        abs(word.start_ms - start_ms)
        for word, (_, start_ms, _) in zip(score.words, speech.words, strict=True)
    ]
    assert np.median(errors_ms) < 40
    assert max(errors_ms) < 120


def test_silence_gets_an_answer_and_not_a_good_one(scorer, spoken):
    rng = np.random.default_rng(0)
    hiss = rng.normal(scale=1e-3, size=2 * 16000).astype(np.float32)
    score = scorer.score(hiss, TEXTS[0], sample_rate=16000)
    check_form(score)
    spoken_score = scorer.score(spoken[TEXTS[0]], TEXTS[0], sample_rate=24000)
    assert score.total < spoken_score.total


@pytest.mark.parametrize(
    ("waveform", "message"),
    [
        (np.zeros(0, np.float32), "too short"),
        (np.zeros(100, np.float32), "too short"),
        (np.full(16000, np.nan, np.float32), "finite"),
        (np.zeros((16000, 2), np.float32), "one row"),
        (np.zeros(40 * 16000, np.float32), "at most 29 s"),
        (np.zeros(2000, np.float32), "too short|Record the whole"),
    ],
)
def test_unusable_waveforms_are_one_sentence(scorer, waveform, message):
    with pytest.raises(InputError, match=message) as caught:
        scorer.score(waveform, "a long sentence with very many sounds in it", sample_rate=16000)
    assert "\n" not in str(caught.value)


def test_a_waveform_needs_its_rate(scorer):
    with pytest.raises(InputError, match="sample_rate"):
        scorer.score(np.zeros(16000, np.float32), "a cat")


@pytest.mark.parametrize("text", ["", "   ", "🙂", "你好"])
def test_texts_that_cannot_be_spoken(scorer, spoken, text):
    with pytest.raises(InputError):
        scorer.score(spoken[TEXTS[0]], text, sample_rate=24000)


def test_words_that_no_dictionary_has(scorer, spoken):
    check_form(scorer.score(spoken[TEXTS[0]], "We call it blorptastic", sample_rate=24000))


def test_phones_may_be_given(scorer, spoken):
    sentence = transcribe(TEXTS[0])
    text, phones = TEXTS[0], spoken[TEXTS[0]]
    same = scorer.score(phones, text, 24000, variants=False)
    assert scorer.score(phones, sentence, 24000) == same


def test_a_checkpoint_that_is_no_scorer(tmp_path):
    with pytest.raises(InputError, match=str(tmp_path)):
        Scorer.from_pretrained(tmp_path)


def test_a_weak_form_is_scored_as_what_it_is_and_words_with_phones_are_taken_at_their_word(scorer):
    text = "We want to call them"
    sentence = transcribe(text)
    weak = tuple(
        replace(word, phones=("T", "AH"), stress=()) if word.text == "to" else word
        for word in sentence
    )
    assert sentence[2].phones == ("T", "UW")
    speech = ReferenceVoice().speak(weak)
    chosen = scorer.score(speech.waveform, text, speech.sample_rate)
    assert [phone.phone for phone in chosen.words[2].phones] == ["T", "AH"]
    asked = scorer.score(speech.waveform, sentence, speech.sample_rate)
    assert [phone.phone for phone in asked.words[2].phones] == ["T", "UW"]
    allowed = scorer.score(speech.waveform, sentence, speech.sample_rate, variants=True)
    assert allowed.words == chosen.words


def test_a_word_that_was_not_said_is_an_omission(scorer, spoken):
    score = scorer.score(spoken[TEXTS[0]], "We call the garden it bear", sample_rate=24000)
    assert [word.error == "omission" for word in score.words] == [
        False, False, True, True, False, False,
    ]  # fmt: skip


def test_what_was_said_instead_is_named(scorer):
    """Over several clear swaps, because each single one may be missed."""
    voice, named = ReferenceVoice(), 0
    swaps = {"sin": "TH", "red": "L", "very": "W", "ship": "S", "zoo": "S", "pet": "B"}
    for text, said in swaps.items():
        sentence = transcribe(f"I will say {text} again")
        word = sentence[3]
        wrong = replace(word, phones=(said, *word.phones[1:]))
        speech = voice.speak((*sentence[:3], wrong, sentence[4]))
        score = scorer.score(speech.waveform, sentence, speech.sample_rate)
        named += score.words[3].phones[0].realised == said
    assert named >= 3


def test_the_signal_to_noise_ratio_is_told(scorer, spoken):
    rng = np.random.default_rng(0)
    clear = spoken[TEXTS[1]]
    noise = rng.normal(size=len(clear)).astype(np.float32) * np.sqrt(np.mean(clear**2) / 10)
    noisy = scorer.score(clear + noise, TEXTS[1], sample_rate=24000)
    assert noisy.snr_db == pytest.approx(10, abs=6)
    assert scorer.score(clear, TEXTS[1], sample_rate=24000).snr_db > noisy.snr_db + 8


def test_thinking_before_reading_costs_nothing(scorer, spoken):
    """How long it is silent before the first word moves the times, and hardly the scores."""
    text = "The red roses arrived very fast"
    waveform = spoken[text][round(0.2 * 24_000) :]
    at_once = scorer.score(waveform, text, 24_000)
    later = scorer.score(np.concatenate((np.zeros(3 * 24_000), waveform)), text, 24_000)
    assert later.total == pytest.approx(at_once.total, abs=0.3)
    assert later.fluency == pytest.approx(at_once.fluency, abs=0.5)
    assert later.duration_ms == pytest.approx(at_once.duration_ms + 3000, abs=1)
    for a, b in zip(at_once.words, later.words, strict=True):
        assert b.start_ms - 3000 == pytest.approx(a.start_ms, abs=50)
        assert b.end_ms - 3000 == pytest.approx(a.end_ms, abs=50)
