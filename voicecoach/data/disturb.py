"""Makes a data folder again with its recordings disturbed in one known way, to test robustness.

Which noise, voices or room an utterance gets depends on the seed and its id alone. So the same
utterance hears the same noise at every ratio, and results at two ratios can be compared in pairs.
"""

import functools
import hashlib
import json
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from math import isfinite
from multiprocessing import get_context
from pathlib import Path
from threading import current_thread, main_thread
from types import FrameType
from typing import Literal

import numpy as np

from voicecoach.audio import io
from voicecoach.audio.codec import CODECS, through_codec
from voicecoach.data import kaldi
from voicecoach.data.atomic import make_folder, write_json
from voicecoach.data.augment import Augment, AugmentSpec, in_room, noise_split
from voicecoach.data.rooms import DIRECT_PATH
from voicecoach.errors import InputError

SETTINGS = "disturb.json"
_SAMPLE_RATE = 16000  # Hz, of what is written
_SUFFIXES = (".flac", ".wav", ".ogg", ".opus", ".mp3")
_BABBLE_VOICES = 4
_MOST_TRIES = 20  # to find an excerpt that is not silent
_CHUNK = 4  # utterances handed to a process at once

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Disturbance:
    """What is done to every recording.

    Args:
        kind: environmental noise, several other voices, a measured room, or a codec at its lowest
            rate.
        source: the folder of the sounds; for a codec its name. Noises are in a sub-folder per
            class, and only the half that ``noise_split`` keeps for tests is used.
        snr_db: signal-to-noise ratio in decibels, of noise and babble.
        seed: 0 or more.

    Raises:
        InputError: an unknown codec, or a ratio that is missing, infinite or of no use.
    """

    kind: Literal["noise", "babble", "room", "codec"]
    source: str
    snr_db: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind == "codec" and self.source not in CODECS:
            raise InputError(f"There is no codec '{self.source}': use one of {', '.join(CODECS)}.")
        if (self.kind in ("noise", "babble")) != (self.snr_db is not None):
            raise InputError(
                "A signal-to-noise ratio goes with noise and with babble, and with nothing else: "
                f"{'leave it out' if self.snr_db is not None else 'add one'} for {self.kind}."
            )
        if self.snr_db is not None and not isfinite(self.snr_db):
            raise InputError("The signal-to-noise ratio is no number: give decibels, such as 10.")

    def sounds(self) -> list[Path]:
        """The noises, voices or rooms to draw from, sorted; none for a codec.

        Raises:
            InputError: the folder holds no recordings.
        """
        if self.kind == "codec":
            return []
        if self.kind != "noise":
            return sound_files(self.source)
        paths = noise_split(self.source)[1]
        if not paths:
            raise InputError(f"{self.source} holds no sound files for noise: add some.")
        return paths


def sound_files(folder: str | Path) -> list[Path]:
    """The recordings in a folder and the folders in it, sorted.

    Raises:
        InputError: there are none.
    """
    found = Path(folder).rglob("*")
    paths = sorted(path for path in found if path.suffix.lower() in _SUFFIXES)
    if not paths:
        raise InputError(f"{folder} holds no sound files: add some.")
    return paths


