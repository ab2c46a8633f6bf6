import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.audio import io, world
from voicecoach.audio.morph import Edit, Morphed, morph
from voicecoach.errors import InputError

RATE = 16_000
BAND_HZ = np.arange(0.0, 8001.0, 250.0)


def vowel(f0_hz: float, sample_rate: int = RATE, duration_s: float = 0.6) -> np.ndarray:
    """A buzz through three resonances, with a little noise."""
    time_s = np.arange(round(duration_s * sample_rate)) / sample_rate
    wave = np.random.default_rng(0).normal(scale=0.002, size=len(time_s))
    for k in range(1, int(min(sample_rate / 2, 5000) / f0_hz)):
        hz = k * f0_hz
        gain = sum(1 / (1 + ((hz - formant) / 100) ** 2) for formant in (700, 1200, 2600))
        wave += gain * np.cos(2 * np.pi * hz * time_s + np.sqrt(k))
    return (0.3 * wave / np.abs(wave).max()).astype(np.float32)


def level_db(waveform: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(waveform, dtype=np.float64)) + 1e-12))


def cut(result: Morphed, start_ms: float, end_ms: float) -> np.ndarray:
    """What a stretch of the recording has become."""
    times_ms = result.to_new_ms(np.array([start_ms, end_ms]))
    return result.waveform[slice(*np.round(times_ms * result.sample_rate / 1000).astype(int))]


def envelopes_db(waveform: np.ndarray) -> np.ndarray:
    return 10 * np.log10(world.analyse(waveform, RATE).spectral_envelope)


def check_untouched(result: Morphed, waveform: np.ndarray) -> None:
    """All that is not resynthesised is the recording, sample by sample."""
    spans = np.round(np.array(result.resynthesised_ms) * result.sample_rate / 1000).astype(int)
    edges = np.concatenate([[0], spans.ravel(), [len(result.waveform)]]).reshape(-1, 2)
    for start, end in edges[edges[:, 1] > edges[:, 0]]:
        middle_ms = 500 * (start + end) / result.sample_rate
        old_ms = np.interp(middle_ms, result.new_ms, result.old_ms)
        at = start + round((old_ms - middle_ms) * result.sample_rate / 1000)
        np.testing.assert_array_equal(result.waveform[start:end], waveform[at : at + end - start])


