from dataclasses import dataclass, replace

import numpy as np
import pytest

from voicecoach.coaching.norms import Norms
from voicecoach.coaching.parts import N_PARTS
from voicecoach.coaching.voice import duration_ranges, estimate, vowel_regions
from voicecoach.scoring.results import PhoneScore
from voicecoach.text.phones import CLASS_OF, PHONE_INDEX, PHONES, SONORANTS

SONORANT = np.array([PHONE_INDEX[phone] for phone in sorted(SONORANTS)])


@pytest.fixture
def norms():
    rng = np.random.default_rng(0)
    native = np.log([500.0, 1500.0, 2500.0, 90.0]) + rng.normal(0, 0.3, (len(PHONES), 4))
    covariance = np.tile(np.diag([0.01, 0.01, 0.004, 0.09]), (len(PHONES), 1, 1))
    return Norms(native, covariance, native, np.array([0.1, 0.1, 0.06, 0.3]))


def spoken(norms, phones, offset, noise=0.03, seed=0):
    """(n, N_PARTS) of a voice that differs from the native one by ``offset`` (4,)."""
    parts = np.zeros((len(phones), N_PARTS))
    drawn = np.random.default_rng(seed).normal(0, noise, (len(phones), 4))
    parts[:, :4] = norms.native[phones] + offset + drawn
    return parts


def test_a_longer_vocal_tract_and_slower_speech_are_found(norms):
    phones = np.tile(SONORANT, 6)
    offset = np.log([0.85, 0.85, 0.85, 1.4])
    voice = estimate(spoken(norms, phones, offset), phones, norms)
    assert voice.speaker.formant_scale == pytest.approx(0.85, abs=0.02)
    assert voice.speaker.rate == pytest.approx(1.4, rel=0.05)
    assert voice.speaker.formant_scale_error < 0.01
    assert voice.speaker.sure
    np.testing.assert_allclose(voice.offset, offset, atol=0.03)


def test_a_few_phones_or_scattered_ones_tell_little(norms):
    offset = np.log([0.8, 0.8, 0.8, 1.0])
    few = SONORANT[:3]
    voice = estimate(spoken(norms, few, offset), few, norms)
    assert not voice.speaker.sure
    assert 0.8 < voice.speaker.formant_scale < 1  # drawn towards the mean
    assert not estimate(spoken(norms, SONORANT, offset, noise=0.6), SONORANT, norms).speaker.sure
    assert estimate(spoken(norms, SONORANT, offset), SONORANT, norms).speaker.sure


@pytest.mark.parametrize("phones", [[], ["S", "T", "F"]])
def test_without_sonorants_the_voice_is_the_mean_one(norms, phones):
    index = np.array([PHONE_INDEX[phone] for phone in phones], dtype=int)
    voice = estimate(spoken(norms, index, np.full(4, 0.5)), index, norms)
    assert (voice.speaker.formant_scale, voice.speaker.rate) == (1, 1)
    assert not voice.speaker.sure
    assert (voice.offset == 0).all()


def test_phones_that_natives_were_never_measured_on_do_not_count(norms):
    phones = np.tile(SONORANT, 4)
    parts = spoken(norms, phones, np.zeros(4))
    parts[phones == SONORANT[0], :3] += 5.0
    unknown = replace(norms, native=norms.native.copy())
    unknown.native[SONORANT[0]] = np.nan
    voice = estimate(parts, phones, unknown)
    assert voice.speaker.formant_scale == pytest.approx(1, abs=0.02)


def test_regions_are_the_native_ones_in_this_voice(norms):
    phones = np.tile(SONORANT, 6)
    norms.native_covariance[PHONE_INDEX["UH"]] = np.nan
    voice = estimate(spoken(norms, phones, np.log([0.9, 0.9, 0.9, 1.0])), phones, norms)
    regions = {region.phone: region for region in vowel_regions(voice, norms)}
    vowels = {phone for phone in PHONES if CLASS_OF[phone] == "vowel"}
    assert set(regions) == vowels - {"UH"}
    native = np.exp(norms.native[PHONE_INDEX["IY"], :2])
    assert (regions["IY"].f1_hz, regions["IY"].f2_hz) == pytest.approx(0.9 * native, rel=0.03)
    np.testing.assert_allclose(regions["IY"].covariance, np.diag([0.01, 0.01]))


@dataclass(frozen=True)
class Place:
    word: int
    phone: int
    said: PhoneScore


def test_ranges_of_durations_follow_the_rate(norms):
    phones = np.tile(SONORANT, 6)
    slow, usual = (
        estimate(spoken(norms, phones, np.log([1, 1, 1, rate])), phones, norms)
        for rate in (1.5, 1.0)
    )
    norms.native[PHONE_INDEX["ZH"]] = np.nan
    places = [
        Place(0, number, PhoneScore(phone, 2.0, 100.0, 180.0, False, phone, 0.9))
        for number, phone in enumerate(("IY", "S", "ZH"))
    ]
    ranges = duration_ranges(places, usual, norms)
    assert [(one.word, one.phone, one.said_ms) for one in ranges] == [(0, 0, 80), (0, 1, 80)]
    middle, deviation = norms.native[PHONE_INDEX["S"], 3], 0.3
    drawn = np.exp(np.random.default_rng(0).normal(middle + usual.offset[3], deviation, 20000))
    assert np.mean(drawn < ranges[1].low_ms) == pytest.approx(0.1, abs=0.01)
    assert np.mean(drawn > ranges[1].high_ms) == pytest.approx(0.1, abs=0.01)
    assert duration_ranges(places, slow, norms)[1].low_ms > 1.3 * ranges[1].low_ms