class Disturber:
    """Disturbs one recording at a time.

    Args:
        disturbance: what is done.
        paths: the ``sounds`` of the disturbance; they are decoded when first needed.
    """

    def __init__(self, disturbance: Disturbance, paths: Sequence[Path]) -> None:
        self._disturbance = disturbance
        self._paths = paths
        if disturbance.snr_db is not None:
            self._mix = _mixer(disturbance.kind, disturbance.snr_db, paths)

    def __call__(self, waveform: np.ndarray, utt: str) -> np.ndarray:
        """Returns a disturbed copy in which each sound is where it was.

        Args:
            waveform: (n_samples,) float32 in [-1, 1], 16 kHz.
            utt: id of the utterance; with the seed, it decides which sounds are drawn.

        Returns:
            (n_samples,) float32 in [-1, 1]; noise and room are scaled down as a whole where they
            would clip.

        Raises:
            InputError: a sound cannot be read or is silent, or the recording is silent.
        """
        key = hashlib.sha256(f"{self._disturbance.seed} {utt}".encode()).digest()
        rng = np.random.default_rng(int.from_bytes(key, "big"))
        if self._disturbance.kind == "codec":
            return through_codec(waveform, _SAMPLE_RATE, self._disturbance.source, quality=0.0)
        if self._disturbance.kind == "room":
            wet = in_room(waveform, _response(self._paths[rng.integers(len(self._paths))]))
            return wet / max(1.0, float(np.abs(wet).max(initial=0.0)))
        for _ in range(_MOST_TRIES):
            wet = self._mix(waveform, rng)
            if not np.array_equal(wet, waveform):
                return wet
        raise InputError("It or the noise drawn for it is silent: there is no ratio of the two.")


@dataclass(frozen=True)
class Failure:
    """An utterance that could not be disturbed; ``reason`` is a sentence."""

    utt: str
    reason: str


def disturb(
    data: str | Path,
    out: str | Path,
    disturbance: Disturbance,
    jobs: int = 1,
    progress: Progress = lambda done, total: None,
) -> list[Failure]:
    """Writes ``out``: the utterances of ``data`` with disturbed recordings in ``out/wav``.

    Recordings that an earlier run with the same settings finished are kept; the settings are in
    ``out/disturb.json``.

    Args:
        data: a Kaldi folder.
        out: another folder, new or of an earlier run; gets FLAC files of 16 kHz.
        disturbance: what is done.
        jobs: number of processes; it changes nothing in the result.
        progress: called with (done, total) utterances.

    Returns:
        The utterances that are left out since their recording or text is bad. Where all are,
        ``out`` gets no tables.

    Raises:
        InputError: ``data`` or the sounds cannot be used, ``out`` holds something else or cannot
            be written, or a process was ended from outside.
    """
    data, out = Path(data), Path(out)
    failures: list[Failure] = []
    utterances = kaldi.read(
        data, on_bad=lambda utt, error: failures.append(Failure(utt, str(error)))
    )
    for utterance in utterances:
        if "/" in utterance.utt:
            raise InputError(f"The id {utterance.utt} cannot be a file name: take out the '/'.")
    paths = disturbance.sounds()
    _check_same_settings(data, out, _settings(data, disturbance, paths))
    wavs = {u.utt: make_folder(out / "wav").absolute() / f"{u.utt}.flac" for u in utterances}
    todo = [(u.utt, u.wav, wavs[u.utt]) for u in utterances if not wavs[u.utt].exists()]
    done = len(utterances) - len(todo)
    progress(done, len(utterances))
    for failure in _outcomes(todo, disturbance, paths, jobs):
        if failure is not None:
            failures.append(failure)
        done += 1
        progress(done, len(utterances))
    bad = {failure.utt for failure in failures}
    good = [replace(u, wav=wavs[u.utt]) for u in utterances if u.utt not in bad]
    if good:
        kaldi.write(out, good)
        kaldi.copy_experts(data, out, {u.utt for u in good})
    return failures


def _mixer(kind: str, snr_db: float, paths: Sequence[Path]) -> Augment:
    """What mixes the training copies, with everything but this noise switched off."""
    steps = ("room", "noise", "babble", "band", "gain", "codec")
    spec = AugmentSpec.model_construct(
        **{f"{step}_probability": float(step == kind) for step in steps},
        **{f"{kind}_snr_db": (snr_db, snr_db)},
        babble_voices=(_BABBLE_VOICES, _BABBLE_VOICES),
    )
    return Augment(spec, paths, paths, _SAMPLE_RATE)


