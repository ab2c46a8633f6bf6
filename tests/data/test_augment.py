from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.config import load
from voicecoach.data.augment import (
    Augment,
    AugmentSpec,
    active_power,
    add_noise,
    change_speed,
    in_room,
    noise_split,
    spec_augment,
)
from voicecoach.data.rooms import DIRECT_PATH
from voicecoach.errors import InputError

CONFIGURATION = Path(__file__).parents[2] / "conf" / "train" / "augment.yaml"
STEPS = ("room", "noise", "babble", "band", "gain", "codec")


@pytest.fixture(scope="module")
def packaged() -> AugmentSpec:
    return load(CONFIGURATION, AugmentSpec)


def only(spec: AugmentSpec, *steps: str, **changes: object) -> AugmentSpec:
    """The spec with these steps always done and no others."""
    chances = {f"{step}_probability": float(step in steps) for step in STEPS}
    return AugmentSpec(**{**spec.model_dump(), **chances, **changes})


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> list[Path]:
    """Three noises: shorter than a sentence, longer, and with a pause."""
    folder = tmp_path_factory.mktemp("clips")
    rng = np.random.default_rng(0)
    for name, n_samples in (("short", 5000), ("long", 60000), ("pause", 30000)):
        noise = 0.1 * rng.normal(size=n_samples)
        if name == "pause":
            noise[6000:] = 0
        soundfile.write(folder / f"{name}.wav", noise, 16000)
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    """2 s of bursts between pauses, 16 kHz."""
    rng = np.random.default_rng(1)
    return (0.1 * rng.normal(size=32000) * np.repeat(np.arange(10) % 2, 3200)).astype("f4")


def test_packaged_configuration_does_everything_sometimes(packaged) -> None:
    assert all(0 < getattr(packaged, f"{step}_probability") < 1 for step in STEPS)


@pytest.mark.parametrize("step", ["noise", "babble", "band", "gain", "codec", "room"])
def test_each_step_keeps_length_and_range_and_the_input(packaged, clips, speech, step) -> None:
    if step == "room":
        pytest.importorskip("pyroomacoustics", reason="rooms need the train extra")
    augment = Augment(only(packaged, step, n_rooms=3), clips, clips, 16000)
    before = speech.copy()
    for seed in range(5):
        wet = augment(speech, np.random.default_rng(seed))
        assert wet.dtype == np.float32 and wet.shape == speech.shape
        assert np.isfinite(wet).all() and np.abs(wet).max() <= 1.0
        assert not np.array_equal(wet, speech)
    np.testing.assert_array_equal(speech, before)


def test_the_generator_alone_decides(packaged, clips, speech) -> None:
    spec = only(packaged, "noise", "babble", "band", "gain", "codec")
    first, second = (Augment(spec, clips, clips, 16000) for _ in range(2))
    second(speech, np.random.default_rng(1))  # something else happened before
    wet = first(speech, np.random.default_rng(7))
    np.testing.assert_array_equal(wet, second(speech, np.random.default_rng(7)))
    assert not np.array_equal(wet, first(speech, np.random.default_rng(8)))


def test_nothing_to_do_gives_an_equal_copy(packaged, speech) -> None:
    augment = Augment(only(packaged, "noise", "babble"), [], [], 16000)  # no clips: left out
    wet = augment(speech, np.random.default_rng(0))
    np.testing.assert_array_equal(wet, speech)
    assert wet is not speech


def test_steps_happen_as_often_as_asked(packaged, speech) -> None:
    spec = only(packaged, "gain", gain_probability=0.3)
    augment = Augment(spec, [], [], 16000)
    rng = np.random.default_rng(0)
    changed = sum(
        not np.array_equal(augment(speech[3200:3600], rng), speech[3200:3600]) for _ in range(500)
    )
    assert 110 < changed < 190


