import numpy as np
import pytest

from voicecoach.coaching.contours import align_contour, measure_contour
from voicecoach.coaching.results import Contour, Reference
from voicecoach.scoring.results import PhoneScore, SentenceScore, WordScore
from voicecoach.synthesis.reference import ReferenceVoice

RATE = 16_000


def score(*spans: tuple[str, float, float]) -> SentenceScore:
    phones = tuple(PhoneScore(name, 2, a, b, False, name, 1) for name, a, b in spans)
    word = WordScore("word", 9, 9, spans[0][1], spans[-1][2], phones)
    return SentenceScore("word", 9, 9, 9, 9, 9, spans[-1][2], (word,))


def reference(times_ms: list[float], *phones: tuple[str, float, float]) -> Reference:
    times = np.array(times_ms, dtype=float)
    return Reference(Contour(times, np.arange(len(times), dtype=float)), phones)


def test_a_known_glide_of_an_octave_is_measured_in_semitones() -> None:
    seconds = np.arange(int(1.2 * RATE)) / RATE
    f0 = 120 * 2 ** np.clip((seconds - 0.1) / 1.0, 0, 1)
    phase = np.cumsum(f0) / RATE
    voice = sum(np.sin(2 * np.pi * k * phase) / k for k in range(1, 12)) * 0.1
    contour = measure_contour(voice, RATE)
    middle = (contour.times_ms > 200) & (contour.times_ms < 1000)
    assert np.isfinite(contour.semitones[middle]).all()
    slope = np.polyfit(contour.times_ms[middle], contour.semitones[middle], 1)[0]
    assert slope * 1000 == pytest.approx(12, abs=0.5)
    assert np.nanmedian(contour.semitones) == pytest.approx(0, abs=0.2)


def test_silence_and_hiss_have_no_pitch() -> None:
    assert np.isnan(measure_contour(np.zeros(RATE), RATE).semitones).all()
    speech = ReferenceVoice().speak("six sheep")
    contour = measure_contour(speech.waveform, speech.sample_rate)
    name, start, end = speech.phones[0]
    assert name == "S"
    hiss = (contour.times_ms > start + 20) & (contour.times_ms < end - 20)
    assert np.isnan(contour.semitones[hiss]).all()
    vowel, start, end = speech.phones[-2]
    assert vowel == "IY"
    voiced = (contour.times_ms > start + 20) & (contour.times_ms < end - 20)
    assert np.isfinite(contour.semitones[voiced]).mean() > 0.8


def test_each_sound_of_the_reference_is_moved_to_the_learners() -> None:
    said = score(("K", 1000, 1100), ("AO", 1100, 1500), ("L", 1500, 1600))
    spoken = reference(
        [0, 50, 100, 150, 200, 250, 300, 999],
        ("K", 0, 100), ("AO", 100, 200), ("L", 200, 300),
    )  # fmt: skip
    moved = align_contour(spoken, said)
    assert moved.times_ms.tolist() == [1000, 1050, 1100, 1300, 1500, 1550, 1600]
    assert moved.semitones.tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_sounds_that_one_of_them_does_not_say_are_passed_over() -> None:
    said = score(("K", 0, 100), ("AO", 100, 100), ("L", 100, 200), ("D", 200, 300))
    spoken = reference([0, 150, 300], ("K", 0, 100), ("AO", 100, 200), ("L", 200, 300))
    moved = align_contour(spoken, said)
    assert moved.times_ms.tolist() == [0, 100, 200]
    other = reference([0, 100, 200], ("M", 0, 100), ("N", 100, 200))
    assert align_contour(other, said).times_ms.tolist() == [0, 150, 300]


def test_a_reference_without_sounds_keeps_its_times() -> None:
    assert align_contour(reference([0, 10]), score(("K", 0, 9))).times_ms.tolist() == [0, 10]
