import numpy as np
import pytest
import torch

from voicecoach.audio.mfcc import mfcc
from voicecoach.errors import InputError


@pytest.mark.parametrize("n_coefficients", [1, 13, 80])
def test_equals_librosa(syllables, spec, n_coefficients) -> None:
    import librosa

    theirs = librosa.feature.mfcc(
        y=syllables,
        sr=16000,
        n_mfcc=n_coefficients,
        n_fft=400,
        hop_length=160,
        n_mels=80,
        fmax=8000,
        pad_mode="reflect",
    ).T
    ours = mfcc(torch.from_numpy(syllables), spec, n_coefficients).numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-2)


def test_gain_moves_only_the_first_coefficient(spec) -> None:
    noise = 0.01 * torch.randn(8000, generator=torch.Generator().manual_seed(0))
    change = mfcc(10 * noise, spec) - mfcc(noise, spec)
    torch.testing.assert_close(change[:, 0], torch.full((51,), 20 * 80**0.5), atol=0.1, rtol=0)
    assert change[:, 1:].abs().max() < 0.1


@pytest.mark.parametrize("n_coefficients", [0, 81])
def test_refuses_more_coefficients_than_bands(spec, n_coefficients) -> None:
    with pytest.raises(ValueError, match="80 bands"):
        mfcc(torch.zeros(1600), spec, n_coefficients)


def test_too_short_is_refused(spec) -> None:
    with pytest.raises(InputError, match="too short"):
        mfcc(torch.zeros(100), spec)
