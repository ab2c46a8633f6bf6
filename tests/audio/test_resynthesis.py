import numpy as np
import pytest

from voicecoach.audio.joints import FRAME_S
from voicecoach.audio.resynthesis import Change, find_pitch_range, respeak, smooth

RATE = 16_000


def buzz(f0_hz: float, duration_s: float = 1.0) -> np.ndarray:
    time_s = np.arange(round(duration_s * RATE)) / RATE
    return 0.1 * sum(np.sin(2 * np.pi * k * f0_hz * time_s) / k for k in range(1, 12))


def level_db(waveform: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(waveform)) + 1e-12))


@pytest.mark.parametrize("f0_hz", [110.0, 240.0, 390.0])
def test_pitch_is_looked_for_an_octave_around_the_usual(f0_hz) -> None:
    floor_hz, ceiling_hz = find_pitch_range(buzz(f0_hz), RATE)
    assert floor_hz == pytest.approx(max(71.0, f0_hz / 2), rel=0.02)
    assert ceiling_hz == pytest.approx(2 * f0_hz, rel=0.02)


@pytest.mark.parametrize("n_samples", [1, 300, 16000])
def test_without_a_voice_it_is_looked_for_everywhere(n_samples) -> None:
    assert find_pitch_range(np.zeros(n_samples), RATE) == (71.0, 800.0)


def test_smoothing_keeps_what_is_steady_and_spreads_a_step_over_20_ms() -> None:
    np.testing.assert_allclose(smooth(np.full((9, 2), 3.0)), 3.0)
    step = smooth(np.repeat([0.0, 9.0], 10))
    assert (step[:8] == 0).all() and (step[12:] == 9).all()
    np.testing.assert_allclose(np.diff(step)[7:12], [1, 2, 3, 2, 1])


def test_speech_is_as_loud_as_the_recording_all_the_way() -> None:
    # It grows by 40 dB in 0.8 s, where WORLD alone lags behind.
    recording = buzz(150) * np.geomspace(0.01, 1.0, RATE)
    times_s = np.arange(0.1, 0.9, FRAME_S)
    change = Change(
        np.zeros((len(times_s), 0)),
        np.zeros(0),
        np.zeros(len(times_s)),
        np.full(len(times_s), np.nan),
    )
    joints_s = [(0.15, 0.05), (0.85, 0.75)]
    spoken = respeak(recording, RATE, times_s, joints_s, change, (75.0, 300.0))
    assert len(spoken) == round((len(times_s) - 1) * FRAME_S * RATE)
    for start in range(800, len(spoken) - 1600, 800):
        there = slice(start, start + 800)
        recorded = recording[RATE // 10 :][there]
        assert abs(level_db(spoken[there]) - level_db(recorded)) < 1.0
    # It sounds in phase with it, too.
    for _, spoken_s in joints_s:
        there = slice(round((spoken_s - 0.01) * RATE), round((spoken_s + 0.01) * RATE))
        assert np.corrcoef(spoken[there], recording[RATE // 10 :][there])[0, 1] > 0.7
