import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.audio.level import (
    LOWEST_DB,
    as_loud_as,
    edge_levels_db,
    estimate_snr_db,
    find_onset_s,
    loud_level_db,
    measure,
    unclipped,
)

RATE = 24000
SPEECH_POWER_DB = -20.0  # of `speech`, pauses left out


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    from voicecoach.data.augment import active_power
    from voicecoach.synthesis.reference import ReferenceVoice

    waveform = ReferenceVoice().speak("The bird sat in the tree. It sang a song.").waveform
    return waveform * np.sqrt(10 ** (SPEECH_POWER_DB / 10) / active_power(waveform, RATE))


def noisy(speech: np.ndarray, snr_db: float) -> np.ndarray:
    noise = np.random.default_rng(0).normal(size=len(speech))
    return speech + 10 ** ((SPEECH_POWER_DB - snr_db) / 20) * noise


def test_white_noise_is_measured_at_every_ratio(speech) -> None:
    wanted_db = [5.0, 10.0, 20.0, 30.0]
    found_db = [estimate_snr_db(noisy(speech, snr_db), RATE) for snr_db in wanted_db]
    assert found_db == sorted(found_db)
    np.testing.assert_allclose(found_db, wanted_db, atol=4.0)


@pytest.mark.parametrize("gain", [1e-30, 1e-3, 10.0, 1e200])
def test_loudness_does_not_matter(speech, gain) -> None:
    waveform = noisy(speech, 15.0)
    quieter_db = estimate_snr_db(gain * waveform, RATE)
    assert quieter_db == pytest.approx(estimate_snr_db(waveform, RATE), abs=1e-6)


def test_offset_does_not_matter(speech) -> None:
    waveform = noisy(speech, 15.0)
    offset_db = estimate_snr_db(waveform + 0.3, RATE)
    assert offset_db == pytest.approx(estimate_snr_db(waveform, RATE), abs=1e-6)


def test_digital_pauses_are_as_clear_as_can_be(speech) -> None:
    gated = np.where(np.arange(len(speech)) // 6000 % 3 == 1, 0.0, speech)
    assert estimate_snr_db(gated, RATE) == 60.0


def test_digital_silence_around_a_noisy_recording_does_not_count(speech) -> None:
    waveform = noisy(speech, 10.0)
    silence = np.zeros(RATE)  # whole frames, so that the others stay where they are
    padded_db = estimate_snr_db(np.concatenate([silence, waveform, silence]), RATE)
    assert padded_db == pytest.approx(estimate_snr_db(waveform, RATE), abs=0.2)


@pytest.mark.parametrize("n_samples", [0, 1, 100, 480, 24000])
def test_silence_has_no_speech(n_samples) -> None:
    assert estimate_snr_db(np.zeros(n_samples), RATE) == 0.0
    assert estimate_snr_db(np.full(n_samples, 0.1), RATE) == 0.0


def test_noise_alone_has_no_speech() -> None:
    noise = np.random.default_rng(0).normal(size=2 * RATE)
    assert estimate_snr_db(noise, RATE) == 0.0
    assert estimate_snr_db(noise[:1], RATE) == estimate_snr_db(noise[:600], RATE) == 0.0


@settings(max_examples=50)
@given(st.integers(0, 5000), st.sampled_from([8000, 16000, 48000]), st.integers(0, 99))
def test_every_sound_has_a_ratio_within_the_limits(n_samples, sample_rate, seed) -> None:
    rng = np.random.default_rng(seed)
    waveform = rng.normal(size=n_samples) * 10 ** rng.uniform(-12, 3, size=n_samples)
    assert 0.0 <= estimate_snr_db(waveform.astype(np.float32), sample_rate) <= 60.0


def test_the_level_of_a_tone() -> None:
    tone = 0.5 * np.sin(np.arange(RATE) / 10)
    level = measure(tone)
    assert level.peak_db == pytest.approx(-6.02, abs=0.01)
    assert level.rms_db == pytest.approx(-9.03, abs=0.01)
    assert not level.is_silent
    assert not level.is_clipped
    assert measure(tone / 1000).is_silent


def test_the_level_of_a_clipped_tone() -> None:
    tone = np.clip(1.1 * np.sin(np.arange(RATE) / 10), -1, 1)
    level = measure(tone)
    assert level.is_clipped
    assert level.n_clipped == np.count_nonzero(np.abs(tone) >= 0.99)


def test_a_sound_scaled_to_full_scale_is_not_clipped() -> None:
    click = np.zeros(RATE)
    click[100] = 1.0
    assert not measure(click).is_clipped


@pytest.mark.parametrize("n_samples", [0, 100])
def test_the_level_of_silence(n_samples) -> None:
    level = measure(np.zeros(n_samples))
    assert (level.peak_db, level.rms_db, level.n_clipped) == (LOWEST_DB, LOWEST_DB, 0)
    assert level.is_silent


def test_the_loud_parts_are_what_was_said_and_neither_clicks_nor_pauses():
    tone = 0.1 * np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE)
    level_db = 20 * np.log10(0.1 / np.sqrt(2))
    assert loud_level_db(tone, RATE) == pytest.approx(level_db, abs=0.1)
    click = np.pad(tone, (0, 5 * RATE))
    click[-100] = 1.0
    assert loud_level_db(click, RATE) == pytest.approx(level_db, abs=0.1)
    assert loud_level_db(np.zeros(RATE), RATE) == loud_level_db(np.zeros(0), RATE) == LOWEST_DB


