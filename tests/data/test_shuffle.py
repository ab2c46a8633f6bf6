from pathlib import Path

import pytest

from voicecoach.data.shuffle import shuffled
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError


def utterance(utt: str, speaker: str) -> Utterance:
    return Utterance(utt, speaker, Path(f"{utt}.wav"), "a", ())


def test_each_gets_the_nearest_recording_of_another_speaker():
    utterances = [utterance(*pair) for pair in (("a", "x"), ("b", "x"), ("c", "y"), ("d", "z"))]
    mixed = shuffled(utterances, [1.0, 1.1, 1.4, 3.0])
    assert [u.utt for u in mixed] == ["a", "b", "c", "d"]
    assert [u.wav.stem for u in mixed] == ["c", "c", "b", "c"]


def test_one_speaker_cannot_be_shuffled():
    with pytest.raises(InputError, match="only one speaker"):
        shuffled([utterance("a", "x"), utterance("b", "x")], [1.0, 1.0])
