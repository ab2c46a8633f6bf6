"""Stage 3 of the coach: every phone of a feature folder of the scorer, with its true parts."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

from voicecoach.audio import io
from voicecoach.coaching import tracks
from voicecoach.coaching.targets import choose_ceilings, targets_of
from voicecoach.coaching.tokens import Tokens, assemble, measure, moments_of
from voicecoach.data.atomic import replacing
from voicecoach.errors import InputError
from voicecoach.scoring.features import FeatureFolder
from voicecoach.text.phones import PHONE_INDEX

FILE = "phones.npz"


@dataclass(frozen=True, eq=False)
class PhoneFolder:
    """All aligned phones of one folder, in the order of its utterances.

    ``targets`` (n, N_PARTS) float32 with NaN where unknown, ``measured`` (n, 10, 9) float16,
    ``phones`` and ``utterances`` (n,) indices, ``scores`` (n,) 0-2 (2 where speech is not scored),
    ``segments`` (n, 2) frames.
    """

    features: FeatureFolder
    targets: np.ndarray
    measured: np.ndarray
    phones: np.ndarray
    utterances: np.ndarray
    scores: np.ndarray
    segments: np.ndarray

    @property
    def speakers(self) -> np.ndarray:
        """(n,) who spoke each phone."""
        names = np.array([utterance.speaker for utterance in self.features.utterances])
        return names[self.utterances]

    def tokens(self, index: int) -> Tokens:
        """The phones of an utterance, whose ``features`` hold what a trunk heard."""
        rows = np.flatnonzero(self.utterances == index)
        log_mel = self.features.frames(index)
        segments = self.segments[rows]
        return assemble(
            torch.from_numpy(np.array(self.features.steps(index))),
            torch.from_numpy(np.array(log_mel)),
            self.measured[rows].astype(np.float32),
            moments_of(segments, len(log_mel)),
            segments,
            self.phones[rows],
            self.features.audio.frame_shift_ms,
        )


@dataclass
class PhoneTable:
    """Phones ready for training: ``inputs`` (n, 10, width) float16, ``contexts`` (n_utterances,
    2 * width), and the columns of ``PhoneFolder``."""

    inputs: Tensor
    contexts: Tensor
    folder: PhoneFolder


def extract(
    features: FeatureFolder,
    folder: str | Path,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> PhoneFolder:
    """Measures every aligned phone of a folder that ``voicecoach features --task score`` made.

    Args:
        features: of the scorer, with phone times.
        folder: gets ``tracks*.npz`` (kept after an interruption) and ``phones.npz``.
        jobs: processes.
        progress: called with (done, total) utterances.

    Raises:
        InputError: a recording cannot be read.
    """
    folder = Path(folder)
    segments = features.alignments.segments
    aligned = [u for u in features.utterances if u.utt in segments]
    found = tracks.extract(aligned, folder, jobs, progress)
    ceilings = choose_ceilings(aligned, found, segments)
    shift_ms = features.audio.frame_shift_ms
    columns: dict[str, list] = {name: [] for name in ("targets", "measured", "phones", "scores")}
    numbers, all_segments = [], []
    for index, utterance in enumerate(features.utterances):
        if utterance.utt not in segments:
            continue
        own = segments[utterance.utt]
        waveform = io.load(utterance.wav, features.audio.sample_rate)
        moments = moments_of(own, len(features.frames(index)))
        measured = measure(waveform, features.audio.sample_rate, moments, shift_ms)
        phones = [PHONE_INDEX[p] for word in utterance.sentence for p in word.phones]
        scores = (
            np.concatenate([word.phones for word in utterance.labels.words])
            if utterance.labels
            else np.full(len(phones), 2.0)
        )
        ceiling = ceilings[utterance.speaker]
        columns["targets"].append(targets_of(utterance, found[utterance.utt], own, ceiling))
        columns["measured"].append(measured.astype(np.float16))
        columns["phones"].append(phones)
        columns["scores"].append(scores)
        numbers += [index] * len(phones)
        all_segments.append(own)
    arrays = {name: np.concatenate(rows) for name, rows in columns.items()}
    with replacing(folder / FILE) as temporary, temporary.open("wb") as file:
        np.savez(
            file, **arrays, utterances=np.array(numbers), segments=np.concatenate(all_segments)
        )
    return load(features, folder)


def load(features: FeatureFolder, folder: str | Path) -> PhoneFolder:
    """Opens what ``extract`` wrote. Raises ``InputError`` if it is not there."""
    path = Path(folder) / FILE
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return PhoneFolder(features, **{name: arrays[name] for name in arrays.files})
    except (OSError, ValueError, TypeError, EOFError, BadZipFile, zlib.error) as error:
        raise InputError(f"{path} holds no phones ({error}): run stage 3.") from error


def tabulate(folder: PhoneFolder) -> PhoneTable:
    """The inputs of all phones, for training."""
    inputs, contexts = [], {}
    for index in np.unique(folder.utterances):
        tokens = folder.tokens(int(index))
        inputs.append(tokens.inputs.half())
        contexts[int(index)] = tokens.context[0]
    width = inputs[0].shape[-1]
    table = torch.zeros(int(folder.utterances.max()) + 1, 2 * width)
    for index, context in contexts.items():
        table[index] = context
    return PhoneTable(torch.cat(inputs), table, folder)