@settings(max_examples=25)
@given(st.data())
def test_all_else_is_untouched_and_lengths_are_exact(said, data) -> None:
    said = said[: 3 * RATE // 2]
    n_edits = data.draw(st.integers(1, 4))
    borders = data.draw(
        st.lists(st.integers(0, 1500), min_size=2 * n_edits, max_size=2 * n_edits, unique=True)
    )
    number = st.floats(0.4, 2.5)
    edits = [
        Edit(start, end, duration_ratio=data.draw(number), pitch_cents=200 * data.draw(number))
        for start, end in zip(*[iter(sorted(borders))] * 2, strict=True)
    ]
    result = morph(said, RATE, edits)
    check_untouched(result, said)
    expected = len(said)
    for edit in edits:
        n_old = round((edit.end_ms - edit.start_ms) * RATE / 1000)
        new_ms = result.to_new_ms(edit.end_ms) - result.to_new_ms(edit.start_ms)
        assert new_ms == pytest.approx(1000 * round(n_old * edit.duration_ratio) / RATE)
        expected += round(n_old * edit.duration_ratio) - n_old
    assert len(result.waveform) == expected
    assert result.waveform.dtype == np.float32 and np.abs(result.waveform).max() <= 1
    np.testing.assert_array_equal(morph(said, RATE, edits[::-1]).waveform, result.waveform)


def test_without_edits_nothing_changes(said) -> None:
    result = morph(said, RATE, [])
    np.testing.assert_array_equal(result.waveform, said)
    assert result.resynthesised_ms == () and result.to_new_ms(123.0) == 123.0


def test_plain_resynthesis_is_alike_and_as_loud(said) -> None:
    edits = [Edit(start, start + 100) for start in range(0, 1500, 100)]
    result = morph(said, RATE, edits)
    assert len(result.resynthesised_ms) == 1
    loud = [e for e in edits if level_db(said[e.start_ms * 16 : e.end_ms * 16]) > -40]
    assert len(loud) > 5
    for edit in loud:
        recorded = said[edit.start_ms * 16 : edit.end_ms * 16]
        assert abs(level_db(cut(result, edit.start_ms, edit.end_ms)) - level_db(recorded)) < 1.5
    distance_db = np.sqrt(np.mean((envelopes_db(result.waveform) - envelopes_db(said)) ** 2))
    assert distance_db < 6


@settings(max_examples=15)
@given(st.floats(100, 300), st.floats(180, 220), st.sampled_from([1, -1]), st.floats(0.5, 2))
def test_a_steady_voice_has_no_dip_and_no_click_at_the_joints(f0_hz, start_ms, sign, ratio) -> None:
    wave = sign * vowel(f0_hz)
    result = morph(wave, RATE, [Edit(start_ms, start_ms + 150, duration_ratio=ratio)])
    for old_ms in (start_ms, start_ms + 150):
        at = round(result.to_new_ms(old_ms) * 16)
        assert level_db(result.waveform[at - 160 : at + 160]) - level_db(wave) > -1.5
    assert np.abs(np.diff(result.waveform)).max() < 1.5 * np.abs(np.diff(wave)).max()


@pytest.mark.parametrize("exaggerate", [0.0, 1.0, 2.0])
def test_a_raised_band_is_found_again(exaggerate) -> None:
    row_db = np.where((BAND_HZ >= 2000) & (BAND_HZ <= 3000), 6.0, 0.0)[None]
    spans = [(100, 300), (400, 460)]
    edits = [Edit(*span, row_db) for span in spans]
    result = morph(vowel(130), RATE, edits, band_hz=BAND_HZ, exaggerate=exaggerate)
    plain = morph(vowel(130), RATE, [Edit(*span) for span in spans])
    change_db = envelopes_db(result.waveform) - envelopes_db(plain.waveform)
    hz = np.linspace(0, 8000, change_db.shape[1])
    for start_ms, end_ms in spans:
        raised = change_db[start_ms // 5 + 3 : end_ms // 5 - 2].mean(axis=0)
        assert raised[(hz > 2200) & (hz < 2800)].mean() == pytest.approx(6 * exaggerate, abs=0.7)
        assert np.abs(raised[(hz > 300) & (hz < 1700)]).mean() < 0.5


@pytest.mark.parametrize("cents", [-300.0, 200.0, np.array([0.0, 400.0])])
def test_another_pitch_is_found_again(cents) -> None:
    wave = vowel(150)
    result = morph(wave, RATE, [Edit(150, 450, pitch_cents=cents)])
    f0 = world.analyse(result.waveform, RATE).f0[34:87]
    assert (f0 > 0).all()
    found = 1200 * np.log2(f0 / 150)
    assert found.mean() == pytest.approx(np.mean(cents), abs=25)
    if np.ndim(cents):
        assert found[40] - found[12] > 150
    assert abs(level_db(cut(result, 150, 450)) - level_db(wave)) < 1.0


def test_exaggeration_multiplies_all(said) -> None:
    row = np.linspace(-5, 5, len(BAND_HZ))[None]
    one = Edit(300, 600, row, duration_ratio=1.2, pitch_cents=50.0)
    two = Edit(300, 600, 2 * row, duration_ratio=1.44, pitch_cents=100.0)
    twice = morph(said, RATE, [one], band_hz=BAND_HZ, exaggerate=2.0)
    np.testing.assert_allclose(
        twice.waveform, morph(said, RATE, [two], band_hz=BAND_HZ).waveform, atol=1e-5
    )


def test_a_vowel_is_whispered() -> None:
    result = morph(vowel(150), RATE, [Edit(200, 400, voicing=0.0)])
    voiced = world.analyse(result.waveform, RATE).f0[:120] > 0
    assert voiced[10:36].all() and voiced[84:110].all() and not voiced[48:72].any()
    assert abs(level_db(cut(result, 200, 400)) - level_db(vowel(150))) < 2.0


def test_noise_between_vowels_is_voiced() -> None:
    noise = np.random.default_rng(1).normal(scale=0.05, size=RATE // 10).astype(np.float32)
    wave = np.concatenate([vowel(150), noise, vowel(200)])
    result = morph(wave, RATE, [Edit(600, 700, voicing=1.0)])
    f0 = world.analyse(result.waveform, RATE).f0[122:138]
    assert (f0 > 140).all() and (f0 < 210).all()
    assert abs(level_db(cut(result, 605, 695)) - level_db(noise)) < 2.5


def test_what_has_no_voice_near_stays_unvoiced() -> None:
    noise = np.random.default_rng(1).normal(scale=0.05, size=RATE).astype(np.float32)
    noise = np.concatenate([np.diff(np.diff(noise)), 0 * noise])  # hiss
    voiced = morph(noise, RATE, [Edit(400, 500, voicing=1.0)])
    np.testing.assert_array_equal(voiced.waveform, morph(noise, RATE, [Edit(400, 500)]).waveform)


@pytest.mark.parametrize("sample_rate", [8000, 11025, 22050, 44100, 48000])
def test_any_sample_rate(said, sample_rate) -> None:
    recording = io.resample(said[:RATE], RATE, sample_rate)
    edits = [Edit(0, 30), Edit(200, 300, duration_ratio=1.5, pitch_cents=100), Edit(950, 1000)]
    result = morph(recording, sample_rate, edits)
    check_untouched(result, recording)
    again = morph(recording, sample_rate, edits)
    np.testing.assert_array_equal(result.waveform, again.waveform)
    assert len(result.resynthesised_ms) == 3
    change = level_db(cut(result, 200, 300)) - level_db(
        recording[sample_rate // 5 :][: sample_rate // 10]
    )
    assert abs(change) < 2.5


def test_what_becomes_too_loud_is_turned_down_and_not_clipped() -> None:
    wave = np.clip(5 * vowel(140), -1, 1)
    result = morph(wave, RATE, [Edit(200, 400, np.full((1, 2), 20.0))], band_hz=np.array([0, 8000]))
    check_untouched(result, wave)
    inside = cut(result, 210, 390)
    assert np.abs(inside).max() <= 0.99 + 1e-6
    assert np.mean(np.abs(inside) > 0.985) < 0.05  # not flattened


@pytest.mark.parametrize("size", [1e3, -1e3, 1e300])
def test_absurd_changes_are_done_as_far_as_sound_allows(size) -> None:
    edit = Edit(200, 400, np.full((1, 1), size), pitch_cents=size, duration_ratio=abs(size))
    result = morph(vowel(150), RATE, [edit], band_hz=np.array([1000.0]))
    assert len(result.waveform) == (400 + 4 * 200) * RATE // 1000
    assert np.isfinite(result.waveform).all() and np.abs(result.waveform).max() <= 1


@pytest.mark.parametrize("n_samples", [1, 10, 480, 8000])
def test_silence_of_any_length_stays_silent(n_samples) -> None:
    edit = Edit(0, 1000, np.full((2, 1), 6.0), duration_ratio=2.0, voicing=1.0, pitch_cents=100)
    result = morph(np.zeros(n_samples), RATE, [edit], band_hz=np.array([1000.0]))
    assert result.waveform.shape == (2 * n_samples,)
    assert np.abs(result.waveform).max() < 1e-3


@pytest.mark.parametrize("start_ms", [0, 285, 570])
def test_short_sounds_at_the_start_in_the_middle_and_at_the_end(start_ms) -> None:
    wave = vowel(150)
    result = morph(wave, RATE, [Edit(start_ms, start_ms + 30)])
    check_untouched(result, wave)
    assert len(result.waveform) == len(wave)
    assert abs(level_db(cut(result, start_ms, start_ms + 30)) - level_db(wave)) < 1.5


def test_a_learners_recording(recording) -> None:
    edits = [Edit(start, start + 90, duration_ratio=1.3) for start in range(500, 1500, 90)]
    result = morph(recording, RATE, edits)
    check_untouched(result, recording)
    assert np.abs(np.diff(result.waveform)).max() < 1.5 * np.abs(np.diff(recording)).max()


@pytest.mark.parametrize("waveform", [np.zeros(0), np.full(1600, np.nan), np.zeros((1600, 2))])
def test_no_samples_nan_and_stereo_are_refused(waveform) -> None:
    with pytest.raises(InputError, match="without finite samples"):
        morph(waveform, RATE, [])


@pytest.mark.parametrize("sample_rate", [4000, 96000])
def test_other_sample_rates_are_refused(sample_rate) -> None:
    with pytest.raises(InputError, match=str(sample_rate)):
        morph(np.zeros(1600), sample_rate, [])


def test_impossible_settings_are_refused() -> None:
    for exaggerate in (-1.0, np.nan):
        with pytest.raises(ValueError, match="exaggerate"):
            morph(vowel(150), RATE, [], exaggerate=exaggerate)
    for band_hz in (np.array([500.0, 500.0]), np.array([np.nan]), np.zeros((1, 2))):
        with pytest.raises(ValueError, match="band_hz"):
            morph(vowel(150), RATE, [], band_hz=band_hz)
    with pytest.raises(ValueError, match="overlaps"):
        morph(vowel(150), RATE, [Edit(100, 200), Edit(150, 250)])
