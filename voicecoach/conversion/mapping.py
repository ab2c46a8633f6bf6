"""From one voice to another, frame by frame: what every converter does, and the plainest one."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from voicecoach.audio.world import F0_CEILING_HZ, F0_FLOOR_HZ
from voicecoach.conversion import warping
from voicecoach.conversion.voiceprint import Voiceprint
from voicecoach.synthesis.acoustics import Vocoded

_BORDER_SIGMA = 1.5  # frames of 5 ms
_LEAST_RATIO, _MOST_RATIO = 0.5, 2.0  # of melodies


class Mapping(Protocol):
    """A way to convert mel-cepstra."""

    def convert(
        self, spoken: Vocoded, source: Voiceprint, target: Voiceprint, seed: int = 0
    ) -> np.ndarray:
        """Mel-cepstra (n_frames, order + 1) of what ``source`` says, as ``target`` says it."""
        ...


@dataclass(frozen=True)
class FrequencyWarping:
    """Warps frequencies, then moves mean and variance of each coefficient to those of the target.

    The baseline: vocal tract length normalisation backwards (Eide and Gish, ICASSP 1996; for voice
    conversion Sündermann and Ney, ICSLP 2003). Both are told by ``Voiceprint.loud``.
    """

    def convert(
        self, spoken: Vocoded, source: Voiceprint, target: Voiceprint, seed: int = 0
    ) -> np.ndarray:
        """As in ``Mapping``; nothing is drawn, so that ``seed`` is not used."""
        share = voicing(spoken.voiced)
        source, target = source.loud, target.loud
        return denormalise(normalised(spoken.mcep, share, source, target), share, target)


def normalised(
    mcep: np.ndarray, share: np.ndarray, source: Voiceprint, target: Voiceprint
) -> np.ndarray:
    """``normalise`` after frequencies are warped towards those of a target."""
    matrix = warping.warp(mcep.shape[1] - 1, warping.choose(source, target))
    return normalise(mcep @ matrix, share, warped(source, matrix))


def warped(own: Voiceprint, matrix: np.ndarray) -> Voiceprint:
    """The voiceprint of warped speech; ``matrix`` of ``warping.warp``.

    Unvoiced frames keep their deviation: their covariance is not known.
    """
    covariance = matrix.T @ own.covariance @ matrix
    deviation = np.stack([own.deviation[0], np.sqrt(np.diag(covariance))])
    return replace(own, mean=own.mean @ matrix, deviation=deviation, covariance=covariance)


def normalise(mcep: np.ndarray, share: np.ndarray, own: Voiceprint) -> np.ndarray:
    """Takes the speaker out of mel-cepstra.

    Voiced and unvoiced frames have statistics of their own. Loudness, c_0, is only moved, by its
    mean in voiced frames: how it rises and falls belongs to the sentence.

    Args:
        mcep: (n_frames, order + 1).
        share: (n_frames,) how voiced, 0 to 1, of ``voicing``.
        own: of the speaker.

    Returns:
        (n_frames, order + 1) of mean 0 and deviation 1 over the speaker's speech.
    """
    mean, deviation = moments(share, own)
    return (mcep - mean) / deviation


def denormalise(rows: np.ndarray, share: np.ndarray, own: Voiceprint) -> np.ndarray:
    """Undoes ``normalise``, for the same speaker or for another."""
    mean, deviation = moments(share, own)
    return mean + rows * deviation


def moments(share: np.ndarray, own: Voiceprint) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation that ``normalise`` takes for each frame, (n_frames, order + 1)."""
    weights = np.stack([1.0 - share, share], axis=1)
    mean, deviation = weights @ own.mean, weights @ own.deviation
    mean[:, 0], deviation[:, 0] = own.mean[1, 0], 1.0
    return mean, deviation


def voicing(voiced: np.ndarray) -> np.ndarray:
    """(n_frames,) 0 to 1, smooth at the borders of voice."""
    from scipy.ndimage import gaussian_filter1d

    return gaussian_filter1d(np.asarray(voiced, np.float64), _BORDER_SIGMA, mode="nearest")


def melody(log_f0: np.ndarray, source: Voiceprint, target: Voiceprint) -> np.ndarray:
    """log F0 (n_frames,) with the median and the spread of the target."""
    (own, own_spread), (aim, spread) = source.log_f0, target.log_f0
    ratio = np.clip(spread / own_spread, _LEAST_RATIO, _MOST_RATIO)
    return np.clip(aim + (log_f0 - own) * ratio, np.log(F0_FLOOR_HZ), np.log(F0_CEILING_HZ))
