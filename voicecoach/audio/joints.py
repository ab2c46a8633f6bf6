"""Makes the pulses of a WORLD voice meet those of the recording that it is faded into.

WORLD keeps the pitch of a voice but not its phase: a cross-fade would weaken some harmonics and
strengthen others. WORLD counts pulses from its first frame on. So a few frames that nobody hears
(the run-up) set where they fall at one joint, and a slightly other pitch where at the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FRAME_S = 0.005
RUN_UP = 5
"""Frames before the first one that is heard."""
_RUN_UP_HZ = 200.0
_RUN_UP_S = (RUN_UP - 2 + 0.375) * FRAME_S  # the last is unvoiced: F0 falls half the way there
_NOISE_HZ = 500.0  # how often WORLD renews noise, which it counts like pulses
_STEPS = 40  # per frame
_MATCH_S = 0.01  # compared, to either side of a joint
_MOST_DETUNING = 0.03  # half a semitone
_LEAST_LIKENESS = 0.4  # below it, what is most alike is so by chance


@dataclass(frozen=True, eq=False)
class Joint:
    """Where a recording and a voice go over into each other, both voiced there.

    Attributes:
        time_s: seconds after the first frame that is heard.
        f0: Hz.
        likeness: (2 * n + 1,) correlation with the voice n samples earlier to n samples later.
    """

    time_s: float
    f0: float
    likeness: np.ndarray


def compare(
    recorded: np.ndarray, spoken: np.ndarray, at: int, spoken_at: int, sample_rate: int, f0: float
) -> np.ndarray | None:
    """How like a recording is to a voice that is shifted by up to half a period either way.

    Args:
        recorded: (n_samples,) float.
        spoken: (n,) float, the voice.
        at: the sample of the joint in the recording.
        spoken_at: and in the voice.
        sample_rate: Hz, of both.
        f0: Hz, above 0.

    Returns:
        ``Joint.likeness``, -1 to 1; None where they are not alike anywhere, or too short.
    """
    half = round(_MATCH_S * sample_rate)
    lag = round(sample_rate / f0 / 2)
    piece = recorded[max(0, at - half) : at + half].astype(np.float64)
    around = spoken[max(0, spoken_at - half - lag) : spoken_at + half + lag].astype(np.float64)
    if len(piece) < 2 * half or len(around) < 2 * (half + lag):
        return None
    windows = np.lib.stride_tricks.sliding_window_view(around, len(piece))
    power = np.einsum("ij,ij->i", windows, windows) * (piece @ piece)
    likeness = windows @ piece / np.sqrt(power + 1e-12)
    return likeness if np.abs(likeness).max() >= _LEAST_LIKENESS else None


def tune(f0: np.ndarray, plain_f0: np.ndarray, joints: Sequence[Joint]) -> tuple[np.ndarray, float]:
    """Moves pulses onto those of the recording, by the run-up and up to half a semitone of pitch.

    Args:
        f0: (n_frames,) Hz, of what will be spoken, 0 where unvoiced.
        plain_f0: (n_frames,) Hz, of what was spoken when the joints were compared.
        joints: none, one, or two in order of time.

    Returns:
        (RUN_UP + n_frames,) Hz, and 1.0 or -1.0, the sign that the voice needs: a recording may be
        upside down.
    """
    if not joints:
        return with_run_up(f0), 1.0
    times_s = np.array([joint.time_s for joint in joints])
    sign = 1.0 if sum(j.likeness.max() + j.likeness.min() for j in joints) >= 0 else -1.0
    wanted = _count_cycles(with_run_up(plain_f0), times_s)
    wanted += [_late_cycles(joint, sign) for joint in joints]
    missing = wanted - _count_cycles(with_run_up(f0), times_s)
    shift = _nearest(missing[0])
    if len(joints) == 2:
        frame_s = np.arange(len(f0)) * FRAME_S
        inside = (f0 > 0) & (frame_s >= times_s[0]) & (frame_s <= times_s[1])
        n_cycles = max(f0[inside].sum() * FRAME_S, 1e-9)
        detuning = np.clip(_nearest(missing[1] - shift) / n_cycles, -_MOST_DETUNING, _MOST_DETUNING)
        f0 = np.where(inside, f0 * (1 + detuning), f0)
    return with_run_up(f0, shift), sign


def with_run_up(f0: np.ndarray, cycles: float = 0.0) -> np.ndarray:
    """(RUN_UP + n_frames,) F0 in Hz; all pulses of (n_frames,) come so many cycles earlier."""
    run_up = np.full(RUN_UP, _RUN_UP_HZ + cycles / _RUN_UP_S)
    run_up[-1] = 0.0
    return np.concatenate([run_up, f0])


def _count_cycles(f0: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """(n_times,) pulses that WORLD has spoken of (RUN_UP + n_frames,) until then."""
    steps = np.arange(_STEPS * len(f0)) / _STEPS
    frames = np.arange(len(f0))
    voiced = np.interp(steps, frames, f0 > 0) > 0.5
    hz = np.where(voiced, np.interp(steps, frames, f0), _NOISE_HZ)
    cycles = np.cumsum(hz) * FRAME_S / _STEPS
    return np.interp(times_s / FRAME_S + RUN_UP, steps, cycles)


def _late_cycles(joint: Joint, sign: float) -> float:
    """By how many cycles the voice comes too late."""
    n_lags = len(joint.likeness) // 2
    return 0.5 * (int((sign * joint.likeness).argmax()) - n_lags) / max(n_lags, 1)


def _nearest(cycles: float) -> float:
    """The same phase, -0.5 to 0.5 cycles."""
    return float(cycles - np.round(cycles))
