import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.audio.mel import log_mel, mel_filters
from voicecoach.audio.spec import AudioSpec
from voicecoach.errors import InputError


def whisper_log_mel(waveform: np.ndarray) -> np.ndarray:
    extractor = pytest.importorskip(
        "faster_whisper.feature_extractor", reason="the reference is faster-whisper's code"
    ).FeatureExtractor()
    return extractor(waveform, padding=0).T


def test_equals_whisper_on_a_recording(recording, spec) -> None:
    ours = log_mel(torch.from_numpy(recording), spec).numpy()
    theirs = whisper_log_mel(recording)
    assert ours.shape == (len(recording) // 160, 80)
    np.testing.assert_allclose(ours, theirs[: len(ours)], atol=1e-4)


def test_equals_whisper_where_most_is_silence(syllables, spec) -> None:
    quiet = np.concatenate([1e-4 * syllables, syllables, np.zeros(16000, dtype=np.float32)])
    theirs = whisper_log_mel(quiet)
    ours = log_mel(torch.from_numpy(quiet), spec).numpy()
    np.testing.assert_allclose(ours, theirs[: len(ours)], atol=1e-3)


def test_filters_equal_librosa(spec) -> None:
    import librosa

    theirs = librosa.filters.mel(sr=16000, n_fft=400, n_mels=80, fmin=0.0, fmax=8000.0).T
    np.testing.assert_allclose(mel_filters(spec).numpy(), theirs, atol=1e-7)


def test_a_tone_lies_in_its_band(spec) -> None:
    tone = torch.sin(2 * torch.pi * 1000 * torch.arange(16000) / 16000)
    loudest = int(log_mel(tone, spec).mean(dim=0).argmax())
    assert int(mel_filters(spec)[25].argmax()) == loudest  # bin 25 of 40 Hz each is 1000 Hz


def test_frame_is_centred_on_its_multiple_of_the_hop(spec) -> None:
    click = torch.zeros(16000)
    click[40 * spec.hop_length] = 1.0
    assert int(log_mel(click, spec).mean(dim=1).argmax()) == 40


@settings(deadline=None, max_examples=30)
@given(st.integers(201, 3000), st.floats(-30, 30), st.integers(0, 99))
def test_shape_range_and_gain(n_samples, gain_db, seed) -> None:
    spec = AudioSpec(
        sample_rate=16000, n_fft=400, win_length=400, hop_length=160, n_mels=80, fmin=0, fmax=8000
    )
    noise = 0.01 * torch.randn(n_samples, generator=torch.Generator().manual_seed(seed))
    plain = log_mel(noise, spec)
    assert plain.shape == (n_samples // 160, 80)
    assert torch.isfinite(plain).all()
    assert plain.max() - plain.min() <= 2.0 + 1e-5  # 8 decades, divided by 4
    louder = log_mel(noise * 10 ** (gain_db / 20), spec)
    # 10 dB are one decade, a quarter of a unit: the whole picture moves by that and keeps its form.
    torch.testing.assert_close(louder, plain + gain_db / 40, atol=2e-3, rtol=0)


def test_a_batch_equals_its_rows(syllables, spec) -> None:
    rows = torch.from_numpy(np.stack([syllables, 0.01 * syllables[::-1]]))
    batch = log_mel(rows, spec)
    for row, expected in zip(rows, batch, strict=True):
        torch.testing.assert_close(log_mel(row, spec), expected)


def test_filters_made_in_inference_mode_still_train(spec) -> None:
    other = spec.model_copy(update={"n_mels": 23})  # not in the cache yet
    waveform = torch.randn(4000)
    with torch.inference_mode():
        log_mel(waveform, other)
    waveform.requires_grad_()
    log_mel(waveform, other).sum().backward()
    assert torch.isfinite(waveform.grad).all()


def test_silence_is_even_and_finite(spec) -> None:
    torch.testing.assert_close(log_mel(torch.zeros(1600), spec), torch.full((10, 80), -1.5))


@pytest.mark.parametrize("n_samples", [0, 1, 200])
def test_too_short_is_refused(n_samples, spec) -> None:
    with pytest.raises(InputError, match="too short"):
        log_mel(torch.zeros(n_samples), spec)
