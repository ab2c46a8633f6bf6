"""Mel-cepstra made lively: which rows of a voice's parameters a postfilter changes.

c_0, the loudness, is left alone, as are pitch, voicing and aperiodicity.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from voicecoach.metrics.distortion import mel_cepstral_distortion_db
from voicecoach.postfilter.baselines import VarianceScaling
from voicecoach.postfilter.postfilter import Enhancer, Said
from voicecoach.postfilter.training import Pairs
from voicecoach.synthesis import acoustics
from voicecoach.synthesis.acoustics import Vocoded
from voicecoach.synthesis.features import VoiceFolder, save

KIND = "parametric"


CONTEXT = 2  # rows that are shown only: c_0 and voicing


def features(vocoded: Vocoded) -> np.ndarray:
    """c_0, voicing, c_1, c_2, ...: (n_frames, CONTEXT + order)."""
    columns = (vocoded.mcep[:, :1], vocoded.voiced[:, None], vocoded.mcep[:, 1:])
    return np.concatenate(columns, axis=1)


def scaling(deviation: np.ndarray) -> VarianceScaling:
    """The baseline for ``features``, from the natural deviation (order,) of c_1, c_2, ..."""
    return VarianceScaling(np.concatenate([np.ones(CONTEXT), deviation]))


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


def enhance_folder(
    made: VoiceFolder,
    enhancer: Enhancer,
    out: str | Path,
    progress: Callable[[int, int], None] | None = None,
) -> VoiceFolder:
    """All utterances of a voice, into features of the same form.

    Args:
        made: what a voice says.
        enhancer: a postfilter; the seed of each utterance is its number.
        out: to be opened by ``synthesis.features.load``.
        progress: called with (done, total).

    Raises:
        InputError: ``out`` cannot be written.
    """
    n_utterances, world = len(made.utterances), np.array(made.world)
    for index in range(n_utterances):
        lively = enhance(made.vocoded(index), enhancer, seed=index)
        world[made.frames(index)] = lively.stack()
        if progress is not None:
            progress(index + 1, n_utterances)
    found = replace(made, world=world)
    save(out, found)
    return found


class Parametric:
    """What training, speaking and measuring ask of this kind of postfilter."""

    def pairs(self, natural: VoiceFolder, made: VoiceFolder) -> Pairs:
        """What a postfilter learns from: features of recordings, and what a voice says in their
        place (``synthesis.systems.predict``)."""
        n = range(len(natural.utterances))
        both = ([features(folder.vocoded(index)) for index in n] for folder in (natural, made))
        return Pairs(*both, [utterance.utt for utterance in natural.utterances])

    def recorded(self, natural: VoiceFolder, index: int) -> np.ndarray:
        """Mel-cepstra (n_frames, order + 1) of a recording."""
        return natural.vocoded(index).mcep

    def say(
        self, natural: VoiceFolder, made: VoiceFolder, index: int, enhancer: Enhancer | None
    ) -> Said:
        """A sentence with everything but c_1, c_2, ... as the voice has it."""
        vocoded, audio = made.vocoded(index), made.spec.audio
        started = time.perf_counter()
        if enhancer is not None:
            vocoded = enhance(vocoded, enhancer, seed=index)
        seconds = time.perf_counter() - started
        sound = acoustics.synthesise(vocoded, audio, len(vocoded.mcep) * audio.hop_length)
        return Said(vocoded.mcep, sound, seconds)

    def changed(self, rows: np.ndarray) -> np.ndarray:
        """What of ``Said.rows`` is to be as lively as natural speech."""
        return rows[:, 1:]

    def distances(self, rows: np.ndarray, natural: np.ndarray) -> dict[str, np.ndarray]:
        """From natural rows, (n_columns,) each."""
        return {"mcd_db": mel_cepstral_distortion_db(rows, natural)}
