import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.audio.spec import AudioSpec
from voicecoach.audio.stft import griffin_lim, istft, magnitude, shape, stft
from voicecoach.errors import InputError


@settings(deadline=None, max_examples=30)
@given(
    st.integers(2, 9).map(lambda power: 2**power),
    st.sampled_from([2, 4]),
    st.integers(0, 3000),
    st.integers(0, 99),
)
def test_istft_undoes_stft(n_fft, overlap, extra, seed) -> None:
    spec = AudioSpec(
        sample_rate=16000,
        n_fft=n_fft,
        win_length=n_fft,
        hop_length=n_fft // overlap,
        n_mels=2,
        fmin=0,
        fmax=8000,
    )
    waveform = torch.randn(2, n_fft + extra, generator=torch.Generator().manual_seed(seed))
    spectrum = stft(waveform, spec)
    n_samples = waveform.shape[1]
    assert spectrum.shape == (2, n_samples // spec.hop_length + 1, spec.n_bins)
    back = istft(spectrum, spec, n_samples)
    whole = n_samples // spec.hop_length * spec.hop_length  # beyond: no window, only zeros
    torch.testing.assert_close(back[:, :whole], waveform[:, :whole], atol=1e-4, rtol=1e-4)
    assert back.shape == waveform.shape


def test_magnitude_of_a_tone_is_half_the_window_sum(spec) -> None:
    tone = 0.5 * torch.cos(2 * torch.pi * 1000 * torch.arange(16000) / 16000)
    peak = magnitude(tone, spec)[50]
    assert int(peak.argmax()) == 25
    assert float(peak.max()) == pytest.approx(0.5 / 2 * 200, rel=1e-3)


def test_too_short_is_refused(spec) -> None:
    with pytest.raises(InputError, match=r"only 200 samples \(12\.5 ms\)"):
        stft(torch.zeros(200), spec)


def test_griffin_lim_finds_a_waveform_with_these_magnitudes(spec) -> None:
    time_s = torch.arange(8000) / 16000
    sweep = 0.5 * torch.sin(2 * torch.pi * (200 + 800 * time_s) * time_s)
    wanted = magnitude(sweep, spec)
    errors = []
    for n_iter in (1, 32):
        found = griffin_lim(wanted, spec, 8000, n_iter)
        assert found.shape == (8000,)
        errors.append(float((magnitude(found, spec) - wanted).norm() / wanted.norm()))
    assert errors[1] < 0.15 < errors[0]


def test_griffin_lim_leaves_the_random_state_alone(spec) -> None:
    wanted = torch.ones(51, spec.n_bins)
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    first = griffin_lim(wanted, spec, 8000, 2, seed=5)
    assert torch.equal(torch.rand(3), expected)
    assert torch.equal(first, griffin_lim(wanted, spec, 8000, 2, seed=5))
    assert not torch.equal(first, griffin_lim(wanted, spec, 8000, 2, seed=6))


def test_shape_filters_what_it_is_told_and_moves_nothing(spec) -> None:
    waveform = np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32)
    n_frames = 16000 // spec.hop_length + 1
    same = shape(waveform, np.ones((n_frames, spec.n_bins)), spec)
    assert same == pytest.approx(waveform, abs=1e-5)
    half = np.ones((n_frames, spec.n_bins))
    half[:, spec.n_bins // 2 :] = 0.0
    low = shape(waveform, half, spec)
    spectrum = np.abs(np.fft.rfft(low)) / np.abs(np.fft.rfft(waveform))
    assert np.median(spectrum[: len(spectrum) * 45 // 100]) == pytest.approx(1.0, abs=0.02)
    assert np.median(spectrum[len(spectrum) * 55 // 100 :]) < 0.02
