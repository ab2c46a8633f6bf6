"""How loud a recording is, and its speech beside the background, told from it alone."""

from dataclasses import dataclass

import numpy as np

SILENT_PEAK_DB = -50.0
"""Below full scale; quiet speech into a microphone turned low still peaks above it."""
LOWEST_DB = -120.0
_FULL_SCALE = 0.99  # resampling moves the samples of a clipped sound a little
_LEAST_CLIPPED = 3  # a sound that was scaled to full scale touches it once or twice

QUIETEST_SNR_DB, CLEAREST_SNR_DB = 0.0, 60.0
_FRAMES_PER_S = 50  # 20 ms
_FLOOR_SHARE = 0.1  # of all frames: most sentences pause for longer, and so give the background
_ACTIVE_RANGE_DB = 20.0  # below the loud frames, as `data.augment.active_power` counts them
_ONSET_FRAMES, _ONSET_SHARE = 5, 0.7  # of them must sound
_ONSET_ABOVE_DB, _SOFT_DB = 6.0, 30.0
_DIGITAL_SILENCE_DB = -120.0  # below the loudest frame: no 16-bit sound is as quiet as that


@dataclass(frozen=True)
class Level:
    """How loud a recording is.

    ``peak_db`` and ``rms_db`` are relative to full scale, ``LOWEST_DB`` to 0.
    """

    peak_db: float
    rms_db: float
    n_clipped: int
    """Samples at full scale."""

    @property
    def is_silent(self) -> bool:
        """Whether nothing was spoken into the microphone, or it is muted."""
        return self.peak_db < SILENT_PEAK_DB

    @property
    def is_clipped(self) -> bool:
        """Whether it was louder than the microphone could take."""
        return self.n_clipped >= _LEAST_CLIPPED


def measure(waveform: np.ndarray) -> Level:
    """The level of (n_samples,) float in [-1, 1]; one without samples is silent."""
    size = np.abs(np.asarray(waveform, dtype=np.float64))
    return Level(
        peak_db=_decibels(float(size.max(initial=0.0))),
        rms_db=_decibels(float(np.sqrt(np.mean(np.square(size)))) if len(size) else 0.0),
        n_clipped=int(np.count_nonzero(size >= _FULL_SCALE)),
    )


def _decibels(amplitude: float) -> float:
    return float(20 * np.log10(max(amplitude, 10 ** (LOWEST_DB / 20))))


def loud_level_db(waveform: np.ndarray, sample_rate: int) -> float:
    """Level of the loud parts: the 95th percentile of 20 ms frames, relative to full scale.

    A click does not raise it, and pauses do not lower it. ``LOWEST_DB`` for silence.

    Args:
        waveform: (n_samples,) float in [-1, 1].
        sample_rate: Hz.
    """
    power = _frame_power(np.asarray(waveform, dtype=np.float64), sample_rate)
    return _decibels(float(np.sqrt(np.quantile(power, 0.95))) if len(power) else 0.0)