@pytest.mark.parametrize("wanted_db", [5.0, 30.0])
@pytest.mark.parametrize("step", ["noise", "babble"])
def test_the_signal_to_noise_ratio_is_reached(packaged, clips, speech, step, wanted_db) -> None:
    spec = only(packaged, step, **{f"{step}_snr_db": (wanted_db, wanted_db)})
    augment = Augment(spec, clips[:1], clips[:1], 16000)  # one without pauses
    wet = augment(0.3 * speech, np.random.default_rng(3))
    added = wet - 0.3 * speech
    loud = speech != 0
    reached_db = 10 * np.log10(np.mean((0.3 * speech[loud]) ** 2) / np.mean(added**2))
    assert reached_db == pytest.approx(wanted_db, abs=0.7)


@settings(deadline=None)
@given(st.floats(-20, 60), st.floats(1e-3, 10), st.integers(0, 99))
def test_added_noise_reaches_its_ratio_at_any_level(snr_db, level, seed) -> None:
    rng = np.random.default_rng(seed)
    wave, noise = rng.normal(size=8000), level * rng.normal(size=8000)
    added = add_noise(wave, noise, snr_db, 16000) - wave
    ratio = active_power(wave, 16000) / active_power(added, 16000)
    assert 10 * np.log10(ratio) == pytest.approx(snr_db, abs=1e-3)


def test_noise_is_left_out_where_one_side_is_silent(speech) -> None:
    silence = np.zeros_like(speech)
    assert add_noise(speech, silence, 10, 16000) is speech
    np.testing.assert_array_equal(add_noise(silence, speech, 10, 16000), silence)
    rounding = np.where(np.arange(32000) % 2, 1, -1) / 32768
    assert add_noise(speech, rounding, 10, 16000) is speech


def test_active_power_ignores_pauses_and_clicks() -> None:
    wave = np.zeros(32000)
    wave[8000:16000] = 0.1
    assert active_power(wave, 16000) == pytest.approx(0.01)
    wave[20000] = 1.0
    assert active_power(wave, 16000) == pytest.approx(0.01, rel=0.05)
    assert active_power(np.zeros(100), 16000) == active_power(np.zeros(0), 16000) == 0.0


def test_rooms_do_not_move_the_sound(packaged) -> None:
    pytest.importorskip("pyroomacoustics", reason="rooms need the train extra")
    augment = Augment(only(packaged, "room", n_rooms=5), [], [], 16000)
    noise = 0.05 * np.random.default_rng(0).normal(size=16000).astype(np.float32)
    for seed in range(10):
        wet = augment(noise, np.random.default_rng(seed))
        correlation = np.correlate(wet[200:-200], noise[300:-300])
        assert int(np.argmax(np.abs(correlation))) == 100
        assert np.std(wet) == pytest.approx(np.std(noise), rel=1e-3)


def test_in_room_leaves_silence_alone() -> None:
    response = np.zeros(100, dtype=np.float32)
    response[DIRECT_PATH] = 1.0
    np.testing.assert_array_equal(in_room(np.zeros(50, dtype=np.float32), response), np.zeros(50))


@settings(deadline=None)
@given(st.integers(1, 20000), st.floats(0.5, 2.0))
def test_speed_changes_the_duration(n_samples, factor) -> None:
    waveform = 0.1 * np.ones(n_samples, dtype=np.float32)
    assert len(change_speed(waveform, factor)) == round(n_samples / factor)


@pytest.mark.parametrize("factor", [0.8, 0.9, 1.1, 1.25])
def test_speed_moves_times_by_its_factor(factor) -> None:
    click = np.zeros(16000, dtype=np.float32)
    click[9000] = 0.5
    assert int(np.argmax(change_speed(click, factor))) == pytest.approx(9000 / factor, abs=1)


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan")])
def test_impossible_speed_is_refused(factor) -> None:
    with pytest.raises(ValueError, match="speed factor"):
        change_speed(np.zeros(100), factor)


