"""Sound made lively by the magnitudes of its short-time spectrum, whose phase is kept.

Kaneko et al., "Generative adversarial network-based postfilter for STFT spectrograms", Interspeech
2017, cut the frequency axis into bands, since one network cannot learn so many rows at once. They
had magnitudes only and made phases up; here the phase is that of the vocoder's sound.
"""

import time
from dataclasses import replace
from itertools import pairwise

import numpy as np

from voicecoach.audio.spec import AudioSpec
from voicecoach.metrics.distortion import log_spectral_distance_db
from voicecoach.postfilter import bands
from voicecoach.postfilter.model import PostfilterModelSpec
from voicecoach.postfilter.postfilter import Enhancer, Said
from voicecoach.postfilter.training import Pairs
from voicecoach.synthesis import acoustics
from voicecoach.synthesis.acoustics import FLOOR
from voicecoach.synthesis.features import VoiceFolder

KIND = "stft"


def enhance(
    waveform: np.ndarray, enhancer: Enhancer, audio: AudioSpec, seed: int = 0
) -> np.ndarray:
    """A voice's sound with livelier magnitudes.

    Args:
        waveform: (n_samples,) float.
        enhancer: a postfilter, or a baseline, for log magnitudes.
        audio: ``coarser`` frames of the voice.
        seed: of the enhancer's noise.

    Returns:
        (n_samples,) float32, not limited to [-1, 1].

    Raises:
        InputError: the waveform is too short to be analysed.
        ValueError: the enhancer was trained on another number of bins.
    """
    import torch

    from voicecoach.audio.stft import istft, stft

    spectrum = stft(torch.from_numpy(np.asarray(waveform, dtype=np.float32)), audio)
    log_magnitude = spectrum.abs().clamp_min(FLOOR).log()
    lively = enhancer.enhance(log_magnitude.numpy(), seed).astype(np.float32)
    gain = (torch.from_numpy(lively) - log_magnitude).exp()
    return istft(spectrum * gain, audio, len(waveform)).numpy()


def coarser(audio: AudioSpec, stride: int) -> AudioSpec:
    """Every ``stride``-th frame of a voice's features."""
    return audio.model_copy(update={"hop_length": stride * audio.hop_length})


def seam(rows: np.ndarray, natural: np.ndarray, cuts: list[slice]) -> np.ndarray:
    """How rough a spectrum is where bands overlap.

    Args:
        rows, natural: (n_columns, n_bins) log magnitudes.
        cuts: the bands, two or more.

    Returns:
        (n_columns,) differences between neighbouring bins, divided by those of natural speech at
        the same place: of the roughest overlap, divided by those elsewhere. Natural speech has 1.
    """
    steps = [np.abs(np.diff(x, axis=1)).mean(axis=0) for x in (rows, natural)]
    rough = steps[0] / np.maximum(steps[1], 1e-6)
    places = [slice(upper.start - 1, lower.stop) for lower, upper in pairwise(cuts)]
    elsewhere = np.ones(len(rough), bool)
    for place in places:
        elsewhere[place] = False
    worst = max(rough[place].mean() for place in places) / rough[elsewhere].mean()
    return np.full(len(rows), worst)


class Stft:
    """What training, speaking and measuring ask of this kind of postfilter.

    What it compares with recordings is the voice's sound with their pitch, voicing and
    aperiodicity: then harmonics lie in the same place. What judges hear has the voice's own.

    Args:
        spec: stride and bands.
    """

    def __init__(self, spec: PostfilterModelSpec) -> None:
        self.spec = spec

    def pairs(self, natural: VoiceFolder, made: VoiceFolder) -> Pairs:
        """What a postfilter learns from: spectra of recordings, and of a voice's sound in their
        place (``parametric.enhance_folder``)."""
        n = range(len(natural.utterances))
        return Pairs(
            [self.recorded(natural, index) for index in n],
            [self._spectrum(self._in_step(natural, made, index), natural) for index in n],
            [utterance.utt for utterance in natural.utterances],
        )

    def recorded(self, natural: VoiceFolder, index: int) -> np.ndarray:
        """Log magnitudes (n_columns, n_bins) of a recording."""
        return natural.spectrum[natural.frames(index)][:: self.spec.stride].astype(np.float32)

    def say(
        self, natural: VoiceFolder, made: VoiceFolder, index: int, enhancer: Enhancer | None
    ) -> Said:
        """A sentence; the rows with the recording's pitch, the sound with the voice's."""
        audio, vocoded = natural.spec.audio, made.vocoded(index)
        rows = self._spectrum(self._in_step(natural, made, index), natural)
        sound = acoustics.synthesise(vocoded, audio, len(vocoded.mcep) * audio.hop_length)
        started = time.perf_counter()
        if enhancer is not None:
            sound = enhance(sound, enhancer, coarser(audio, self.spec.stride), seed=index)
        seconds = time.perf_counter() - started
        if enhancer is not None:
            rows = enhancer.enhance(rows, seed=index)
        return Said(rows.astype(np.float32), sound, seconds)

    def changed(self, rows: np.ndarray) -> np.ndarray:
        """What of ``Said.rows`` is to be as lively as natural speech."""
        return rows

    def distances(self, rows: np.ndarray, natural: np.ndarray) -> dict[str, np.ndarray]:
        """From natural rows, (n_columns,) each."""
        cuts = bands.cut(rows.shape[1], self.spec.bands)
        found = {"lsd_db": log_spectral_distance_db(rows, natural)}
        for number, band in enumerate(cuts, start=1):
            found[f"lsd_{number}_db"] = log_spectral_distance_db(rows[:, band], natural[:, band])
        if len(cuts) > 1:
            found["seam"] = seam(rows, natural, cuts)
        return found

    def _in_step(self, natural: VoiceFolder, made: VoiceFolder, index: int) -> np.ndarray:
        vocoded = replace(natural.vocoded(index), mcep=made.vocoded(index).mcep)
        audio = natural.spec.audio
        return acoustics.synthesise(vocoded, audio, len(vocoded.mcep) * audio.hop_length)

    def _spectrum(self, sound: np.ndarray, natural: VoiceFolder) -> np.ndarray:
        """Without the last frame, which would be the next of the features of a voice."""
        audio = natural.spec.audio
        n_columns = -(-(len(sound) // audio.hop_length) // self.spec.stride)
        return acoustics.log_magnitude(sound, coarser(audio, self.spec.stride))[:n_columns]
