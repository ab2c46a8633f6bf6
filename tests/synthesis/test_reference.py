from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.errors import InputError
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.synthesis.voice import Speech
from voicecoach.text.phones import PHONES
from voicecoach.text.sentence import Word
from voicecoach.text.transcribe import transcribe

TEXT = "I see a red ship, and the little bird."


@pytest.fixture(scope="module")
def voice() -> ReferenceVoice:
    return ReferenceVoice()


def times_are_sound(speech: Speech) -> None:
    """In order, without overlap, inside the waveform; words are made of their phones."""
    edges = [edge for _, start, end in speech.phones for edge in (start, end)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= speech.duration_ms + 1e-6
    starts, ends = {p[1] for p in speech.phones}, {p[2] for p in speech.phones}
    assert all(start in starts and end in ends for _, start, end in speech.words)


def level(speech: Speech, start_ms: float, end_ms: float) -> float:
    span = [int(ms * speech.sample_rate / 1000) for ms in (start_ms, end_ms)]
    return float(np.sqrt(np.mean(speech.waveform[span[0] : span[1]] ** 2)))


def band_db(speech: Speech, start_ms: float, end_ms: float, low_hz: float, high_hz: float) -> float:
    """Energy of a band against the whole, in dB."""
    span = [int(ms * speech.sample_rate / 1000) for ms in (start_ms, end_ms)]
    power = np.abs(np.fft.rfft(speech.waveform[span[0] : span[1]])) ** 2
    hz = np.linspace(0, speech.sample_rate / 2, len(power))
    return 10 * np.log10(power[(hz >= low_hz) & (hz < high_hz)].sum() / power.sum())


def test_a_text_is_spoken_at_a_good_level(voice) -> None:
    speech = voice.speak(TEXT)
    assert speech.sample_rate == voice.sample_rate == 24000
    assert speech.waveform.dtype == np.float32
    assert speech.waveform.ndim == 1
    assert 1500 < speech.duration_ms < 5000
    assert 0.1 < np.abs(speech.waveform).max() < 1.0
    times_are_sound(speech)


def test_words_and_phones_are_those_of_the_text(voice) -> None:
    speech, sentence = voice.speak(TEXT), transcribe(TEXT)
    assert [word for word, _, _ in speech.words] == [word.text for word in sentence]
    assert [phone for phone, _, _ in speech.phones] == [p for word in sentence for p in word.phones]


def test_phone_times_fit_the_sound(voice) -> None:
    speech = voice.speak(TEXT)
    inside = {phone: (start, end) for phone, start, end in speech.phones}
    # Hiss is above 4 kHz, vowels are below; the pause after the comma is near silence.
    assert band_db(speech, *inside["SH"], 2000, 12000) > -3
    assert band_db(speech, *inside["IY"], 2000, 12000) < -6
    ship = next(span for span in speech.words if span[0] == "ship")
    following = next(span for span in speech.words if span[1] >= ship[2])
    assert following[1] - ship[2] > 40
    assert level(speech, ship[2], following[1]) < 0.1 * level(speech, ship[1], ship[2])


def test_seed_decides_the_noise(voice) -> None:
    first, same, other = (voice.speak("See six ships.", seed=seed).waveform for seed in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_rate_changes_the_duration(voice) -> None:
    slow, plain, fast = (voice.speak(TEXT, rate=rate) for rate in (0.7, 1.0, 1.6))
    assert slow.duration_ms > 1.2 * plain.duration_ms
    assert fast.duration_ms < 0.8 * plain.duration_ms
    for speech in (slow, fast):
        times_are_sound(speech)


def test_a_swapped_phone_sounds_different_there_and_is_named(voice) -> None:
    sentence = transcribe("I think so.")
    wrong = replace(sentence[1], phones=("S", *sentence[1].phones[1:]))
    right, swapped = voice.speak(sentence), voice.speak((sentence[0], wrong, sentence[2]))
    phone, start, end = swapped.phones[1]
    assert phone == "S"
    assert right.phones[1][0] == "TH"
    # S is far louder than TH.
    assert level(swapped, start, end) > 2 * level(right, *right.phones[1][1:])


def test_a_swapped_vowel_moves_the_spectrum(voice) -> None:
    sentence = transcribe("The ship is here.")
    wrong = replace(sentence[1], phones=("SH", "AA", "P"))
    right, swapped = voice.speak(sentence), voice.speak((sentence[0], wrong, *sentence[2:]))
    assert swapped.phones[3][0] == "AA"
    # The first formant rises from about 450 to 800 Hz.
    assert band_db(swapped, *swapped.phones[3][1:], 650, 1300) > 6 + band_db(
        right, *right.phones[3][1:], 650, 1300
    )


def test_a_word_without_phones_is_left_out(voice) -> None:
    sentence = transcribe("I see a red ship.")
    without = tuple(replace(w, phones=(), stress=()) if w.text == "red" else w for w in sentence)
    assert [word for word, _, _ in voice.speak(without).words] == ["I", "see", "a", "ship"]


def test_long_texts_are_spoken_to_the_end(voice) -> None:
    text = "This goes on and on without any full stop " * 12
    speech = voice.speak(text)
    assert len(speech.words) == 9 * 12
    assert speech.words[-1][2] > speech.duration_ms - 1500
    times_are_sound(speech)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(PHONES), min_size=1, max_size=6).map(tuple), min_size=1, max_size=4
    ),
    st.floats(0.5, 2.0),
)
def test_any_phones_can_be_spoken(words, rate) -> None:
    speech = ReferenceVoice().speak(tuple(Word("x", phones) for phones in words), rate=rate)
    assert np.isfinite(speech.waveform).all()
    assert np.abs(speech.waveform).max() <= 1.0
    assert [phone for phone, _, _ in speech.phones] == [p for phones in words for p in phones]
    times_are_sound(speech)


@pytest.mark.parametrize("rate", [0.0, -1.0, 0.49, 2.1, float("nan")])
def test_a_rate_out_of_range_is_refused(voice, rate) -> None:
    with pytest.raises(InputError, match="rate"):
        voice.speak("Hello.", rate=rate)


@pytest.mark.parametrize("nothing", ["", "😀", (), (Word("x", ()),)])
def test_nothing_to_speak_is_refused(voice, nothing) -> None:
    with pytest.raises(InputError):
        voice.speak(nothing)


def test_an_unknown_phone_is_refused(voice) -> None:
    with pytest.raises(ValueError, match="QQ"):
        voice.speak((Word("x", ("QQ",)),))
