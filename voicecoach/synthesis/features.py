"""Training features of a voice: symbols, how long each lasts, and what is heard meanwhile."""

import json
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from pydantic import Field

from voicecoach import config
from voicecoach.audio import io
from voicecoach.audio.spec import AudioSpec
from voicecoach.config import Spec
from voicecoach.data import kaldi
from voicecoach.data.atomic import make_folder, replacing, write_json
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.synthesis import acoustics, script
from voicecoach.synthesis.acoustics import Vocoded
from voicecoach.synthesis.symbols import durations_of, encode

STEP_MS = 10.0
"""What durations are counted in: the aligner's frames."""
EDGE_MS = 100.0
"""Silence kept before the first and after the last phone."""
INDEX, SYMBOLS, WORLD, SPECTRUM = "index.json", "symbols.npy", "world.npy", "spectrum.npy"
SPEC = "spec.yaml"


class SynthSpec(Spec):
    """How a voice is measured."""

    audio: AudioSpec
    order: int = Field(default=50, gt=0)  # of the mel-cepstrum

    @property
    def frames_per_step(self) -> int:
        """Frames in ``STEP_MS``."""
        return round(STEP_MS / self.audio.frame_shift_ms)


@dataclass(frozen=True, eq=False)
class VoiceFolder:
    """Features of one data folder, memory-mapped.

    Attributes:
        utterances: those that were aligned, in order.
        symbols: (all symbols, 3): symbol, place in the word, steps.
        world: (all frames, order + 3 + n_bands) of ``Vocoded.stack``.
        spectrum: (all frames, n_bins) log magnitude, float16.
        symbol_offsets, frame_offsets: (n_utterances + 1,) where each utterance begins.
    """

    utterances: tuple[Utterance, ...]
    symbols: np.ndarray
    world: np.ndarray
    spectrum: np.ndarray
    symbol_offsets: np.ndarray
    frame_offsets: np.ndarray
    spec: SynthSpec

    @classmethod
    def of(
        cls,
        utterances: Sequence[Utterance],
        sentences: Sequence[np.ndarray],
        world: Sequence[np.ndarray],
        spectrum: Sequence[np.ndarray],
        spec: SynthSpec,
    ) -> "VoiceFolder":
        """Puts together what belongs to each utterance."""
        return cls(
            tuple(utterances),
            np.concatenate(sentences),
            np.concatenate(world),
            np.concatenate(spectrum),
            np.cumsum([0, *map(len, sentences)]),
            np.cumsum([0, *map(len, world)]),
            spec,
        )

    def frames(self, index: int) -> slice:
        """Where the frames of an utterance are in ``world`` and ``spectrum``."""
        return slice(*self.frame_offsets[index : index + 2])

    def vocoded(self, index: int) -> Vocoded:
        """WORLD's parameters of an utterance, in double precision."""
        return Vocoded.unstack(
            np.array(self.world[self.frames(index)], np.float64), self.spec.order
        )

    def sentence(self, index: int) -> np.ndarray:
        """(n, 3): symbol, place in the word, steps, of an utterance."""
        return self.symbols[slice(*self.symbol_offsets[index : index + 2])]


def extract(
    utterances: Sequence[Utterance],
    folder: str | Path,
    spec: SynthSpec,
    aligner: str | Path | None = None,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, str]:
    """Aligns and measures recordings; goes on where an earlier call was interrupted.

    Args:
        utterances: of one speaker; what they say is read off their text, as ``speak`` will.
        folder: for ``load``; while it works, ``measured`` keeps what is finished.
        spec: how to measure.
        aligner: the scorer that aligns, folder or packaged name; None is the packaged one.
        jobs: processes that measure.
        progress: called with (done, total).

    Returns:
        Why utterances were left out, by id.

    Raises:
        InputError: no recording could be used, or the folder cannot be written.
    """
    folder = Path(folder)
    ordered = sorted(utterances, key=lambda u: u.utt)
    measured = _measured_folder(folder, spec)
    paths = {u.utt: measured / f"{number:06}.npz" for number, u in enumerate(ordered)}
    waiting, failed = [], {}
    align = None
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        for done, utterance in enumerate(ordered, start=1):
            path = paths[utterance.utt]
            if not _is_measured(path, utterance):
                align = align or _aligner(spec, aligner)
                try:
                    waiting.append(pool.submit(_measure, path, utterance, align(utterance), spec))
                except InputError as error:
                    failed[utterance.utt] = str(error)
            if progress is not None:
                progress(done, len(ordered))
        for future in waiting:
            future.result()
    kept = [utterance for utterance in ordered if utterance.utt not in failed]
    if not kept:
        raise InputError(f"No recording could be aligned: {next(iter(failed.values()), 'none')}")
    tables = []
    for utterance in kept:
        with np.load(paths[utterance.utt], allow_pickle=False) as found:
            tables.append((found["symbols"], found["world"], found["spectrum"]))
    sentences, world, spectrum = zip(*tables, strict=True)
    save(folder, VoiceFolder.of(kept, sentences, world, spectrum, spec))
    shutil.rmtree(measured)
    return failed


