"""A voice whose features go through a postfilter before they become sound."""

from pathlib import Path
from typing import Literal, get_args

import numpy as np

from voicecoach.errors import InputError
from voicecoach.postfilter import parametric
from voicecoach.postfilter.baselines import VarianceScaling
from voicecoach.postfilter.postfilter import Enhancer, Postfilter
from voicecoach.synthesis.trained import Prediction, TrainedVoice
from voicecoach.training import checkpoint

Choice = Literal["auto", "parametric", "gv", "none"]
"""A GAN's, variance scaling, or nothing; "auto" is the GAN's where the voice has one."""


class FilteredVoice(TrainedVoice):
    """A trained voice with a postfilter, or a baseline, over its mel-cepstra."""

    def __init__(self, voice: TrainedVoice, enhancer: Enhancer) -> None:
        super().__init__(voice.model, voice.spec, voice.statistics)
        self.enhancer = enhancer

    def sound(self, predicted: Prediction, seed: int = 0) -> np.ndarray:
        """As ``TrainedVoice.sound``, livelier; the same seed gives the same samples."""
        return self.vocode(parametric.enhance(predicted.vocoded, self.enhancer, seed))


def load(folder: Path, choice: str = "auto") -> TrainedVoice:
    """A voice of a checkpoint folder, with the postfilter that lies in a folder inside.

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
    own = folder / parametric.KIND
    if choice == "none" or (choice == "auto" and not own.is_dir()):
        return voice
    if not own.is_dir():
        raise InputError(
            f"The voice {folder} has no postfilter: train one by recipes/postfilter.sh."
        )
    if choice == "gv":
        deviation = checkpoint.load(own).statistics["deviation"].numpy()
        return FilteredVoice(voice, VarianceScaling(deviation))
    return FilteredVoice(voice, Postfilter.from_pretrained(own))
