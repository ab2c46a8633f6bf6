import numpy as np
import pytest
import pyworld
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.audio.joints import FRAME_S, RUN_UP, Joint, compare, tune, with_run_up

RATE = 16_000
N_FRAMES = 60
TIMES_S = (0.05, 0.25)


def pulses(f0: np.ndarray) -> np.ndarray:
    """A train of pulses by WORLD, without the run-up."""
    envelope = np.tile(1 / (1 + (np.linspace(0, 8000, 513) / 400) ** 4), (len(f0), 1))
    noise = np.full_like(envelope, 1e-3)
    wave = pyworld.synthesize(f0, envelope, noise, RATE, 1000 * FRAME_S)
    return wave[round(RUN_UP * FRAME_S * RATE) :]


def contour(start_hz: float, end_hz: float) -> np.ndarray:
    return np.linspace(start_hz, end_hz, N_FRAMES)


def joints(recorded: np.ndarray, spoken: np.ndarray, f0: np.ndarray) -> list[Joint]:
    found = []
    for time_s in TIMES_S:
        at, hz = round(time_s * RATE), f0[round(time_s / FRAME_S)]
        found.append(Joint(time_s, hz, compare(recorded, spoken, at, at, RATE, hz)))
    return found


def likeness_at(recorded: np.ndarray, spoken: np.ndarray, time_s: float) -> float:
    around = slice(round((time_s - 0.005) * RATE), round((time_s + 0.005) * RATE))
    a, b = recorded[around], spoken[around]
    return float(a @ b / np.sqrt((a @ a) * (b @ b) + 1e-12))


@settings(max_examples=20)
@given(
    st.floats(90, 300),
    st.floats(0.8, 1.2),
    st.floats(-0.5, 0.5),
    st.floats(0.98, 1.02),
    st.sampled_from([1.0, -1.0]),
)
def test_pulses_fall_on_those_of_the_recording(start_hz, glide, cycles, change, sign) -> None:
    f0 = contour(start_hz, glide * start_hz)
    recorded = sign * pulses(with_run_up(f0, cycles))
    tuned, found_sign = tune(change * f0, f0, joints(recorded, pulses(with_run_up(f0)), f0))
    spoken = pulses(tuned)
    assert found_sign == sign
    for joint in joints(recorded, spoken, f0):
        lag = (sign * joint.likeness).argmax() - len(joint.likeness) // 2
        assert abs(lag) <= 0.06 * RATE / joint.f0
    detuning = tuned[RUN_UP:] / (change * f0)
    assert np.abs(detuning - 1).max() < 0.03 + 1e-9


def test_pitch_is_detuned_as_little_as_the_phase_needs() -> None:
    f0 = contour(150, 150)
    tuned, _ = tune(f0, f0, joints(pulses(with_run_up(f0, 0.25)), pulses(with_run_up(f0)), f0))
    assert np.abs(tuned[RUN_UP:] / f0 - 1).max() < 0.003  # the run-up does it


def test_one_joint_is_met_by_the_run_up_alone() -> None:
    f0 = contour(150, 150)
    recorded, spoken = (pulses(with_run_up(f0, c)) for c in (0.3, 0.0))
    tuned, sign = tune(f0, f0, joints(recorded, spoken, f0)[1:])
    np.testing.assert_array_equal(tuned[RUN_UP:], f0)
    assert likeness_at(recorded, sign * pulses(tuned), TIMES_S[1]) > 0.8


def test_without_joints_nothing_is_moved() -> None:
    f0 = contour(150, 200)
    tuned, sign = tune(f0, f0, [])
    np.testing.assert_array_equal(tuned, with_run_up(f0))
    assert sign == 1.0


@pytest.mark.parametrize("at", [10, 3990])
def test_too_little_sound_to_compare(at) -> None:
    wave = pulses(with_run_up(contour(150, 150)))[:4000]
    assert compare(wave, wave, at, at, RATE, 150.0) is None


def test_noise_is_like_nothing() -> None:
    recorded, spoken = np.random.default_rng(0).normal(size=(2, 4000))
    assert compare(recorded, spoken, 2000, 2000, RATE, 150.0) is None
    assert compare(np.zeros(4000), spoken, 2000, 2000, RATE, 150.0) is None
