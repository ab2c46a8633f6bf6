import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.audio import io
from voicecoach.audio.codec import CODECS, through_codec


def lag_ms(before: np.ndarray, after: np.ndarray, sample_rate: int) -> float:
    """How much later ``after`` is, by the maximum of the cross-correlation."""
    n_fft = 2 * len(before)
    spectrum = np.fft.rfft(after, n_fft) * np.conj(np.fft.rfft(before, n_fft))
    lag = int(np.argmax(np.fft.irfft(spectrum, n_fft)))
    return 1000 * (lag - n_fft if lag >= n_fft // 2 else lag) / sample_rate


@pytest.mark.parametrize("quality", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("codec", CODECS)
def test_speech_is_changed_but_stays_in_place(recording, codec, quality) -> None:
    coded = through_codec(recording, 16000, codec, quality)
    assert coded.dtype == np.float32 and coded.shape == recording.shape
    assert abs(lag_ms(recording, coded, 16000)) <= 1.0
    similarity = np.corrcoef(recording, coded)[0, 1]
    assert 0.8 < similarity < 1.0


@pytest.mark.parametrize("sample_rate", [8000, 22050, 24000, 44100, 96000])
@pytest.mark.parametrize("codec", CODECS)
def test_every_rate_keeps_time_and_length(syllables, codec, sample_rate) -> None:
    waveform = io.resample(syllables, 16000, sample_rate)
    coded = through_codec(waveform, sample_rate, codec)
    assert coded.shape == waveform.shape
    assert abs(lag_ms(waveform, coded, sample_rate)) <= 1.0


@pytest.mark.parametrize("codec", ["opus", "vorbis", "mp3"])
def test_better_quality_is_nearer_to_the_recording(syllables, codec) -> None:
    errors = [
        np.mean((through_codec(syllables, 16000, codec, quality) - syllables) ** 2)
        for quality in (0.0, 0.5, 1.0)
    ]
    assert errors[0] > errors[2]
    assert errors[1] < 2 * errors[0]


@pytest.mark.parametrize("codec", ["telephone", "gsm"])
def test_telephones_keep_only_their_band(codec) -> None:
    noise = 0.1 * np.random.default_rng(0).normal(size=16000)
    power = np.abs(np.fft.rfft(through_codec(noise, 16000, codec))) ** 2
    assert power[4200:].mean() < 1e-3 * power[500:3000].mean()
    assert power[:60].mean() < 0.1 * power[500:3000].mean()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 3000), st.sampled_from(CODECS), st.floats(0, 1), st.floats(0, 3))
def test_length_and_range_hold_for_any_sound(n_samples, codec, quality, level) -> None:
    waveform = level * np.random.default_rng(n_samples).normal(size=n_samples)
    coded = through_codec(waveform, 16000, codec, quality)
    assert coded.shape == (n_samples,)
    assert np.isfinite(coded).all() and np.abs(coded).max(initial=0) <= 1.0


def test_unknown_codec_and_quality_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown codec 'aac'"):
        through_codec(np.zeros(100), 16000, "aac")
    with pytest.raises(ValueError, match="between 0 and 1"):
        through_codec(np.zeros(100), 16000, "mp3", quality=1.5)