def test_edges_are_measured_beside_the_loud_parts():
    tone = np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE)
    fade_in = np.linspace(0.01, 1, RATE) * tone
    start_db, end_db = edge_levels_db(0.3 * fade_in, RATE)
    assert start_db == pytest.approx(20 * np.log10(0.04), abs=3)
    assert end_db == pytest.approx(0, abs=1)
    assert edge_levels_db(0.001 * fade_in, RATE) == pytest.approx((start_db, end_db))
    assert edge_levels_db(np.zeros(RATE), RATE) == edge_levels_db(np.zeros(0), RATE) == (0, 0)


@pytest.mark.parametrize("gain", [1.0, 0.01])
@pytest.mark.parametrize("noise", [0.0, 0.002])
def test_the_onset_is_where_speech_begins(speech: np.ndarray, gain: float, noise: float) -> None:
    at_once = speech[np.flatnonzero(np.abs(speech) > 0.02)[0] :]
    waveform = np.concatenate((np.zeros(2 * RATE), at_once))
    waveform = gain * (waveform + noise * np.random.default_rng(0).normal(size=len(waveform)))
    assert find_onset_s(waveform, RATE) == pytest.approx(2.0, abs=0.1)


def test_a_click_is_no_onset(speech: np.ndarray) -> None:
    waveform = np.concatenate((np.zeros(2 * RATE), speech))
    waveform[RATE] = 0.9
    assert find_onset_s(waveform, RATE) > 2


def test_where_nothing_stands_out_there_is_no_onset() -> None:
    rng = np.random.default_rng(0)
    for waveform in (np.zeros(0), np.zeros(RATE), rng.normal(size=RATE), np.ones(100)):
        assert find_onset_s(waveform, RATE) == 0


def test_what_would_clip_is_turned_down_as_a_whole() -> None:
    wave = np.array([0.5, -2.0, 1.0], np.float32)
    np.testing.assert_allclose(unclipped(wave), wave * 0.475)
    assert unclipped(wave).dtype == np.float32
    quiet = np.array([0.1, -0.9])
    assert unclipped(quiet) is quiet
    assert len(unclipped(np.zeros(0))) == 0


def test_as_loud_as_another() -> None:
    quiet, loud = 0.01 * noise(), 0.1 * noise()
    np.testing.assert_allclose(as_loud_as(quiet, loud, 16000), loud, rtol=1e-4)
    np.testing.assert_allclose(as_loud_as(loud, quiet, 16000), quiet, rtol=1e-4)
    assert as_loud_as(quiet, np.zeros(16000), 16000) is quiet
    assert as_loud_as(np.zeros(16000), quiet, 16000).max() == 0.0
    peaks = quiet.copy()
    peaks[::4000] = 0.9
    assert np.abs(as_loud_as(peaks, loud, 16000)).max() == pytest.approx(0.95)


def noise() -> np.ndarray:
    return np.random.default_rng(0).standard_normal(16000).astype(np.float32)
