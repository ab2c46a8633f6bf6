"""What a postfilter can change: a voice's parameters, or the spectrum of its sound."""

from typing import Protocol

import numpy as np

from voicecoach.postfilter.model import PostfilterModelSpec
from voicecoach.postfilter.parametric import Parametric
from voicecoach.postfilter.postfilter import Enhancer, Said
from voicecoach.postfilter.stft import KIND as STFT
from voicecoach.postfilter.stft import Stft
from voicecoach.postfilter.training import Pairs
from voicecoach.synthesis.features import VoiceFolder


class Kind(Protocol):
    """What training, speaking and measuring ask of a kind of postfilter."""

    def pairs(self, natural: VoiceFolder, made: VoiceFolder) -> Pairs: ...

    def recorded(self, natural: VoiceFolder, index: int) -> np.ndarray: ...

    def say(
        self, natural: VoiceFolder, made: VoiceFolder, index: int, enhancer: Enhancer | None
    ) -> Said: ...

    def changed(self, rows: np.ndarray) -> np.ndarray: ...

    def distances(self, rows: np.ndarray, natural: np.ndarray) -> dict[str, np.ndarray]: ...


def of(spec: PostfilterModelSpec) -> Kind:
    """The kind that a configuration asks for."""
    return Stft(spec) if spec.kind == STFT else Parametric()
