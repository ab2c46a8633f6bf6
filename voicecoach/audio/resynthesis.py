"""A stretch of a recording in WORLD's frames, changed, and spoken as loud as it was."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from voicecoach.audio import io
from voicecoach.audio.joints import FRAME_S, RUN_UP, Joint, compare, tune, with_run_up
from voicecoach.audio.world import ALL_NOISE, F0_CEILING_HZ, F0_FLOOR_HZ, WorldFeatures, synthesise

_CONTEXT_S = 0.08  # Harvest errs near the ends of what it hears
_PITCH_RATE = 4000  # Hz: pYIN agrees with Harvest as well as at 16000, in half the time
_PITCH_RANGE = 2.0  # an octave either way of the usual pitch: half the time again
_TRACK_S = 0.001
_FEW = 5  # points, from one to the next where D4C listens
_INSIDE_VOICE = 10  # points of the track: where a voice begins and ends it is breathy
_LEVEL_S = 0.01  # to either side
_SILENCE = 1e-10  # power
_MOST_GAIN_DB = 12.0
_SMOOTHING = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0  # 20 ms of frames
_MOST_CHANGE_DB, _MOST_CENTS = 60.0, 2400.0
_LOWEST_HZ, _HIGHEST_HZ = 50.0, 1000.0  # of a changed pitch


@dataclass(frozen=True, eq=False)
class Change:
    """What is done to each frame.

    Attributes:
        envelope_db: (n_frames, n_bands) added to the envelope, at most 60 either way.
        band_hz: (n_bands,) centres of the bands.
        cents: (n_frames,) added to the pitch, at most 2400 either way.
        voicing: (n_frames,) share of the voice, 0 to 1; NaN leaves it as it is.
    """

    envelope_db: np.ndarray
    band_hz: np.ndarray
    cents: np.ndarray
    voicing: np.ndarray


def find_pitch_range(waveform: np.ndarray, sample_rate: int) -> tuple[float, float]:
    """Lowest and highest F0 to look for in a recording, in Hz: an octave around its median."""
    import pyworld

    low = _for_pitch(waveform, sample_rate)
    f0, _ = pyworld.dio(low, _PITCH_RATE, f0_floor=F0_FLOOR_HZ, f0_ceil=F0_CEILING_HZ)
    if not f0.any():
        return F0_FLOOR_HZ, F0_CEILING_HZ
    usual = float(np.median(f0[f0 > 0]))
    return max(F0_FLOOR_HZ, usual / _PITCH_RANGE), min(F0_CEILING_HZ, usual * _PITCH_RANGE)


def smooth(frames: np.ndarray) -> np.ndarray:
    """(n_frames, ...) without steps: averaged over 20 ms, the first and last frame held."""
    from scipy.ndimage import convolve1d

    return convolve1d(frames, _SMOOTHING, axis=0, mode="nearest")


def respeak(
    waveform: np.ndarray,
    sample_rate: int,
    times_s: np.ndarray,
    joints_s: Sequence[tuple[float, float]],
    change: Change,
    pitch_range: tuple[float, float],
) -> np.ndarray:
    """Speaks what a recording holds at some times, with changes, and otherwise as loud as it is.

    Args:
        waveform: (n_samples,) float, the whole recording.
        sample_rate: Hz.
        times_s: (n_frames,) seconds in the recording of frames that are spoken ``FRAME_S`` apart.
        joints_s: where the recording goes over into the voice, and the voice into the recording:
            seconds in the recording, and in what is spoken.
        change: of each frame.
        pitch_range: of ``find_pitch_range``.

    Returns:
        (n,) float32, from the first frame to the last.
    """
    plain, filled_f0 = _analyse(waveform, sample_rate, times_s, change.voicing, pitch_range)
    spoken = _speak(plain, with_run_up(plain.f0))
    gain_db = _level_db(waveform, sample_rate, times_s)
    gain_db -= _level_db(spoken, sample_rate, np.arange(len(times_s)) * FRAME_S)
    gain_db = smooth(np.clip(gain_db, -_MOST_GAIN_DB, _MOST_GAIN_DB))
    joints = _find_joints(waveform, spoken, joints_s, plain)
    changed = _apply(plain, filled_f0, change, gain_db)
    f0, sign = tune(changed.f0, plain.f0, joints)
    return sign * _speak(changed, f0)


def _analyse(
    waveform: np.ndarray,
    sample_rate: int,
    times_s: np.ndarray,
    voicing: np.ndarray,
    pitch_range: tuple[float, float],
) -> tuple[WorldFeatures, np.ndarray]:
    """The frames as recorded, and (n_frames,) F0 with that of neighbours where it shall be voiced.

    Such frames have the aperiodicity of their neighbours; while F0 is 0 it does nothing.
    """
    import pyworld

    first = max(0, int((times_s[0] - _CONTEXT_S) * sample_rate))
    last = int((times_s[-1] + _CONTEXT_S) * sample_rate) + 1
    samples = np.ascontiguousarray(waveform[first:last], dtype=np.float64)
    times_s = np.clip(times_s - first / sample_rate, 0.0, len(samples) / sample_rate)
    track = _track_pitch(samples, sample_rate, pitch_range)
    if (voicing > 0).any():
        track = _without_noise(samples, sample_rate, track)
    points = np.minimum(np.round(times_s / _TRACK_S).astype(int), len(track) - 1)
    f0 = track[points]
    envelope = pyworld.cheaptrick(samples, f0, times_s, sample_rate)
    filled_f0, heard_s, heard_f0 = f0.copy(), times_s.copy(), f0.copy()
    to_voice = (f0 == 0) & (voicing > 0)
    if to_voice.any() and track.any():
        voiced = np.flatnonzero(track)
        filled_f0[to_voice] = np.interp(points[to_voice], voiced, track[voiced])
        inner = voiced[_is_inside(track > 0)[voiced]]
        inner = inner if len(inner) else voiced
        nearest = inner[np.abs(points[to_voice][:, None] - inner).argmin(axis=1)]
        heard_s[to_voice], heard_f0[to_voice] = nearest * _TRACK_S, track[nearest]
    aperiodicity = pyworld.d4c(samples, heard_f0, heard_s, sample_rate)
    n_samples = round((len(times_s) - 1) * FRAME_S * sample_rate)
    frames = WorldFeatures(f0, envelope, aperiodicity, sample_rate, 1000 * FRAME_S, n_samples)
    return frames, filled_f0


def _track_pitch(
    samples: np.ndarray, sample_rate: int, pitch_range: tuple[float, float]
) -> np.ndarray:
    """(n_points,) Hz every millisecond, 0 where unvoiced."""
    import pyworld

    low = _for_pitch(samples, sample_rate)
    floor_hz, ceiling_hz = pitch_range
    f0, _ = pyworld.harvest(
        low, _PITCH_RATE, f0_floor=floor_hz, f0_ceil=ceiling_hz, frame_period=1000 * _TRACK_S
    )
    return f0


def _without_noise(samples: np.ndarray, sample_rate: int, track: np.ndarray) -> np.ndarray:
    """The track where D4C hears a voice too: Harvest finds some pitch in many fricatives.

    In plain resynthesis that does no harm, and without these points it was judged a little worse.
    """
    import pyworld

    few = np.arange(0, len(track), _FEW)
    aperiodicity = pyworld.d4c(samples, track[few], few * _TRACK_S, sample_rate)
    return track * np.repeat(aperiodicity[:, 0] < ALL_NOISE, _FEW)[: len(track)]


def _for_pitch(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """(n,) float64 at ``_PITCH_RATE``, with silence after less than 0.1 s."""
    low = io.resample(samples, sample_rate, _PITCH_RATE).astype(np.float64)
    return np.pad(low, (0, max(0, _PITCH_RATE // 10 - len(low))))


def _is_inside(voiced: np.ndarray) -> np.ndarray:
    """(n_points,) whether all is voiced around."""
    from scipy.ndimage import binary_erosion

    return binary_erosion(voiced, np.ones(2 * _INSIDE_VOICE + 1))


def _apply(
    plain: WorldFeatures, filled_f0: np.ndarray, change: Change, gain_db: np.ndarray
) -> WorldFeatures:
    n_bins = plain.spectral_envelope.shape[1]
    bins_hz = np.linspace(0.0, plain.sample_rate / 2, n_bins)
    bands = [np.interp(bins_hz, change.band_hz, row) for row in np.eye(len(change.band_hz))]
    envelope_db = np.clip(change.envelope_db, -_MOST_CHANGE_DB, _MOST_CHANGE_DB)
    change_db = envelope_db @ np.reshape(bands, (-1, n_bins)) + gain_db[:, None]
    cents = np.clip(change.cents, -_MOST_CENTS, _MOST_CENTS)
    share = np.where(np.isnan(change.voicing), 1.0, change.voicing)
    f0 = np.clip(filled_f0 * 2 ** (cents / 1200), _LOWEST_HZ, _HIGHEST_HZ)
    return replace(
        plain,
        f0=np.where((filled_f0 > 0) & (share > 0), f0, 0.0),
        spectral_envelope=plain.spectral_envelope * 10 ** (change_db / 10),
        aperiodicity=1.0 - (1.0 - plain.aperiodicity) * share[:, None],
    )


def _speak(frames: WorldFeatures, f0: np.ndarray) -> np.ndarray:
    """(n_samples,) float32 after the run-up, which ``f0`` has and the frames have not."""
    run_up = ((RUN_UP, 0), (0, 0))
    n_run_up = round(RUN_UP * FRAME_S * frames.sample_rate)
    return synthesise(
        replace(
            frames,
            f0=f0,
            spectral_envelope=np.pad(frames.spectral_envelope, run_up, mode="edge"),
            aperiodicity=np.pad(frames.aperiodicity, run_up, mode="edge"),
            n_samples=n_run_up + frames.n_samples,
        )
    )[n_run_up:]


def _level_db(waveform: np.ndarray, sample_rate: int, times_s: np.ndarray) -> np.ndarray:
    """(n_times,) level of 20 ms around each."""
    energy = np.concatenate([[0.0], np.cumsum(np.square(waveform, dtype=np.float64))])
    edges = np.round((times_s + np.array([[-_LEVEL_S], [_LEVEL_S]])) * sample_rate).astype(int)
    start, end = np.clip(edges, 0, len(waveform))
    return 10 * np.log10((energy[end] - energy[start]) / np.maximum(end - start, 1) + _SILENCE)


def _find_joints(
    waveform: np.ndarray,
    spoken: np.ndarray,
    joints_s: Sequence[tuple[float, float]],
    plain: WorldFeatures,
) -> list[Joint]:
    joints = []
    for joint_s in joints_s:
        f0 = plain.f0[round(joint_s[1] / FRAME_S)]
        at = (round(seconds * plain.sample_rate) for seconds in joint_s)
        likeness = compare(waveform, spoken, *at, plain.sample_rate, f0) if f0 else None
        if likeness is not None:
            joints.append(Joint(joint_s[1], f0, likeness))
    return joints
