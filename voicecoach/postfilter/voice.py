"""A voice whose features go through a postfilter before they become sound."""

from pathlib import Path
from typing import Literal, get_args

import numpy as np

from voicecoach.audio.level import unclipped
from voicecoach.errors import InputError
from voicecoach.postfilter import parametric, stft
from voicecoach.postfilter.postfilter import Enhancer, Postfilter
from voicecoach.synthesis import acoustics
from voicecoach.synthesis.trained import Prediction, TrainedVoice

Choice = Literal["auto", "stft", "parametric", "filters", "gv", "none"]
"""A GAN's over mel-cepstra ("parametric"), and another's over the spectrum of its sound ("stft");
the filters the first begins with, variance scaling, or nothing. "auto" takes "parametric", and
variance scaling for a voice that has none."""


class FilteredVoice(TrainedVoice):
    """A trained voice with a postfilter, or a baseline, over its mel-cepstra.

    Args:
        voice: without one.
        enhancer: of mel-cepstra.
        spectral: a postfilter of the sound that comes out.
    """

    def __init__(
        self, voice: TrainedVoice, enhancer: Enhancer, spectral: Postfilter | None = None
    ) -> None:
        super().__init__(voice.model, voice.spec, voice.statistics)
        self.enhancer = enhancer
        self.spectral = spectral

    def sound(self, predicted: Prediction, seed: int = 0) -> np.ndarray:
        """As ``TrainedVoice.sound``, livelier; the same seed gives the same samples."""
        vocoded = parametric.enhance(predicted.vocoded, self.enhancer, seed)
        return self._finish(self.vocode(vocoded), seed)

    def enhance(self, waveform: np.ndarray, seed: int = 0) -> np.ndarray:
        """Speech at the voice's sample rate, of any length that can be analysed; see ``enhance``
        below."""
        audio = self.spec.audio
        vocoded = acoustics.analyse(waveform, audio, self.spec.order)
        lively = parametric.enhance(vocoded, self.enhancer, seed)
        return self._finish(acoustics.synthesise(lively, audio, len(waveform)), seed)

    def _finish(self, waveform: np.ndarray, seed: int) -> np.ndarray:
        if self.spectral is None:
            return waveform
        audio = stft.coarser(self.spec.audio, self.spectral.spec.model.stride)
        return stft.enhance(waveform, self.spectral, audio, seed)


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
    own, over = (Path(folder) / kind for kind in (parametric.KIND, stft.KIND))
    if choice == "gv" or (choice == "auto" and not own.is_dir()):
        return FilteredVoice(voice, parametric.scaling(voice.statistics["deviation"].numpy()))
    if not own.is_dir() or (choice == stft.KIND and not over.is_dir()):
        raise InputError(
            f"The voice {folder} has no such postfilter: train one by recipes/postfilter.sh."
        )
    postfilter = Postfilter.from_pretrained(own)
    if choice == "filters":
        return FilteredVoice(voice, postfilter.base)
    spectral = Postfilter.from_pretrained(over) if choice == stft.KIND else None
    return FilteredVoice(voice, postfilter, spectral)


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
    if isinstance(voice, FilteredVoice):
        return unclipped(voice.enhance(waveform, seed))
    audio = voice.spec.audio
    vocoded = acoustics.analyse(waveform, audio, voice.spec.order)
    return unclipped(acoustics.synthesise(vocoded, audio, len(waveform)))