def edge_levels_db(waveform: np.ndarray, sample_rate: int) -> tuple[float, float]:
    """Level of the first and of the last 40 ms beside ``loud_level_db``, in decibels.

    Speech that was cut off is nearly as loud there as elsewhere. 0.0 for silence.

    Args:
        waveform: (n_samples,) float in [-1, 1].
        sample_rate: Hz.
    """
    loud_db = loud_level_db(waveform, sample_rate)
    n_samples = 2 * (sample_rate // _FRAMES_PER_S)
    edges = np.asarray(waveform[:n_samples]), np.asarray(waveform[-n_samples:])
    start_db, end_db = (
        _decibels(float(np.sqrt(_frame_power(edge, sample_rate).max(initial=0.0))))
        for edge in edges
    )
    return start_db - loud_db, end_db - loud_db


def estimate_snr_db(waveform: np.ndarray, sample_rate: int) -> float:
    """Estimates the signal-to-noise ratio of recorded speech; no clean copy is needed.

    The quietest tenth of the frames is taken for the background, the frames that stand out of it
    for speech with background. So a background that comes and goes (a bark, another voice) is
    partly taken for speech, and speech without any pause partly for background.

    Args:
        waveform: (n_samples,) float, finite, of any level; a constant offset does not matter.
        sample_rate: Hz.

    Returns:
        Decibels, 0 to 60. Pauses of digital silence give 60; such silence before the first and
        after the last sound is left out, for it may have been put there later. 0 where nothing
        stands out: silence, steady noise, less than two frames of 20 ms.
    """
    waveform = np.asarray(waveform, dtype=np.float64)
    waveform = waveform / max(np.abs(waveform).max(initial=0.0), np.finfo(np.float64).tiny)
    power = _frame_power(waveform, sample_rate)
    loudest = power.max(initial=0.0)
    sounding = np.flatnonzero(power > loudest * _ratio(_DIGITAL_SILENCE_DB))
    if not len(sounding):
        return QUIETEST_SNR_DB
    power = power[sounding[0] : sounding[-1] + 1]
    noise_power, loud_power = np.quantile(power, (_FLOOR_SHARE, 0.95))
    limit = max(2 * noise_power, loud_power * _ratio(-_ACTIVE_RANGE_DB))
    active = power[power > limit]
    if not len(active):
        return QUIETEST_SNR_DB
    speech_power = active.mean() - noise_power
    if noise_power <= speech_power * _ratio(-CLEAREST_SNR_DB):
        return CLEAREST_SNR_DB
    return max(QUIETEST_SNR_DB, float(10 * np.log10(speech_power / noise_power)))


def find_onset_s(waveform: np.ndarray, sample_rate: int) -> float:
    """Where the first sound begins that lasts for 0.1 s and stands out of the background.

    A click is no such sound, and soft speech is one: down to 30 dB below the loud parts, if it is 6
    dB louder than the background.

    Args:
        waveform: (n_samples,) float, finite, of any level.
        sample_rate: Hz.

    Returns:
        Seconds, in steps of 0.02; 0 where nothing stands out.
    """
    power = _frame_power(np.asarray(waveform, dtype=np.float64), sample_rate)
    if len(power) < _ONSET_FRAMES:
        return 0.0
    noise_power, loud_power = np.quantile(power, (_FLOOR_SHARE, 0.95))
    sounding = power > max(_ratio(_ONSET_ABOVE_DB) * noise_power, loud_power * _ratio(-_SOFT_DB))
    lasting = np.lib.stride_tricks.sliding_window_view(sounding, _ONSET_FRAMES).mean(1)
    onsets = np.flatnonzero(sounding[: len(lasting)] & (lasting > _ONSET_SHARE))
    return float(onsets[0]) / _FRAMES_PER_S if len(onsets) else 0.0


def _frame_power(waveform: np.ndarray, sample_rate: int) -> np.ndarray:
    """(n_frames,) variance of each 20 ms; what is left over at the end does not count."""
    length = max(1, sample_rate // _FRAMES_PER_S)
    frames = waveform[: len(waveform) // length * length].reshape(-1, length)
    frames = frames - frames.mean(axis=1, keepdims=True)
    return np.einsum("ij,ij->i", frames, frames) / length


def _ratio(db: float) -> float:
    return 10 ** (db / 10)


def as_loud_as(waveform: np.ndarray, other: np.ndarray, sample_rate: int) -> np.ndarray:
    """A waveform (n_samples,) with the ``loud_level_db`` of another one, or ``unclipped`` below it.

    Where either is silent it stays as it is.
    """
    levels_db = [loud_level_db(x, sample_rate) for x in (waveform, other)]
    if min(levels_db) <= LOWEST_DB:
        return waveform
    gain = 10 ** ((levels_db[1] - levels_db[0]) / 20)
    return unclipped((waveform * gain).astype(waveform.dtype))


def unclipped(waveform: np.ndarray, peak: float = 0.95) -> np.ndarray:
    """A waveform (n_samples,) turned down as a whole where it would go beyond ``peak``."""
    loudest = float(np.abs(waveform).max(initial=0.0))
    return waveform if loudest <= peak else (waveform * (peak / loudest)).astype(waveform.dtype)
