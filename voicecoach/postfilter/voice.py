"""A voice whose features go through a postfilter before they become sound."""

from pathlib import Path
from typing import Literal, get_args

import numpy as np

from voicecoach.audio.level import unclipped
from voicecoach.errors import InputError
from voicecoach.postfilter import parametric
from voicecoach.postfilter.postfilter import Enhancer, Postfilter
from voicecoach.synthesis import acoustics
from voicecoach.synthesis.trained import Prediction, TrainedVoice

Choice = Literal["auto", "parametric", "filters", "gv", "none"]
"""A GAN's, the filters it begins with, variance scaling, or nothing. "auto" takes the GAN's, and
variance scaling for a voice that has none."""


class FilteredVoice(TrainedVoice):
    """A trained voice with a postfilter, or a baseline, over its mel-cepstra."""

    def __init__(self, voice: TrainedVoice, enhancer: Enhancer) -> None:
        super().__init__(voice.model, voice.spec, voice.statistics)
        self.enhancer = enhancer

    def sound(self, predicted: Prediction, seed: int = 0) -> np.ndarray:
        """As ``TrainedVoice.sound``, livelier; the same seed gives the same samples."""
        return self.vocode(parametric.enhance(predicted.vocoded, self.enhancer, seed))


def load(folder: str | Path, choice: str = "auto") -> TrainedVoice:
    """A voice of a checkpoint folder; a GAN's postfilter lies in a folder inside.

    Args:
        folder: of the voice.
        choice: one of ``Choice``.

    Raises:
        InputError: there is no such voice, or it has no such postfilter.
    """
    if choice not in get_args(Choice):
        names = ", ".join(get_args(Choice))
        raise InputError(f"There is no postfilter '{choice}': take one of {names}.")
    voice = TrainedVoice.from_pretrained(folder)
    if choice == "none":
        return voice
    own = Path(folder) / parametric.KIND
    if choice == "gv" or (choice == "auto" and not own.is_dir()):
        return FilteredVoice(voice, parametric.scaling(voice.statistics["deviation"].numpy()))
    if not own.is_dir():
        raise InputError(
            f"The voice {folder} has no such postfilter: train one by recipes/postfilter.sh."
        )
    postfilter = Postfilter.from_pretrained(own)
    return FilteredVoice(voice, postfilter.base if choice == "filters" else postfilter)


def enhance(waveform: np.ndarray, voice: TrainedVoice, seed: int = 0) -> np.ndarray:
    """Any speech by the postfilter of a voice, over WORLD.

    Args:
        waveform: (n_samples,) float in [-1, 1], at the voice's sample rate.
        voice: one of ``load``; without a postfilter, speech is only taken apart and put together.
        seed: of the noise.

    Returns:
        (n_samples,) float32 in [-1, 1].

    Raises:
        InputError: the waveform cannot be analysed.
    """
    audio, order = voice.spec.audio, voice.spec.order
    vocoded = acoustics.analyse(waveform, audio, order)
    if isinstance(voice, FilteredVoice):
        vocoded = parametric.enhance(vocoded, voice.enhancer, seed)
    return unclipped(acoustics.synthesise(vocoded, audio, len(waveform)))
