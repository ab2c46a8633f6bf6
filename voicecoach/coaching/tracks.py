"""What parts are learnt from: WORLD's F0 and envelope, Praat's formants. Never needed at run time.

parselmouth (Praat) comes with the extra ``train``.
"""

import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from voicecoach.audio import io
from voicecoach.audio.world import ALL_NOISE
from voicecoach.coaching.parts import band_filters
from voicecoach.data.atomic import replacing
from voicecoach.data.utterance import Utterance

SAMPLE_RATE = 16000  # Hz
FRAME_SHIFT_MS = 10.0
CEILINGS_HZ = (4500, 4800, 5100, 5400, 5700, 6000, 6400, 6800, 7200)
"""Below which Praat looks for five formants; which one suits is chosen for each speaker."""
_F0_FLOOR_HZ, _F0_CEILING_HZ = 71.0, 600.0
_AT_ONCE = 250  # utterances; as many are lost when the work is interrupted
_FFT = 1024
_ARRAYS = {"f0": np.float32, "bands_db": np.float16, "formants": np.float16, "voiced": np.bool_}


@dataclass(frozen=True, eq=False)
class Tracks:
    """One recording, every 10 ms.

    ``f0`` (n_frames,) Hz, 0 where there is none; ``bands_db`` (n_frames, 40) the envelope;
    ``formants`` (n_frames, n_ceilings, 3) Hz, NaN where there is none; ``voiced`` (n_frames,):
    Harvest finds some F0 in many fricatives, D4C says whether there is a voice.
    """

    f0: np.ndarray
    bands_db: np.ndarray
    formants: np.ndarray
    voiced: np.ndarray


def track(waveform: np.ndarray) -> Tracks:
    """Measures a recording (n_samples,) at ``SAMPLE_RATE``."""
    import parselmouth
    import pyworld

    samples = np.ascontiguousarray(waveform, dtype=np.float64)
    n_frames = len(samples) // round(SAMPLE_RATE * FRAME_SHIFT_MS / 1000)
    f0, times = pyworld.harvest(
        samples, SAMPLE_RATE, _F0_FLOOR_HZ, _F0_CEILING_HZ, frame_period=FRAME_SHIFT_MS
    )
    envelope = pyworld.cheaptrick(samples, f0, times, SAMPLE_RATE, fft_size=_FFT)
    aperiodicity = pyworld.d4c(samples, f0, times, SAMPLE_RATE, fft_size=_FFT)
    filters = band_filters(envelope.shape[1], SAMPLE_RATE / 2)
    bands_db = 10 * np.log10(np.maximum(envelope @ filters, 1e-12))
    sound = parselmouth.Sound(samples, SAMPLE_RATE)
    formants = np.full((n_frames, len(CEILINGS_HZ), 3), np.nan, dtype=np.float32)
    for c, ceiling_hz in enumerate(CEILINGS_HZ):
        found = sound.to_formant_burg(0.001 * FRAME_SHIFT_MS, 5, ceiling_hz, 0.025, 50.0)
        for i in range(n_frames):
            seconds = i * 0.001 * FRAME_SHIFT_MS
            formants[i, c] = [found.get_value_at_time(k, seconds) for k in (1, 2, 3)]
    return Tracks(
        f0[:n_frames].astype(np.float32),
        bands_db[:n_frames].astype(np.float32),
        formants,
        (f0 > 0)[:n_frames] & (aperiodicity[:n_frames, 0] < ALL_NOISE),
    )


def extract(
    utterances: Sequence[Utterance],
    folder: str | Path,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Tracks]:
    """Measures all recordings of a data folder, and keeps the result as ``tracks*.npz``.

    Args:
        utterances: in any order.
        folder: is made; what it holds of the same utterances is not measured again.
        jobs: processes.
        progress: called with (done, total) utterances.

    Raises:
        InputError: a recording cannot be read.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(utterances, key=lambda u: u.utt)
    tracks: dict[str, Tracks] = {}
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        for start in range(0, len(ordered), _AT_ONCE):
            some = ordered[start : start + _AT_ONCE]
            path = folder / f"tracks{start // _AT_ONCE:03d}.npz"
            found = _load(path)
            if found.keys() != {u.utt for u in some}:
                measured = pool.map(_track_file, [u.wav for u in some], chunksize=4)
                found = dict(zip([u.utt for u in some], measured, strict=True))
                _save(path, found)
            tracks |= found
            if progress is not None:
                progress(start + len(some), len(ordered))
    return tracks


def _track_file(path: Path) -> Tracks:
    return track(io.load(path, SAMPLE_RATE))


def _save(path: Path, tracks: dict[str, Tracks]) -> None:
    arrays = {
        f"{utt}/{name}": getattr(one, name).astype(dtype)
        for utt, one in tracks.items()
        for name, dtype in _ARRAYS.items()
    }
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)


def _load(path: Path) -> dict[str, Tracks]:
    """Empty where there is no such file, or it is damaged."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            utts = sorted({name.rsplit("/", 1)[0] for name in arrays.files})
            return {utt: Tracks(*(arrays[f"{utt}/{name}"] for name in _ARRAYS)) for utt in utts}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error):
        return {}
