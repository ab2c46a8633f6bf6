import numpy as np
import pytest

from voicecoach.audio import io
from voicecoach.conversion import frames, pairing
from voicecoach.conversion.voiceprint import Voiceprint
from voicecoach.data.utterance import Utterance
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.transcribe import transcribe

TEXTS = ("We call it bear.", "She likes red apples in the morning.", "Ten men left the beds.")


def speak(text: str) -> np.ndarray:
    """The reference voice at 16 kHz."""
    speech = ReferenceVoice().speak(text)
    return io.resample(speech.waveform, speech.sample_rate, frames.SAMPLE_RATE)


def lower(waveform: np.ndarray) -> np.ndarray:
    """A longer vocal tract and a lower pitch: played more slowly."""
    return io.resample(waveform, frames.SAMPLE_RATE, round(1.2 * frames.SAMPLE_RATE))


@pytest.fixture(scope="session")
def say():
    """What says a text with the reference voice at 16 kHz."""
    return speak


@pytest.fixture(scope="session")
def recordings():
    """What somebody with a lower voice says."""
    return [(lower(speak(text)), text) for text in TEXTS * 2]


@pytest.fixture(scope="session")
def reference_print():
    return Voiceprint.measure([(speak(text), text) for text in TEXTS * 3])


@pytest.fixture(scope="session")
def lower_print(recordings):
    return Voiceprint.measure(recordings)


@pytest.fixture(scope="session")
def some_pairs():
    """Six speakers of two sentences each: the reference voice, lower."""
    found = []
    for speaker in "abcdef":
        for number, text in enumerate(TEXTS[:2]):
            sentence = transcribe(text)
            speech = ReferenceVoice().speak(sentence)
            waveform = io.resample(speech.waveform, speech.sample_rate, frames.SAMPLE_RATE)
            times_ms = np.array([(start, end) for _, start, end in speech.phones])
            utterance = Utterance(f"{speaker}{number}", speaker, "none.wav", text, sentence)
            own, reference = (frames.analyse(x) for x in (lower(waveform), waveform))
            found.append(pairing.Pair(utterance, own, 1.2 * times_ms, reference, times_ms))
    return pairing.build(found)
