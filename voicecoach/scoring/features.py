"""Training features: several copies of every recording, each disturbed differently."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from voicecoach import config
from voicecoach.audio.spec import AudioSpec
from voicecoach.data import kaldi
from voicecoach.data.atomic import replacing
from voicecoach.data.augment import Augment, AugmentSpec, change_speed
from voicecoach.data.first_alignment import Alignments, load_alignments, save_alignments
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError

TAIL_S = 0.5
"""Silence appended to every recording: Whisper's encoder knows speech that ends in it."""


def log_mel_of(waveform: np.ndarray, spec: AudioSpec) -> np.ndarray:
    """Log mel (n_frames, n_mels) float32 of one recording with ``TAIL_S`` of silence after it."""
    import torch

    from voicecoach.audio.mel import log_mel

    tail = np.zeros(round(TAIL_S * spec.sample_rate), dtype=np.float32)
    padded = np.concatenate([waveform.astype(np.float32), tail])
    return log_mel(torch.from_numpy(padded), spec).numpy()


@dataclass(frozen=True)
class FeatureFolder:
    """Features of one data folder: ``copies[c]`` is (all frames, n_mels) float16, memory-mapped.

    Copy 0 is clean and at its own speed; ``speeds[c][i]`` says how much faster utterance ``i``
    was played. ``alignments`` are frames of copy 0. ``heard[c]`` (all steps, trunk_width) is what
    a frozen trunk makes of copy ``c``, one step per two frames; empty before training.
    """

    utterances: tuple[Utterance, ...]
    copies: tuple[np.ndarray, ...]
    offsets: np.ndarray
    speeds: np.ndarray
    alignments: Alignments
    audio: AudioSpec
    path: Path | None = None
    heard: tuple[np.ndarray, ...] = ()

    def frames(self, index: int, copy: int = 0) -> np.ndarray:
        """Log mel (n_frames, n_mels) of an utterance in a copy."""
        start, end = self.offsets[copy, index : index + 2]
        return self.copies[copy][start:end]

    def steps(self, index: int, copy: int = 0) -> np.ndarray | None:
        """What the trunk makes of an utterance in a copy (n_steps, trunk_width), if it is known."""
        if not self.heard:
            return None
        n_steps = (np.diff(self.offsets[copy, : index + 2]) + 1) // 2
        end = n_steps.sum()
        return self.heard[copy][end - n_steps[-1] : end]

    def segments(self, index: int, copy: int = 0) -> np.ndarray:
        """Phone segments (n_phones, 2) of an utterance, moved to the speed of the copy."""
        segments = self.alignments.segments[self.utterances[index].utt] / self.speeds[copy, index]
        n_frames = self.offsets[copy, index + 1] - self.offsets[copy, index]
        return np.minimum(np.round(segments).astype(np.int64), n_frames)


def extract(
    utterances: Sequence[Utterance],
    alignments: Alignments,
    folder: str | Path,
    audio: AudioSpec,
    augment: AugmentSpec,
    noise_paths: Sequence[Path] = (),
    babble_paths: Sequence[Path] = (),
    copies: int = 5,
    seed: int = 0,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> FeatureFolder:
    """Computes one clean and ``copies - 1`` disturbed log mels of every aligned utterance.

    A copy that is complete is kept, so an interrupted run goes on where it was.

    Args:
        utterances: those without an alignment are computed, too: a later one may find it.
        folder: gets ``index.json``, ``audio.yaml``, ``alignments.npz``, ``copy*.npy`` and, in
            ``data``, the utterances themselves.
        jobs: processes, one copy each at a time.
        progress: called with (done, total) copies.

    Raises:
        InputError: a recording cannot be read, or nothing is aligned.
    """
    folder = Path(folder)
    kept = sorted(utterances, key=lambda u: u.utt)  # the order in which a data folder is written
    if not alignments.segments:
        raise InputError("No utterance has an alignment: is the data folder the right one?")
    folder.mkdir(parents=True, exist_ok=True)
    augmenter = None
    if copies > 1:
        augmenter = Augment(augment, noise_paths, babble_paths, audio.sample_rate)
    tasks = [(copy, kept, folder, audio, augmenter, seed) for copy in range(copies)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        layouts = []
        for done, layout in enumerate(pool.map(_write_copy, tasks), start=1):
            layouts.append(layout)
            if progress is not None:
                progress(done, copies)
    index = {
        "offsets": [layout["offsets"] for layout in layouts],
        "speeds": [layout["speeds"] for layout in layouts],
    }
    kaldi.write(folder / "data", kept)
    config.dump(audio, folder / "audio.yaml")
    save_alignments(folder / "alignments.npz", alignments)
    with replacing(folder / "index.json") as temporary:
        temporary.write_text(json.dumps(index), encoding="utf-8")
    return load(folder)


def load(folder: str | Path) -> FeatureFolder:
    """Opens what ``extract`` wrote. Raises ``InputError`` if it is incomplete."""
    folder = Path(folder)
    try:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        copies = tuple(
            np.load(folder / f"copy{copy}.npy", mmap_mode="r", allow_pickle=False)
            for copy in range(len(index["offsets"]))
        )
        offsets, speeds = np.array(index["offsets"]), np.array(index["speeds"])
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{folder} holds no complete features ({error}): run stage 3.") from error
    return FeatureFolder(
        utterances=tuple(kaldi.read(folder / "data")),
        copies=copies,
        offsets=offsets,
        speeds=speeds,
        alignments=load_alignments(folder / "alignments.npz"),
        audio=config.load(folder / "audio.yaml", AudioSpec),
        path=folder,
    )


def _write_copy(
    task: tuple[int, Sequence[Utterance], Path, AudioSpec, Augment | None, int],
) -> dict[str, list]:
    copy, utterances, folder, audio, augmenter, seed = task
    path, layout_path = folder / f"copy{copy}.npy", folder / f"copy{copy}.json"
    utts = [u.utt for u in utterances]
    if path.exists() and layout_path.exists():
        layout = json.loads(layout_path.read_text(encoding="utf-8"))
        if layout["utts"] == utts and layout["seed"] == seed:
            return layout
    import torch

    from voicecoach.audio import io

    torch.set_num_threads(1)
    rows, speeds = [], []
    for number, utterance in enumerate(utterances):
        waveform = io.load(utterance.wav, audio.sample_rate)
        speed = 1.0
        if copy and augmenter is not None:
            rng = np.random.default_rng([seed, copy, number])
            speed = float(rng.choice(augmenter.spec.speed_factors))
            waveform = augmenter(change_speed(waveform, speed), rng)
        rows.append(log_mel_of(waveform, audio).astype(np.float16))
        speeds.append(speed)
    layout = {
        "utts": utts,
        "seed": seed,
        "speeds": speeds,
        "offsets": np.cumsum([0] + [len(row) for row in rows]).tolist(),
    }
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, np.concatenate(rows), allow_pickle=False)
    with replacing(layout_path) as temporary:
        temporary.write_text(json.dumps(layout), encoding="utf-8")
    return layout
