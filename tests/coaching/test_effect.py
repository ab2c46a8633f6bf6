"""What an independent ear makes of the demonstration's swapped sounds, before and after."""

import numpy as np
import pytest

from voicecoach.audio import io
from voicecoach.coaching import effect
from voicecoach.coaching.coach import Coach
from voicecoach.data.utterance import Utterance
from voicecoach.practice.demo import SWAPS, TEXT, swap
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.transcribe import transcribe

pytest.importorskip("hama", reason="needs the extra eval")


@pytest.fixture(scope="module")
def swapped(tmp_path_factory):
    sentence = transcribe(TEXT)
    speech = ReferenceVoice().speak(swap(sentence, SWAPS))
    path = tmp_path_factory.mktemp("effect") / "swapped.wav"
    io.save(path, io.resample(speech.waveform, speech.sample_rate, 16000), 16000)
    return Utterance("u", "s", path, TEXT, sentence)


def test_the_ear_hears_every_flagged_sound_in_every_version(swapped):
    from voicecoach.metrics.listener import Listener

    listener, coach = Listener(), Coach.from_pretrained()
    found = effect.listen(coach, listener, swapped, np.random.default_rng(0))
    assert [one.phone for one in found] == ["R"] * len(SWAPS)
    assert all(one.flagged and not one.bad for one in found)
    assert all(set(one.clarity) == set(effect.VERSIONS) for one in found)
    assert all(one.clarity["recording"] < -1 for one in found)
    gain = [one.clarity["deep feedback"] - one.clarity["resynthesis"] for one in found]
    assert np.mean(gain) > 0
    again = effect.listen(coach, listener, swapped, np.random.default_rng(0))
    assert [one.clarity for one in again] == [one.clarity for one in found]
    print([(one.clarity) for one in found])
