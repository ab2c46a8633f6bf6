"""Frequency warping of mel-cepstra: what a longer or shorter vocal tract does to a spectrum."""

import functools

import numpy as np

from voicecoach.conversion.voiceprint import Voiceprint

WARPS = np.linspace(-0.12, 0.12, 25)
"""All-pass constants that are tried: a child's formants lie about 0.1 above a man's."""
_COMPARED = slice(1, 16)
"""Coefficients that say where formants are; higher ones follow pitch and noise."""


@functools.cache
def warp(order: int, alpha: float, n_points: int = 256) -> np.ndarray:
    """Matrix W of an all-pass warping on the mel axis: ``mcep @ W``.

    Linear in the cepstrum (Pitz and Ney, "Vocal tract normalization equals linear transformation in
    cepstral space", IEEE TSAP 2005), by cosines at ``n_points``.

    Args:
        order: of the mel-cepstrum.
        alpha: above 0 moves formants up, below 0 down.

    Returns:
        (order + 1, order + 1).
    """
    omega = np.pi * (np.arange(n_points) + 0.5) / n_points
    source = omega - 2.0 * np.arctan2(alpha * np.sin(omega), 1.0 + alpha * np.cos(omega))
    orders = np.arange(order + 1)
    read = np.cos(orders[:, None] * source)  # the log spectrum at the warped points
    write = np.cos(omega[:, None] * orders) * (2.0 / n_points)
    write[:, 0] /= 2.0
    return read @ write


@functools.lru_cache(maxsize=4096)
def choose(source: Voiceprint, target: Voiceprint) -> float:
    """The warping that brings a source's voiced spectra nearest to a target's.

    What is compared is the covariance, since it says where formants move and nothing about the
    microphone: the divergence of two normal distributions of one mean.
    """
    order = len(source.covariance) - 1
    aim = target.covariance[_COMPARED, _COMPARED]
    inverse, size = np.linalg.inv(aim), aim.shape[0]

    def divergence(alpha: float) -> float:
        matrix = warp(order, alpha)
        made = (matrix.T @ source.covariance @ matrix)[_COMPARED, _COMPARED]
        # Only shape counts: how lively somebody speaks is scaled afterwards.
        made *= size / np.trace(inverse @ made)
        return float(np.linalg.slogdet(aim)[1] - np.linalg.slogdet(made)[1])

    return float(min(WARPS, key=divergence))
