"""Gives every sentence somebody else's recording: the proof that a scorer listens."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError


def shuffled(utterances: Sequence[Utterance], durations_s: Sequence[float]) -> list[Utterance]:
    """Each utterance with the recording of another speaker that is nearest in length.

    What is left of the correlation with the experts then comes from the text alone.

    Args:
        utterances: of at least two speakers.
        durations_s: of their recordings, in seconds.

    Raises:
        InputError: there is only one speaker.
    """
    durations = np.asarray(durations_s, dtype=float)
    speakers = np.array([u.speaker for u in utterances])
    if len(set(speakers)) < 2:
        raise InputError("There is only one speaker: recordings cannot be exchanged.")
    result = []
    for position, utterance in enumerate(utterances):
        distance = np.abs(durations - durations[position])
        distance[speakers == utterance.speaker] = np.inf
        result.append(replace(utterance, wav=utterances[int(distance.argmin())].wav))
    return result
