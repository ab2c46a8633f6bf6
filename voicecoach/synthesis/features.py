"""Training features of a voice: symbols, how long each lasts, and what is heard meanwhile."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from voicecoach import config
from voicecoach.audio import io
from voicecoach.audio.spec import AudioSpec
from voicecoach.config import Spec
from voicecoach.data import kaldi
from voicecoach.data.atomic import replacing
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.synthesis import acoustics, script
from voicecoach.synthesis.symbols import durations_of, encode

STEP_MS = 10.0
"""What durations are counted in: the aligner's frames."""
EDGE_MS = 100.0
"""Silence kept before the first and after the last phone."""
INDEX, SYMBOLS, WORLD, SPECTRUM = "index.json", "symbols.npy", "world.npy", "spectrum.npy"


class SynthSpec(Spec):
    """How a voice is measured."""

    audio: AudioSpec
    order: int  # of the mel-cepstrum

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

    def frames(self, index: int) -> slice:
        """Where the frames of an utterance are in ``world`` and ``spectrum``."""
        return slice(*self.frame_offsets[index : index + 2])

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
    """Aligns and measures recordings.

    Args:
        utterances: of one speaker; what they say is read off their text, as ``speak`` will.
        folder: gets ``index.json``, ``spec.yaml``, arrays and, in ``data``, the utterances.
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
    aligned, failed = _align(ordered, spec, aligner, progress)
    if not aligned:
        raise InputError(f"No recording could be aligned: {next(iter(failed.values()), 'none')}")
    kept = [utterance for utterance in ordered if utterance.utt in aligned]
    tasks = [(u.wav, *aligned[u.utt][1:], spec) for u in kept]
    rows = []
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        for done, row in enumerate(pool.map(_measure, tasks, chunksize=4), start=1):
            rows.append(row)
            if progress is not None:
                progress(len(ordered) + done, len(ordered) + len(kept))
    sentences = [aligned[u.utt][0] for u in kept]
    arrays = {
        SYMBOLS: np.concatenate(sentences),
        WORLD: np.concatenate([row[0] for row in rows]),
        SPECTRUM: np.concatenate([row[1] for row in rows]),
    }
    for name, array in arrays.items():
        with replacing(folder / name) as temporary, temporary.open("wb") as file:
            np.save(file, array, allow_pickle=False)
    kaldi.write(folder / "data", kept)
    config.dump(spec, folder / "spec.yaml")
    index = {
        "symbol_offsets": np.cumsum([0, *map(len, sentences)]).tolist(),
        "frame_offsets": np.cumsum([0, *(len(row[0]) for row in rows)]).tolist(),
    }
    with replacing(folder / INDEX) as temporary:
        temporary.write_text(json.dumps(index), encoding="utf-8")
    return failed


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
    spec = config.load(folder / "spec.yaml", SynthSpec)
    utterances = tuple(kaldi.read(folder / "data"))
    return VoiceFolder(utterances, symbols, world, spectrum, **offsets, spec=spec)


def _align(
    utterances: Sequence[Utterance],
    spec: SynthSpec,
    aligner: str | Path | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[dict[str, tuple[np.ndarray, float, int]], dict[str, str]]:
    """By id the sentence (n, 3) with its steps, where it begins in seconds, and its steps in all;
    and the failures."""
    from voicecoach.scoring.scorer import Scorer

    scorer = Scorer.from_pretrained(aligner)
    edge = round(EDGE_MS / STEP_MS)
    aligned, failed = {}, {}
    for done, utterance in enumerate(utterances, start=1):
        try:
            spoken = script.read(utterance.text)
            duration_s = (
                len(io.load(utterance.wav, spec.audio.sample_rate)) / spec.audio.sample_rate
            )
            score = scorer.score(utterance.wav, tuple(item.word for item in spoken))
        except InputError as error:
            failed[utterance.utt] = str(error)
        else:
            times_ms = [(p.start_ms, p.end_ms) for word in score.words for p in word.phones]
            segments = np.round(np.array(times_ms) / STEP_MS).astype(int)
            last = int(duration_s * 1000 / STEP_MS)
            segments = np.minimum(segments, last)
            first = max(0, segments[0, 0] - edge)
            n_steps = min(last, segments[-1, 1] + edge) - first
            sequence = encode(spoken)
            durations = durations_of(sequence, segments - first, n_steps)
            table = np.stack([sequence.symbols, sequence.places, durations], axis=1)
            aligned[utterance.utt] = (table, first * STEP_MS / 1000, n_steps)
        if progress is not None:
            progress(done, 2 * len(utterances))
    return aligned, failed


def _measure(task: tuple[Path, float, int, SynthSpec]) -> tuple[np.ndarray, np.ndarray]:
    """World parameters and spectrum of a recording, from ``start_s`` on, ``n_steps`` long."""
    import torch

    torch.set_num_threads(1)
    path, start_s, n_steps, spec = task
    waveform = io.load(path, spec.audio.sample_rate)
    n_frames = n_steps * spec.frames_per_step
    first = round(start_s * spec.audio.sample_rate) // spec.audio.hop_length
    # The whole recording is analysed: WORLD errs at the ends of what it hears.
    world = acoustics.analyse(waveform, spec.audio, spec.order).stack()
    spectrum = acoustics.log_magnitude(waveform, spec.audio)
    inside = slice(first, first + n_frames)
    return world[inside].astype(np.float32), spectrum[inside].astype(np.float16)
