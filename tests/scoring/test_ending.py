"""Whether the last word was said: on frames made by hand, and on speech."""

import numpy as np
import pytest

from voicecoach import Scorer
from voicecoach.audio.io import load, resample
from voicecoach.data import kaldi
from voicecoach.scoring.ending import is_complete, said_all
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.phones import PHONE_INDEX, PHONES
from voicecoach.text.sentence import Word
from voicecoach.text.transcribe import transcribe

RATE = 16_000
SENTENCE = (
    Word("we", ("W", "IY")),
    Word("want", ("W", "AA", "N", "T")),
    Word("water", ("W", "AO", "T", "ER")),
)


def hear(text: str) -> np.ndarray:
    """Frames in which each phone of the text is nearly certain for 80 ms; "-" is silence."""
    path = [PHONE_INDEX.get(phone, len(PHONES)) for phone in text.split() for _ in range(8)]
    probabilities = np.full((len(path), len(PHONES) + 1), 1e-4)
    probabilities[np.arange(len(path)), path] = 1.0
    return np.log(probabilities / probabilities.sum(1, keepdims=True))


@pytest.mark.parametrize(
    ("heard", "complete"),
    [
        ("- - - - - -", False),
        ("- W IY - - - -", False),
        ("- W IY W AA N T - - - -", False),
        ("- W IY W AA N T W AO - - - -", False),  # the next syllable may come yet
        ("- W IY W AA N T W AO T - - - -", True),
        ("- W IY W AA N T W AO T ER - - - -", True),
        ("- W IY - W AA N T - - W AO T AH - - - -", True),  # not quite what was asked for
        ("- W IY W AO T ER - - - -", True),  # a word in the middle is missing
        ("B AE D", False),
    ],
)
def test_the_last_word(heard, complete) -> None:
    assert is_complete(hear(heard), SENTENCE) is complete


def test_words_that_come_again() -> None:
    no = Word("no", ("N", "OW"))
    for n_said in range(4):
        heard = hear("- " + "N OW - " * n_said + "- - - -")
        assert is_complete(heard, (no,) * 3) is (n_said == 3)


def test_a_single_word() -> None:
    cat = (Word("cat", ("K", "AE", "T")),)
    assert is_complete(hear("- - K AE T - - -"), cat)
    assert is_complete(hear("- - K AE - - -"), cat)
    assert not is_complete(hear("- - - - - -"), cat)


@pytest.mark.parametrize("n_frames", [0, 1, 5, 19])
def test_less_sound_than_the_sentence_takes(n_frames) -> None:
    assert not is_complete(hear("W IY W AA N T W AO T ER")[:n_frames], SENTENCE)


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.from_pretrained()


@pytest.mark.parametrize(
    "text",
    ["Tomorrow", "No, no, no", "We call it bear", "They said that they said it"],
)
def test_speech_that_ends_after_each_word(scorer, text) -> None:
    sentence = transcribe(text)
    for n_words in range(1, len(sentence) + 1):
        speech = ReferenceVoice().speak(sentence[:n_words])
        waveform = resample(speech.waveform, speech.sample_rate, RATE)
        assert said_all(scorer, waveform, sentence) is (n_words == len(sentence))


def test_another_sentence_and_nothing(scorer) -> None:
    sentence = transcribe("We call it bear")
    speech = ReferenceVoice().speak("The red roses arrived very fast")
    assert not said_all(scorer, resample(speech.waveform, speech.sample_rate, RATE), sentence)
    for n_samples in (0, 10, RATE):
        assert not said_all(scorer, np.zeros(n_samples, dtype=np.float32), sentence)


def test_recordings_of_learners(scorer, shared_data) -> None:
    complete, early = [], []
    for utterance in kaldi.read(shared_data / "speechocean762" / "test")[::6]:
        waveform, sentence = load(utterance.wav, RATE), utterance.sentence
        words = scorer.score(waveform, sentence, RATE).words
        complete.append(said_all(scorer, waveform, sentence))
        if len(words) > 1:
            cut = waveform[: round(words[-1].start_ms * RATE / 1000)]
            early.append(said_all(scorer, np.pad(cut, (0, RATE // 2)), sentence))
    assert np.mean(complete) > 0.8
    assert np.mean(early) < 0.1
