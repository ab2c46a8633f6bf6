"""Judges of generated speech: whose voice it is, and how natural it sounds. Extra ``judges``.

They enter no loss and choose nothing that is trained here.
"""

import numpy as np

from voicecoach.errors import InputError

SAMPLE_RATE = 16000  # Hz, what both hear


class VoiceJudge:
    """Resemblyzer (Apache-2.0): embeddings whose cosine says how alike two voices are (Wan et al.,
    ICASSP 2018).

    Raises:
        InputError: Resemblyzer is not installed.
    """

    def __init__(self) -> None:
        try:
            from resemblyzer import VoiceEncoder
        except ImportError:
            raise _missing("Resemblyzer") from None
        self._encoder = VoiceEncoder("cpu", verbose=False)

    def embed(self, waveform: np.ndarray) -> np.ndarray:
        """(256,) of length 1, from a waveform (n_samples,) at ``SAMPLE_RATE``."""
        return self._encoder.embed_utterance(np.asarray(waveform, dtype=np.float32))


class NaturalnessJudge:
    """distillmos (Stahl and Gamper, ICASSP 2025; MIT): a predicted mean opinion score, 1 to 5.

    Raises:
        InputError: distillmos is not installed.
    """

    def __init__(self) -> None:
        from voicecoach.audio import _torchaudio

        _torchaudio.load()
        try:
            from distillmos import ConvTransformerSQAModel
        except ImportError:
            raise _missing("distillmos") from None
        self._model = ConvTransformerSQAModel().eval()

    def opinion(self, waveform: np.ndarray) -> float:
        """Of a waveform (n_samples,) at ``SAMPLE_RATE``."""
        import torch

        samples = torch.from_numpy(np.array(waveform, dtype=np.float32))
        with torch.inference_mode():
            return float(self._model(samples[None]))


def _missing(name: str) -> InputError:
    return InputError(f"The judge {name} is not installed: pip install 'voicecoach[judges]'.")
