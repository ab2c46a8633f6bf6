"""Mel-cepstra made lively: which rows of a voice's parameters a postfilter changes.

c_0, the loudness, is left alone, as are pitch, voicing and aperiodicity.
"""

from dataclasses import replace

import numpy as np

from voicecoach.postfilter.baselines import VarianceScaling
from voicecoach.postfilter.postfilter import Enhancer
from voicecoach.postfilter.training import Pairs
from voicecoach.synthesis.acoustics import Vocoded
from voicecoach.synthesis.features import VoiceFolder

KIND = "parametric"


CONTEXT = 2  # rows that are shown only: c_0 and voicing


def features(vocoded: Vocoded) -> np.ndarray:
    """c_0, voicing, c_1, c_2, ...: (n_frames, CONTEXT + order)."""
    columns = (vocoded.mcep[:, :1], vocoded.voiced[:, None], vocoded.mcep[:, 1:])
    return np.concatenate(columns, axis=1)


def scaling(deviation: np.ndarray) -> VarianceScaling:
    """The baseline for ``features``, from the natural deviation (order,) of c_1, c_2, ..."""
    return VarianceScaling(np.concatenate([np.ones(CONTEXT), deviation]))


def pairs(natural: VoiceFolder, made: VoiceFolder) -> Pairs:
    """What a postfilter learns from: features of recordings, and what a voice says in their place
    (``synthesis.systems.predict``)."""
    names = [utterance.utt for utterance in natural.utterances]
    return Pairs(_features(natural), _features(made), names)


def enhance(vocoded: Vocoded, enhancer: Enhancer, seed: int = 0) -> Vocoded:
    """A voice's parameters with livelier mel-cepstra.

    Args:
        vocoded: of made or recorded speech, with the order that the enhancer was trained on.
        enhancer: a postfilter, or a baseline.
        seed: of its noise.

    Raises:
        ValueError: the order is another one.
    """
    lively = enhancer.enhance(features(vocoded), seed)[:, CONTEXT:]
    return replace(vocoded, mcep=np.concatenate([vocoded.mcep[:, :1], lively], axis=1))


def _features(folder: VoiceFolder) -> list[np.ndarray]:
    order = folder.spec.order
    rows = [np.array(folder.world[folder.frames(i)]) for i in range(len(folder.utterances))]
    return [features(Vocoded.unstack(each, order)) for each in rows]
