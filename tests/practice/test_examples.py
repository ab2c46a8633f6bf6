import numpy as np
import pytest

from voicecoach.errors import InputError
from voicecoach.practice.examples import SLOW_RATE, Examples
from voicecoach.practice.exercises import Exercise, from_text
from voicecoach.synthesis.voice import Speech

PHONES = (("W", 100, 150), ("IY", 150, 300), ("K", 300, 350), ("AO", 350, 600), ("L", 600, 700))


class CountingVoice:
    """Speaks noise at once, and counts."""

    sample_rate = 16_000

    def __init__(self) -> None:
        self.spoken: list[tuple[object, float]] = []

    def speak(self, sentence: object, rate: float = 1.0, seed: int = 0) -> Speech:
        self.spoken.append((sentence, rate))
        noise = np.random.default_rng(0).normal(scale=0.1, size=round(16_000 / rate))
        words = (("We", 100.0, 300.0), ("call", 300.0, 700.0))
        return Speech(noise.astype(np.float32), 16_000, words, PHONES)


@pytest.fixture
def voice() -> CountingVoice:
    return CountingVoice()


@pytest.fixture
def examples(voice: CountingVoice):
    examples = Examples(voice)
    yield examples
    examples.close()


@pytest.fixture
def exercise() -> Exercise:
    return from_text("We call")


def test_what_was_prepared_is_not_spoken_again(examples, voice, exercise) -> None:
    examples.prepare(exercise)
    assert examples.whole(exercise).duration_ms == 1000
    assert examples.whole(exercise, SLOW_RATE).duration_ms == pytest.approx(1538, abs=1)
    examples.prepare(exercise)
    assert sorted(rate for _, rate in voice.spoken) == [SLOW_RATE, 1.0]


def test_the_oldest_are_forgotten(examples, voice, exercise) -> None:
    for number in range(20):
        examples.whole(from_text(f"Number {number}"))
    examples.whole(from_text("Number 19"))
    assert len(voice.spoken) == 20
    examples.whole(from_text("Number 0"))
    assert len(voice.spoken) == 21


def test_a_word_and_a_sound_of_it(examples, exercise) -> None:
    word, rate = examples.word(exercise, 1)
    assert len(word) == pytest.approx(0.46 * rate, abs=2)
    sound, rate = examples.sound(exercise, 1, 1)
    assert len(sound) == pytest.approx(0.25 / 0.6 * rate, rel=0.02)


def test_a_voice_with_other_sounds_gives_the_word(examples) -> None:
    exercise = from_text("We called")  # one sound more than the voice says
    word, _ = examples.word(exercise, 1)
    np.testing.assert_array_equal(examples.sound(exercise, 1, 3)[0], word)


def test_what_cannot_be_spoken_is_told_when_it_is_asked_for() -> None:
    examples = Examples()
    exercise = Exercise("", (), "")
    examples.prepare(exercise)
    with pytest.raises(InputError, match=r"nothing to speak|no English"):
        examples.whole(exercise)
    examples.close()


def test_the_reference_voice_says_every_word_of_the_sentence() -> None:
    examples = Examples()
    exercise = from_text("Could you pass me 25 cups, please?")
    speech = examples.whole(exercise)
    assert [label for label, _, _ in speech.words] == [word.text for word in exercise.sentence]
    for index, word in enumerate(exercise.sentence):
        for position in range(len(word.phones)):
            sound, rate = examples.sound(exercise, index, position)
            assert len(sound) > 0.3 * rate
    examples.close()


def test_a_voice_by_its_name(exercise) -> None:
    examples = Examples("kathleen")
    speech = examples.whole(exercise)
    examples.close()
    assert [word for word, _, _ in speech.words] == ["We", "call"]
    assert speech.duration_ms != Examples().whole(exercise).duration_ms
