"""How well a recording fits the sentence that it is said to be."""

import numpy as np

from voicecoach.metrics.distance import edit_distance
from voicecoach.scoring.placing import SILENCE, Place
from voicecoach.scoring.results import Fit

_EDGE_FRAMES = 3  # 30 ms: shorter than the pause that anybody leaves before a word
_SHORTEST_HEARD_FRAMES = 3  # of a phone in the free reading; shorter ones are mostly transitions


def measure_fit(log_posteriors: np.ndarray, found: Place, frame_shift_ms: float) -> Fit:
    """Compares what was heard with the path through the sentence.

    Args:
        log_posteriors: (n_frames, 40) natural logarithms; the last class is silence.
        found: where the sentence lies in them.
        frame_shift_ms: from one frame to the next.
    """
    phones = [phone for word in found.words for phone in word]
    heard = log_posteriors.argmax(1)
    path = np.full(len(heard), SILENCE)
    for (start, end), phone in zip(found.segments, phones, strict=True):
        path[start:end] = phone
    speech = (heard != SILENCE) | (path != SILENCE)
    frames = np.flatnonzero(speech)
    gaps = log_posteriors[frames, path[frames]] - log_posteriors[frames, heard[frames]]
    reading = _reading(heard)
    longer = max(len(reading), len(phones))
    said = 1 - np.exp(log_posteriors[:, SILENCE])
    return Fit(
        gap=float(gaps.mean()),
        heard=1 - edit_distance(reading, phones) / longer,
        speech_ms=float(np.count_nonzero(heard != SILENCE) * frame_shift_ms),
        starts_in_speech=float(said[:_EDGE_FRAMES].mean()),
        ends_in_speech=float(said[-_EDGE_FRAMES:].mean()),
    )


def _reading(heard: np.ndarray) -> list[int]:
    """The phones heard, one after the other, by somebody who does not know the sentence."""
    runs = np.split(heard, np.flatnonzero(np.diff(heard)) + 1)
    return [int(r[0]) for r in runs if len(r) >= _SHORTEST_HEARD_FRAMES and r[0] != SILENCE]