def test_noise_split_parts_every_class_and_keeps_sources_together(tmp_path) -> None:
    for class_name in ("rain", "dog"):
        (tmp_path / class_name).mkdir()
        for clip in ("1-10-A", "1-10-B", "1-11-A", "2-12-A", "2-13-A", "3-14-A"):
            (tmp_path / class_name / f"{clip}.ogg").touch()
        (tmp_path / class_name / "README.txt").touch()
    train, test = noise_split(tmp_path)
    assert len(train) == len(test) == 6 and not set(train) & set(test)
    for half in (train, test):
        assert {path.parent.name for path in half} == {"rain", "dog"}
    sources = [{path.parent.name + path.stem[:-2] for path in half} for half in (train, test)]
    assert not sources[0] & sources[1]
    assert noise_split(tmp_path) == (train, test)


def test_noise_split_of_the_shared_noises(shared_data) -> None:
    train, test = noise_split(shared_data / "noise")
    assert len(train) + len(test) == 140 and abs(len(train) - len(test)) <= 10
    assert {path.parent for path in train} == {path.parent for path in test}


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_noise_split_refuses_a_folder_without_noises(tmp_path, name) -> None:
    with pytest.raises(InputError, match="no folders with noise"):
        noise_split(tmp_path / name)


def test_a_noise_that_cannot_be_read_is_named(packaged, tmp_path, speech) -> None:
    augment = Augment(only(packaged, "noise"), [tmp_path / "gone.wav"], [], 16000)
    with pytest.raises(InputError, match=r"gone\.wav"):
        augment(speech, np.random.default_rng(0))


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 4), st.integers(1, 200), st.integers(0, 9), st.data())
def test_masks_hold_the_mean_and_stay_within_their_limits(batch, n_frames, seed, data) -> None:
    spec = load(CONFIGURATION, AugmentSpec)
    lengths = torch.tensor(
        data.draw(st.lists(st.integers(1, n_frames), min_size=batch, max_size=batch))
    )
    generator = torch.Generator().manual_seed(seed)
    log_mel = torch.randn(batch, n_frames, 80, generator=generator)
    before = log_mel.clone()
    masked = spec_augment(log_mel, generator, spec, lengths)
    assert torch.equal(log_mel, before)
    changed = masked != log_mel
    for row, length in enumerate(lengths.tolist()):
        assert not changed[row, length:].any()
        bands = changed[row, :length].all(dim=0)
        frames = changed[row, :length].all(dim=1)
        assert bands.sum() <= 24 or frames.all()
        assert frames.sum() <= 2 * min(12, int(0.1 * length)) or bands.all()
        assert torch.equal(changed[row, :length], bands[None] | frames[:, None])
        mean = log_mel[row, :length].mean()
        values = masked[row][changed[row]]
        torch.testing.assert_close(values, mean.expand_as(values), atol=1e-5, rtol=1e-4)


def test_masks_reach_every_place_and_differ_between_recordings(packaged) -> None:
    generator = torch.Generator().manual_seed(0)
    log_mel = torch.arange(1.0, 301.0)[:, None] + torch.zeros(200, 300, 80)
    changed = spec_augment(log_mel, generator, packaged) != log_mel
    assert changed.any(dim=0).all()
    assert not torch.equal(changed[0], changed[1])


def test_masks_follow_their_seed(packaged) -> None:
    log_mel = torch.randn(2, 100, 80)
    first, again = (
        spec_augment(log_mel, torch.Generator().manual_seed(4), packaged) for _ in range(2)
    )
    assert torch.equal(first, again)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"noise_probability": 1.5}, "less than or equal to 1"),
        ({"noise_snr_db": (30.0, 5.0)}, "noise_snr_db runs from 30 down to 5"),
        ({"room_rt60_s": (0.0, 0.5)}, "room_rt60_s must be above 0"),
        ({"band_low_hz": (30.0, 3000.0)}, "band_low_hz reaches into band_high_hz"),
        ({"codec_weights": {"aac": 1.0}}, "unknown codec aac"),
        ({"codec_weights": {}}, "codec_weights must be positive"),
        ({"codec_weights": {"mp3": 0.0}}, "codec_weights must be positive"),
        ({"speed_factors": (0.0,)}, "speed_factors must be above 0"),
        ({"loudness": 1.0}, "Extra inputs are not permitted"),
    ],
)
def test_contradictions_are_refused(packaged, changes, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        AugmentSpec(**{**packaged.model_dump(), **changes})