def save(folder: str | Path, features: VoiceFolder) -> None:
    """Writes features so that ``load`` finds them. Raises ``InputError`` where it cannot."""
    folder = make_folder(folder)
    arrays = {SYMBOLS: features.symbols, WORLD: features.world, SPECTRUM: features.spectrum}
    for name, array in arrays.items():
        with replacing(folder / name) as temporary, temporary.open("wb") as file:
            np.save(file, array, allow_pickle=False)
    kaldi.write(folder / "data", features.utterances)
    config.dump(features.spec, folder / SPEC)
    offsets = ("symbol_offsets", "frame_offsets")
    write_json(folder / INDEX, {name: getattr(features, name).tolist() for name in offsets})


def load(folder: str | Path) -> VoiceFolder:
    """Opens what ``extract`` wrote. Raises ``InputError`` if it is incomplete."""
    folder = Path(folder)
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        symbols, world, spectrum = (
            np.load(folder / name, mmap_mode="r", allow_pickle=False)
            for name in (SYMBOLS, WORLD, SPECTRUM)
        )
        offsets = {name: np.array(index[name]) for name in ("symbol_offsets", "frame_offsets")}
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{folder} holds no complete features ({error}): run stage 3.") from error
    spec = config.load(folder / SPEC, SynthSpec)
    utterances = tuple(kaldi.read(folder / "data"))
    return VoiceFolder(utterances, symbols, world, spectrum, **offsets, spec=spec)


def _measured_folder(folder: Path, spec: SynthSpec) -> Path:
    """Where recordings are kept that were measured in the same way before an interruption."""
    measured = folder / "measured"
    if measured.is_dir() and (
        not (measured / SPEC).is_file() or config.load(measured / SPEC, SynthSpec) != spec
    ):
        shutil.rmtree(measured)
    make_folder(measured)
    config.dump(spec, measured / SPEC)
    return measured


def _is_measured(path: Path, utterance: Utterance) -> bool:
    if not path.is_file():
        return False
    with np.load(path, allow_pickle=False) as found:
        return str(found["of"]) == _fingerprint(utterance)


def _fingerprint(utterance: Utterance) -> str:
    """Changes with the text and the recording."""
    return f"{utterance.utt} {utterance.wav} {utterance.wav.stat().st_mtime_ns} {utterance.text}"


def _aligner(
    spec: SynthSpec, name_or_folder: str | Path | None
) -> Callable[[Utterance], tuple[np.ndarray, float]]:
    """A function that finds the phones of a recording: its sentence (n, 3) with the steps of each
    symbol, and where it begins, in seconds."""
    from voicecoach.scoring.scorer import Scorer

    scorer = Scorer.from_pretrained(name_or_folder)
    sample_rate, edge = spec.audio.sample_rate, round(EDGE_MS / STEP_MS)

    def align(utterance: Utterance) -> tuple[np.ndarray, float]:
        spoken = script.read(utterance.text)
        n_samples = len(io.load(utterance.wav, sample_rate))
        score = scorer.score(utterance.wav, tuple(item.word for item in spoken))
        times_ms = [(p.start_ms, p.end_ms) for word in score.words for p in word.phones]
        last = int(1000 * n_samples / sample_rate / STEP_MS)
        segments = np.minimum(np.round(np.array(times_ms) / STEP_MS).astype(int), last)
        first = max(0, segments[0, 0] - edge)
        n_steps = min(last, segments[-1, 1] + edge) - first
        sequence = encode(spoken)
        durations = durations_of(sequence, segments - first, n_steps)
        table = np.stack([sequence.symbols, sequence.places, durations], axis=1)
        return table, first * STEP_MS / 1000

    return align


def _measure(
    path: Path, utterance: Utterance, aligned: tuple[np.ndarray, float], spec: SynthSpec
) -> None:
    """Writes symbols, World parameters and spectrum of a recording, from where it begins."""
    import torch

    torch.set_num_threads(1)
    table, start_s = aligned
    waveform = io.load(utterance.wav, spec.audio.sample_rate)
    first = round(start_s * spec.audio.sample_rate) // spec.audio.hop_length
    inside = slice(first, first + table[:, 2].sum() * spec.frames_per_step)
    # The whole recording is analysed: WORLD errs at the ends of what it hears.
    world = acoustics.analyse(waveform, spec.audio, spec.order).stack()
    spectrum = acoustics.log_magnitude(waveform, spec.audio)
    arrays = {
        "symbols": table,
        "world": world[inside].astype(np.float32),
        "spectrum": spectrum[inside].astype(np.float16),
        "of": np.array(_fingerprint(utterance)),
    }
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)