@functools.cache
def _response(path: Path) -> np.ndarray:
    """(n_taps,) float32 of a measured room, its direct sound moved to ``DIRECT_PATH``.

    The direct sound is the first peak of half the height of the highest one or more: a reflection
    may be louder than it, and the way from mouth to microphone would delay every phone.
    """
    response = io.load(path, _SAMPLE_RATE)
    height = np.abs(response)
    if not height.any():
        raise InputError(f"{path} is silent, which is no room: take it out of the folder.")
    direct = int(np.argmax(height >= height.max() / 2))
    while direct + 1 < len(height) and height[direct + 1] > height[direct]:
        direct += 1
    return np.pad(response, (DIRECT_PATH, 0))[direct:]


def _settings(data: Path, disturbance: Disturbance, paths: Sequence[Path]) -> dict[str, object]:
    """All that decides the samples; of the sounds their names and sizes."""
    settings = {"data": str(data.resolve()), **asdict(disturbance)}
    if paths:
        folder = Path(disturbance.source)
        names = (f"{path.relative_to(folder).as_posix()} {path.stat().st_size}" for path in paths)
        settings["source"] = str(folder.resolve())
        settings["sounds"] = len(paths)
        settings["sounds_sha256"] = hashlib.sha256("\n".join(names).encode()).hexdigest()
    return settings


def _check_same_settings(data: Path, out: Path, settings: dict[str, object]) -> None:
    """Notes the settings in a new ``out``; refuses one that holds anything else."""
    if out.resolve() == data.resolve():
        raise InputError(f"{out} is the folder of the clean data: choose another --out.")
    path = out / SETTINGS
    if not path.exists():
        if out.is_dir() and any(not entry.name.startswith(".") for entry in out.iterdir()):
            raise InputError(f"{out} is not empty and has no {SETTINGS}: choose another --out.")
        write_json(path, settings, indent=2)
        return
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"Cannot read {path} ({error}): choose another --out.") from error
    if before != settings:
        before = before if isinstance(before, dict) else {}
        names = [name for name, value in settings.items() if before.get(name) != value]
        raise InputError(
            f"{out} holds recordings that were disturbed with other settings "
            f"({', '.join(names)}): choose another --out."
        )


def _outcomes(
    todo: Sequence[tuple[str, Path, Path]],
    disturbance: Disturbance,
    paths: Sequence[Path],
    jobs: int,
) -> Iterator[Failure | None]:
    """One for each of ``todo``, which is id, recording and the file to write."""
    work = functools.partial(_disturb_file, disturbance, tuple(paths))
    if jobs == 1:
        for task in todo:
            with _interrupt_held_back():
                outcome = work(task)
            yield outcome
        return
    # "spawn": the thread that draws the progress bar does not survive a fork.
    pool = ProcessPoolExecutor(
        jobs, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)
    )
    try:
        yield from pool.map(work, todo, chunksize=_CHUNK)
    except BrokenProcessPool as error:
        raise InputError(
            "A process was ended from outside, perhaps for want of memory: run the same command "
            "again with fewer --jobs; what is finished is kept."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupt_held_back() -> Iterator[None]:
    """Ctrl-C takes effect when the block ends.

    In the middle of an encoder soundfile would swallow it, and the sound would be damaged.
    """
    if current_thread() is not main_thread():  # Python interrupts the main thread only
        yield
        return
    held: list[tuple[int, FrameType | None]] = []
    handler = signal.signal(signal.SIGINT, lambda *arguments: held.append(arguments))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if held and callable(handler):
        handler(*held[0])


def _disturb_file(
    disturbance: Disturbance, paths: tuple[Path, ...], task: tuple[str, Path, Path]
) -> Failure | None:
    utt, source, target = task
    try:
        wet = _disturber(disturbance, paths)(io.load(source, _SAMPLE_RATE), utt)
    except InputError as error:
        return Failure(utt, str(error))
    # Not in the block: where one file cannot be written, the others cannot either.
    io.save(target, wet, _SAMPLE_RATE)
    return None


@functools.lru_cache(maxsize=1)
def _disturber(disturbance: Disturbance, paths: tuple[Path, ...]) -> Disturber:
    """The one of this process: it keeps the sounds that it has decoded."""
    return Disturber(disturbance, paths)
