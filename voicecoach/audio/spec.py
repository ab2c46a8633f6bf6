"""The one place that says how sound is cut into frames."""

import functools
from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from voicecoach.config import Spec

if TYPE_CHECKING:
    import numpy as np


class AudioSpec(Spec):
    """How a waveform becomes frames. Written once, in ``conf/audio/*.yaml``."""

    sample_rate: int = Field(gt=0)  # Hz
    n_fft: int = Field(gt=0)  # samples
    win_length: int = Field(gt=0)  # samples
    hop_length: int = Field(gt=0)  # samples
    n_mels: int = Field(gt=0)
    fmin: float = Field(ge=0.0)  # Hz
    fmax: float = Field(gt=0.0)  # Hz

    @model_validator(mode="after")
    def _consistent(self) -> "AudioSpec":
        if self.fmax > self.sample_rate / 2:
            raise ValueError(
                f"fmax {self.fmax:g} Hz is above the Nyquist frequency {self.sample_rate / 2:g} Hz"
            )
        if self.fmin >= self.fmax:
            raise ValueError(f"fmin {self.fmin:g} Hz is not below fmax {self.fmax:g} Hz")
        if self.win_length > self.n_fft:
            raise ValueError(f"win_length {self.win_length} is longer than n_fft {self.n_fft}")
        if self.hop_length > self.win_length:
            raise ValueError(f"hop_length {self.hop_length} skips samples between windows")
        return self

    @property
    def n_bins(self) -> int:
        """Number of frequency bins of the one-sided spectrum."""
        return self.n_fft // 2 + 1

    @property
    def frame_shift_ms(self) -> float:
        """Time between two frames in milliseconds."""
        return 1000.0 * self.hop_length / self.sample_rate

    @property
    def mcep_alpha(self) -> float:
        """All-pass constant whose frequency warping comes nearest to the mel scale.

        0.410 at 16 kHz and 0.466 at 24 kHz, as the fit that SPTK's users customarily make.
        """
        return _fit_mcep_alpha(self.sample_rate)


@functools.cache
def _fit_mcep_alpha(sample_rate: int) -> float:
    """Least squares between the phase of a first-order all-pass filter and the mel scale.

    Both are functions of frequency, scaled to run from 0 to pi; the error is averaged evenly over
    frequency (Tokuda et al., "Mel-generalized cepstral analysis", 1994, with Fant's mel scale).
    """
    import numpy as np  # here, since command lines that need no sound import this module

    omega = np.linspace(0.0, np.pi, 1000)
    mel = np.log1p(omega / np.pi * sample_rate / 2 / 1000.0)
    target = mel / mel[-1] * np.pi

    def best(alphas: "np.ndarray") -> float:
        column = alphas[:, None]
        phase = omega + 2 * np.arctan2(column * np.sin(omega), 1 - column * np.cos(omega))
        return float(alphas[np.argmin(np.square(phase - target).mean(axis=1))])

    coarse = best(np.arange(0.0, 1.0, 0.01))
    return round(best(coarse + np.arange(-0.01, 0.01, 0.0001)), 4)
