from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voicecoach.coaching.parts import BANDS, MOMENT, N_PARTS, split
from voicecoach.coaching.targets import choose_ceilings, targets_of
from voicecoach.coaching.tracks import CEILINGS_HZ, Tracks
from voicecoach.data.utterance import Utterance
from voicecoach.text.sentence import Word

SEGMENTS = np.array([[10, 30], [30, 50], [50, 70]])
F0, VOICING, LEVEL = (MOMENT.index(name) for name in ("log_f0", "voicing", "level"))


def utterance(phones=("S", "IY", "N"), utt="u", speaker="s"):
    return Utterance(utt, speaker, Path("none.wav"), "X", (Word("X", phones),))


def tracks(f0_hz=120.0, n_frames=80, spread=0.0, disagreement=0.0, seed=0):
    """A hiss and then a voice, whose formants move at random or differ between the ceilings."""
    rng = np.random.default_rng(seed)
    log_hz = np.log([300.0, 2200.0, 2900.0]) + rng.normal(0, spread, (n_frames, 1, 3))
    log_hz = log_hz + disagreement * np.arange(len(CEILINGS_HZ))[:, None]
    f0 = np.where(np.arange(n_frames) < 30, 0.0, f0_hz)
    bands_db = np.full((n_frames, BANDS), -60.0)
    bands_db[10:30, 30:] = -20.0
    bands_db[30:70, :10] = -10.0
    return Tracks(f0, bands_db, np.exp(log_hz), f0 > 0)


def test_each_phone_gets_what_was_measured_in_it():
    targets = targets_of(utterance(), tracks(), SEGMENTS, 4)
    assert targets.shape == (3, N_PARTS)
    scalars, moments = split(targets)
    assert np.isnan(scalars[0, :3]).all()  # a fricative has no formants
    np.testing.assert_allclose(np.exp(scalars[1:, :3]), [[300, 2200, 2900]] * 2, rtol=1e-4)
    np.testing.assert_allclose(np.exp(scalars[:, 3]), 200, rtol=1e-4)
    assert np.isnan(moments[0, :, F0]).all()
    np.testing.assert_allclose(np.exp(moments[1, :, F0]), 120, rtol=1e-4)
    np.testing.assert_array_equal(moments[:, :, VOICING], [[0] * 6, [1] * 6, [1] * 6])
    hiss, vowel = moments[0, :, len(MOMENT) :], moments[1, :, len(MOMENT) :]
    np.testing.assert_allclose(hiss[:, -1] - hiss[:, 0], 40, atol=0.01)
    np.testing.assert_allclose(vowel[:, 0] - vowel[:, -1], 50, atol=0.01)


def test_a_pitch_without_a_voice_is_none():
    hissing = tracks()
    hissing = replace(hissing, f0=np.full(80, 120.0))
    moments = split(targets_of(utterance(), hissing, SEGMENTS, 4))[1]
    np.testing.assert_array_equal(moments[0, :, VOICING], 0)
    assert np.isnan(moments[0, :, F0]).all()


def test_levels_are_against_the_loud_sounds_of_the_recording():
    soft, one = targets_of(utterance(), tracks(), SEGMENTS, 4), tracks()
    louder = replace(one, bands_db=one.bands_db + 17)
    np.testing.assert_allclose(targets_of(utterance(), louder, SEGMENTS, 4), soft, atol=1e-3)
    assert split(soft)[1][1:, :, LEVEL] == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(
    "wrong", [{"f0_hz": 350.0}, {"disagreement": 0.2}, {"spread": 0.4}], ids=str
)
def test_formants_that_cannot_be_relied_on_are_unknown(wrong):
    scalars, _ = split(targets_of(utterance(), tracks(**wrong), SEGMENTS, 4))
    assert np.isnan(scalars[:, :3]).all()
    assert np.isfinite(scalars[:, 3]).all()


@pytest.mark.parametrize("at", [[79, 80], [79, 85], [90, 95], [40, 40]])
def test_phones_at_the_end_or_without_length_do_no_harm(at):
    targets = targets_of(utterance(("IY",)), tracks(), np.array([at]), 4)
    assert np.isfinite(split(targets)[1][..., VOICING:]).all()
    assert np.isfinite(targets[0, 3])


def test_the_ceiling_with_steady_vowels_is_chosen():
    best, segments = 2, np.array([[30, 50], [50, 70]])
    rng = np.random.default_rng(0)
    said, found = [], {}
    for number in range(8):
        said.append(utterance(("IY", "IY"), f"u{number}"))
        one = tracks(seed=number)
        wobble = rng.normal(0, 0.2, (2, len(CEILINGS_HZ), 3))
        wobble[:, best] *= 0.1
        formants = one.formants * np.exp(np.repeat(wobble, 40, axis=0))
        found[f"u{number}"] = replace(one, formants=formants)
    other = utterance(("S",), "v", "few")
    found["v"] = tracks()
    ceilings = choose_ceilings(
        [*said, other], found, {u.utt: segments for u in said} | {"v": segments[:1]}
    )
    assert ceilings == {"s": best, "few": 4}
    assert CEILINGS_HZ[ceilings["few"]] == 5700


def test_real_speech_is_measured(tmp_path):
    pytest.importorskip("parselmouth")
    from voicecoach.audio import io
    from voicecoach.coaching import tracks as stage
    from voicecoach.synthesis.reference import ReferenceVoice
    from voicecoach.text.transcribe import transcribe

    text = "she saw the sea, and he saw all these tall trees fall"
    sentence = transcribe(text)
    speech = ReferenceVoice().speak(sentence)
    wave = io.resample(speech.waveform, speech.sample_rate, stage.SAMPLE_RATE)
    path = tmp_path / "u.wav"
    io.save(path, wave, stage.SAMPLE_RATE)
    one = Utterance("a/u", "s", path, text, sentence)
    found = stage.extract([one], tmp_path / "t")["a/u"]
    segments = np.array([[round(a / 10), round(b / 10)] for _, a, b in speech.phones])
    scalars, moments = split(targets_of(one, found, segments, 4))
    phones = np.array([phone for phone, _, _ in speech.phones])
    assert phones[:4].tolist() == ["SH", "IY", "S", "AO"]
    # Not every token of a voice can be measured.
    high, low = (np.exp(np.nanmedian(scalars[phones == p, :2], axis=0)) for p in ("IY", "AO"))
    assert high[0] < 500 < low[0]
    assert low[1] < 1700 < 2200 < high[1]
    bands = moments[:, :, len(MOMENT) :].mean(1)
    tilt_db = bands[:, -10:].mean(1) - bands[:, :20].mean(1)
    assert min(tilt_db[[0, 2]]) > max(tilt_db[[1, 3]]) + 10
    # What is there is kept; what is damaged is measured again.
    (kept,) = (tmp_path / "t").iterdir()
    written = kept.stat().st_mtime_ns
    again = stage.extract([one], tmp_path / "t")["a/u"]
    assert kept.stat().st_mtime_ns == written
    np.testing.assert_array_equal(again.f0, found.f0)
    kept.write_bytes(kept.read_bytes()[:1000])
    again = stage.extract([one], tmp_path / "t")["a/u"]
    np.testing.assert_array_equal(again.f0, found.f0)
