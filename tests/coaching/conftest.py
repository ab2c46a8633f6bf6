"""Made-up feedback on sentences that the reference voice says."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from voicecoach.coaching.contours import measure_contour
from voicecoach.coaching.results import (
    Arrow,
    Change,
    Coaching,
    DurationRange,
    PhoneFeedback,
    Reference,
    Speaker,
    VowelRegion,
)
from voicecoach.scoring.results import DELETED, PhoneScore, SentenceScore, WordScore
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.synthesis.voice import Speech
from voicecoach.text.phones import VOWELS
from voicecoach.text.transcribe import transcribe

# Means of women: Hillenbrand et al., J. Acoust. Soc. Am. 97, 1995.
NATIVE_HZ = {
    "IY": (437, 2761), "IH": (483, 2365), "EH": (731, 2058), "AE": (669, 2349), "AA": (936, 1551),
    "AO": (781, 1136), "UH": (519, 1225), "UW": (459, 1105), "AH": (753, 1426), "ER": (523, 1588),
}  # fmt: skip
VOWEL_ARROWS = (Arrow("f2", 1650, 1980, strength=3), Arrow("f1", 640, 540, strength=2))
NOISE_ARROWS = (Arrow("centre", 6200, 5100, strength=2), Arrow("duration", 70, 120, strength=1.5))


def give_feedback(
    phone: str = "TH",
    arrows: tuple[Arrow, ...] = (),
    realised: str | None = None,
    at: tuple[int, int] = (0, 0),
    word: str = "think",
    stress: int = 1,
    times_ms: tuple[float, float] = (100.0, 200.0),
) -> PhoneFeedback:
    """Feedback on one sound, which was left out where ``realised`` says so."""
    left_out = realised == DELETED
    said = PhoneScore(phone, 0.2, *times_ms, True, realised, 0.9)
    change = None if left_out else Change(np.full((4, 3), 1.5), np.array([500.0, 1500.0, 4000.0]))
    token = (("middle", 640.0, 1650.0),) if phone in VOWELS else ()
    return PhoneFeedback(*at, said, word, stress, () if left_out else arrows, change, token)


@dataclass(frozen=True, eq=False)
class Made:
    """Feedback with the recording and the reference that belong to it."""

    coaching: Coaching
    speech: Speech
    reference: Reference


Flaws = dict[tuple[int, int], tuple[tuple[Arrow, ...], str | None]]


def make_coaching(text: str, flaws: Flaws, n_flagged: int | None = None, sure: bool = True) -> Made:
    """Feedback on ``text``; ``flaws`` are arrows and what was heard, by word and sound."""
    voice = ReferenceVoice()
    sentence = transcribe(text)
    learner, native = voice.speak(sentence, rate=0.9), voice.speak(sentence, rate=1.1, seed=1)
    spans = iter(learner.phones)
    words, durations = [], []
    for w, (intended, (_, start, end)) in enumerate(zip(sentence, learner.words, strict=True)):
        phones = []
        for p, name in enumerate(intended.phones):
            _, begins, ends = next(spans)
            realised = flaws[w, p][1] if (w, p) in flaws else name
            ends = begins if realised == DELETED else ends
            phones.append(
                PhoneScore(name, 0.2, begins, ends, True, realised, 0.9)
                if (w, p) in flaws
                else PhoneScore(name, 1.9, begins, ends, False, name, 0.9)
            )
            durations.append(DurationRange(w, p, ends - begins, 50.0, 60.0 + 10 * (p % 7)))
        words.append(WordScore(intended.text, 7, 7, start, end, tuple(phones)))
    score = SentenceScore(text, 7, 7, 7, 9, 7, learner.duration_ms, tuple(words))
    feedback = tuple(
        give_feedback(
            sentence[w].phones[p],
            arrows,
            heard,
            (w, p),
            sentence[w].text,
            sentence[w].stress[p],
            (words[w].phones[p].start_ms, words[w].phones[p].end_ms),
        )
        for (w, p), (arrows, heard) in flaws.items()
    )
    rng = np.random.default_rng(0)
    others = tuple(
        (phone, *(np.array(NATIVE_HZ[phone]) * rng.normal(1, 0.08, 2)).tolist())
        for word in sentence
        for phone in word.phones
        if phone in NATIVE_HZ
    )
    regions = tuple(
        VowelRegion(phone, f1, f2, ((0.012, -0.002), (-0.002, 0.008)))
        for phone, (f1, f2) in NATIVE_HZ.items()
    )
    coaching = Coaching(
        score=score,
        phones=feedback,
        n_flagged=len(flaws) if n_flagged is None else n_flagged,
        speaker=Speaker(1.04, 0.01, 1.1, sure),
        durations=tuple(durations),
        vowels=regions,
        contour=measure_contour(learner.waveform, learner.sample_rate),
        f1_f2_said=others,
        sentence=sentence,
    )
    contour = measure_contour(native.waveform, native.sample_rate)
    return Made(coaching, learner, Reference(contour, native.phones))


@pytest.fixture(scope="session")
def make() -> Callable[..., Made]:
    """``make_coaching``."""
    return make_coaching


LONG = (
    "Although the weather was thoroughly unpleasant yesterday we walked through the quiet forest "
    "and watched birds"
)


@pytest.fixture(scope="session", params=["one", "three", "long", "consonants", "unsure", "good"])
def made(request: pytest.FixtureRequest) -> Made:
    """Feedback of every kind."""
    return MADE[request.param]()


MADE = {
    "one": lambda: make_coaching("The ship is here", {(1, 1): (VOWEL_ARROWS, "IY")}, 1),
    "three": lambda: make_coaching(
        "I think the red boat left",
        {
            (1, 0): (NOISE_ARROWS, "S"),
            (3, 1): ((Arrow("f1", 560, 720, strength=3), Arrow("f2", 2300, 2050)), "IH"),
            (4, 1): (
                (
                    Arrow("f2", 1500, 1150, "end", 3),
                    Arrow("f1", 600, 480, "end", 2),
                    Arrow("duration", 90, 160, strength=1.5),
                ),
                "AO",
            ),
        },
        7,
    ),
    "long": lambda: make_coaching(
        LONG,
        {(2, 1): (VOWEL_ARROWS, "AE"), (4, 0): (NOISE_ARROWS, "S"), (10, 1): ((), DELETED)},
        12,
    ),
    "consonants": lambda: make_coaching(
        "We saw the red roof",
        {(3, 0): ((Arrow("f3", 2600, 1900, strength=4), Arrow("f2", 900, 1200)), "W")},
        2,
    ),
    "unsure": lambda: make_coaching(
        "The ship is here", {(1, 1): (VOWEL_ARROWS, "IY")}, 1, sure=False
    ),
    "good": lambda: make_coaching("The ship is here", {}),
}


@pytest.fixture(scope="session")
def flaws() -> Flaws:
    """The th of "I think so", said like s; the arrow in the middle is too small to be heard."""
    tiny = Arrow("level", -20, -19, strength=1.8)
    return {(1, 0): ((NOISE_ARROWS[0], tiny, NOISE_ARROWS[1]), "S")}
