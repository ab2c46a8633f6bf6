"""From one voice to another, frame by frame: what every converter does, and the plainest one."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from voicecoach.audio.world import F0_CEILING_HZ, F0_FLOOR_HZ
from voicecoach.conversion import warping
from voicecoach.conversion.voiceprint import Voiceprint
from voicecoach.synthesis.acoustics import Vocoded

_BORDER_SIGMA = 1.5  # frames
_LEAST_RATIO, _MOST_RATIO = 0.5, 2.0


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
    conversion Sündermann and Ney, ICSLP 2003).
    """

    def convert(
        self, spoken: Vocoded, source: Voiceprint, target: Voiceprint, seed: int = 0
    ) -> np.ndarray:
        """As in ``Mapping``; nothing is drawn, so that ``seed`` is not used."""
        matrix = warping.warp(spoken.mcep.shape[1] - 1, warping.choose(source, target))
        return rescale(spoken.mcep @ matrix, spoken.voiced, warped(source, matrix), target)


def warped(print_: Voiceprint, matrix: np.ndarray) -> Voiceprint:
    """The voiceprint of warped speech; ``matrix`` of ``warping.warp``.

    Deviations of unvoiced frames are taken over from their own axis: they have no covariance.
    """
    covariance = matrix.T @ print_.covariance @ matrix
    deviation = np.stack([print_.deviation[0], np.sqrt(np.diag(covariance))])
    return replace(print_, mean=print_.mean @ matrix, deviation=deviation, covariance=covariance)


def rescale(
    mcep: np.ndarray, voiced: np.ndarray, source: Voiceprint, target: Voiceprint
) -> np.ndarray:
    """Moves mean and variance from those of one speaker to those of another.

    Voiced and unvoiced frames have statistics of their own. Loudness, c_0, moves as a whole: how it
    rises and falls belongs to the sentence.

    Args:
        mcep: (n_frames, order + 1).
        voiced: (n_frames,) bool.
        source, target: of the speakers.
    """
    share = voicing(voiced)[:, None]
    ratio = np.clip(target.deviation / source.deviation, _LEAST_RATIO, _MOST_RATIO)
    ratio[:, 0] = 1.0
    mean = target.mean.copy()
    mean[:, 0] = source.mean[:, 0] + (target.mean[1, 0] - source.mean[1, 0])
    made = [mean[i] + (mcep - source.mean[i]) * ratio[i] for i in (0, 1)]
    return (1.0 - share) * made[0] + share * made[1]


def voicing(voiced: np.ndarray) -> np.ndarray:
    """(n_frames,) 0 to 1, smooth at the borders of voice."""
    from scipy.ndimage import gaussian_filter1d

    return gaussian_filter1d(voiced.astype(np.float64), _BORDER_SIGMA, mode="nearest")


def melody(log_f0: np.ndarray, source: Voiceprint, target: Voiceprint) -> np.ndarray:
    """log F0 (n_frames,) with the median and the spread of the target."""
    (own, own_spread), (aim, spread) = source.log_f0, target.log_f0
    ratio = np.clip(spread / own_spread, _LEAST_RATIO, _MOST_RATIO)
    return np.clip(aim + (log_f0 - own) * ratio, np.log(F0_FLOOR_HZ), np.log(F0_CEILING_HZ))


def breath(
    aperiodicity_db: np.ndarray, voiced: np.ndarray, source: Voiceprint, target: Voiceprint
) -> np.ndarray:
    """Aperiodicity (n_frames, n_bands) with the mean of the target in voiced frames."""
    moved = aperiodicity_db + (target.aperiodicity_db - source.aperiodicity_db)
    return np.where(voiced[:, None], np.minimum(moved, 0.0), aperiodicity_db)
