"""Training features: what the reference voice says, and a learner's recording put on its time."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from voicecoach.audio import io
from voicecoach.conversion import frames, mapping
from voicecoach.conversion.frames import AUDIO, ORDER
from voicecoach.conversion.voiceprint import Voiceprint
from voicecoach.data import first_alignment
from voicecoach.data.atomic import make_folder, replacing, write_json
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.synthesis.acoustics import Vocoded
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.training import checkpoint

STRIDE = 2
"""Networks see every second frame of 5 ms: their corrections are slow."""
SHIFT_MS = STRIDE * AUDIO.frame_shift_ms
SPLITS = 4
"""How often the utterances of a speaker are halved: one half tells the voice that the other has."""
INDEX, PAIRS, REFERENCE = "index.json", "pairs.safetensors", "reference.safetensors"
_EDGE_MS = 150.0  # of a recording, kept before and after its phones
_LEAST_S = 0.2  # of voice in half of the utterances of a speaker


@dataclass(frozen=True, eq=False)
class PairFolder:
    """Pairs of one data folder, frame by frame in step, every ``SHIFT_MS``.

    Attributes:
        utts, speakers: of each utterance.
        offsets: (n_utterances + 1,) where each utterance begins.
        source: (all frames, order + 1) mel-cepstra of the reference voice.
        share: (all frames,) how voiced the reference voice is, 0 to 1.
        target: (all frames, order + 1) of the learner, phone by phone stretched to the reference.
        weight: (all frames,) 0 to 1: how well that was said; 0 between words.
        voiceprints: of halves of the speakers' utterances.
        chosen: (n_utterances, SPLITS) voiceprints of the speaker that the utterance is not in.
        reference: of the reference voice.
    """

    utts: tuple[str, ...]
    speakers: tuple[str, ...]
    offsets: np.ndarray
    source: np.ndarray
    share: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    voiceprints: tuple[Voiceprint, ...]
    chosen: np.ndarray
    reference: Voiceprint

    def frames(self, index: int) -> slice:
        """Where the frames of an utterance are."""
        return slice(*self.offsets[index : index + 2])


@dataclass(frozen=True, eq=False)
class Pair:
    """One sentence by both: parameters every 5 ms, and phone times (n_phones, 2) in ms."""

    utterance: Utterance
    own: Vocoded
    own_ms: np.ndarray
    reference: Vocoded
    reference_ms: np.ndarray


def extract(
    utterances: Sequence[Utterance],
    folder: str | Path,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, str]:
    """Lets the reference voice say what learners said, and measures both.

    Args:
        utterances: of several speakers; experts' scores of phones are weights, without them
            everything counts as said well.
        folder: for ``load``; ``first.npz`` keeps phone times and ``measured`` what was measured,
            if it is interrupted.
        seed: of how utterances are halved.
        progress: called with (done, total).

    Returns:
        Why utterances were left out, by id.

    Raises:
        InputError: no recording could be used, or the folder cannot be written.
    """
    folder = make_folder(folder)
    alignments = first_alignment.align(utterances, folder / "first.npz")
    failed = dict(alignments.failed)
    kept = [u for u in utterances if u.utt in alignments.segments]
    if not kept:
        raise InputError(f"No recording could be aligned: {next(iter(failed.values()), 'none')}")
    measured = make_folder(folder / "measured")

    def pairs() -> Iterator[Pair]:
        for done, utterance in enumerate(kept, start=1):
            path = measured / f"{utterance.utt}.npz"
            segments = alignments.segments[utterance.utt]
            yield _read(path, utterance) or _measure(path, utterance, segments)
            if progress is not None:
                progress(done, len(kept))

    save(folder, build(list(pairs()), seed))
    for path in measured.iterdir():
        path.unlink()
    measured.rmdir()
    return failed


def build(pairs: Sequence[Pair], seed: int = 0) -> PairFolder:
    """Puts together what was measured."""
    rows = [_in_step(pair) for pair in pairs]
    source, share, target, weight = (
        np.concatenate(columns).astype(np.float16) for columns in zip(*rows, strict=True)
    )
    voiceprints: list[Voiceprint] = []
    chosen = np.zeros((len(pairs), SPLITS), dtype=np.int64)
    speakers = np.array([pair.utterance.speaker for pair in pairs])
    rng = np.random.default_rng(seed)
    for speaker in dict.fromkeys(speakers.tolist()):
        own = np.flatnonzero(speakers == speaker)
        for split in range(SPLITS):
            halves = np.array_split(rng.permutation(own), 2)
            for half, others in (halves, halves[::-1]):
                told = others if len(others) else half  # a single recording tells of itself
                chosen[half, split] = len(voiceprints)
                voiceprints.append(Voiceprint.of((pairs[i].own for i in told), _LEAST_S))
    return PairFolder(
        tuple(pair.utterance.utt for pair in pairs),
        tuple(speakers.tolist()),
        np.cumsum([0, *(len(row[0]) for row in rows)]),
        source,
        share,
        target,
        weight,
        tuple(voiceprints),
        chosen,
        _reference(pairs),
    )


def _reference(pairs: Sequence[Pair]) -> Voiceprint:
    """The voiceprint of the reference voice, its pace by its own phone times."""
    own = Voiceprint.of(pair.reference for pair in pairs)
    lengths_ms = np.concatenate([np.diff(pair.reference_ms)[:, 0] for pair in pairs])
    return replace(own, phones_per_s=1000.0 / float(lengths_ms.mean()))


def _in_step(pair: Pair) -> tuple[np.ndarray, ...]:
    """Source, its voicing, the target at the same times, weights: every ``SHIFT_MS``."""
    source = pair.reference.mcep[::STRIDE]
    share = mapping.voicing(pair.reference.voiced)[::STRIDE]
    times_ms = np.arange(len(source)) * SHIFT_MS
    at_ms = stretched(times_ms, pair.reference_ms, pair.own_ms)
    target = sample(pair.own.mcep, at_ms / AUDIO.frame_shift_ms)
    return source, share, target, weights(times_ms, pair.reference_ms, _phone_weights(pair))


def stretched(times_ms: np.ndarray, from_ms: np.ndarray, to_ms: np.ndarray) -> np.ndarray:
    """Times (n,) among phones ``from_ms`` (n_phones, 2) to times among ``to_ms``, by straight lines
    within phones and pauses."""
    return np.interp(times_ms, from_ms.ravel(), to_ms.ravel())


def sample(rows: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Rows (n_frames, n) at places between frames, by straight lines: (len(at), n)."""
    at = np.clip(at, 0, len(rows) - 1)
    left = np.minimum(at.astype(int), len(rows) - 2)
    share = (at - left)[:, None]
    return (1.0 - share) * rows[left] + share * rows[left + 1]


def weights(times_ms: np.ndarray, phones_ms: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(n,) the value of the phone that each time is in, 0 in none."""
    number = np.searchsorted(phones_ms[:, 0], times_ms, side="right") - 1
    inside = (number >= 0) & (times_ms < phones_ms[number.clip(0), 1])
    return np.where(inside, values[number.clip(0)], 0.0)


def _phone_weights(pair: Pair) -> np.ndarray:
    """(n_phones,) by the experts' mean score: 2 counts fully, 1 and below not at all."""
    labels = pair.utterance.labels
    if labels is None:
        return np.ones(len(pair.own_ms))
    scores = np.array([score for word in labels.words for score in word.phones])
    return np.clip(scores - 1.0, 0.0, 1.0)


def _measure(path: Path, utterance: Utterance, segments: np.ndarray) -> Pair:
    """Takes both apart and keeps them at ``path``."""
    own_ms = segments * first_alignment.FRAME_SHIFT_MS
    waveform = io.load(utterance.wav, AUDIO.sample_rate)
    hop = AUDIO.hop_length
    samples_per_ms = AUDIO.sample_rate / 1000
    first = max(0, int((own_ms[0, 0] - _EDGE_MS) * samples_per_ms)) // hop * hop
    last = int((own_ms[-1, 1] + _EDGE_MS) * samples_per_ms)
    own = frames.analyse(waveform[first:last])
    speech = _voice().speak(utterance.sentence)
    spoken = io.resample(speech.waveform, speech.sample_rate, AUDIO.sample_rate)
    arrays = {
        "own": own.stack().astype(np.float16),
        "own_times": own_ms - first / samples_per_ms,
        "ref": frames.analyse(spoken).stack().astype(np.float16),
        "ref_times": np.array([(start, end) for _, start, end in speech.phones]),
    }
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)
    return _pair(utterance, arrays)


def _read(path: Path, utterance: Utterance) -> Pair | None:
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as found:
        return _pair(utterance, dict(found))


def _pair(utterance: Utterance, arrays: dict[str, np.ndarray]) -> Pair:
    own, reference = (
        Vocoded.unstack(arrays[name].astype(np.float32), ORDER) for name in ("own", "ref")
    )
    return Pair(utterance, own, arrays["own_times"], reference, arrays["ref_times"])


def _voice() -> ReferenceVoice:
    return ReferenceVoice()


def save(folder: str | Path, pairs: PairFolder) -> None:
    """Writes pairs so that ``load`` finds them. Raises ``InputError`` where it cannot."""
    folder = make_folder(folder)
    arrays = {name: getattr(pairs, name) for name in ("source", "share", "target", "weight")}
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    for number, own in enumerate(pairs.voiceprints):
        tensors |= {f"{number}.{name}": values.float() for name, values in own.tensors().items()}
    with replacing(folder / PAIRS) as temporary:
        checkpoint.write_tensors(tensors, temporary)
    pairs.reference.save(folder / REFERENCE)
    index = {
        "utts": pairs.utts,
        "speakers": pairs.speakers,
        "offsets": pairs.offsets.tolist(),
        "chosen": pairs.chosen.tolist(),
        "n_voiceprints": len(pairs.voiceprints),
    }
    write_json(folder / INDEX, index)


def load(folder: str | Path) -> PairFolder:
    """Reads what ``save`` wrote. Raises ``InputError`` if it is incomplete."""
    folder = Path(folder)
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        tensors = checkpoint.read_tensors(folder / PAIRS)
        voiceprints = tuple(
            Voiceprint.from_tensors(tensors, f"{number}.", folder / PAIRS)
            for number in range(index["n_voiceprints"])
        )
        return PairFolder(
            tuple(index["utts"]),
            tuple(index["speakers"]),
            np.array(index["offsets"]),
            *(tensors[name].numpy() for name in ("source", "share", "target", "weight")),
            voiceprints,
            np.array(index["chosen"]),
            Voiceprint.load(folder / REFERENCE),
        )
    except (OSError, ValueError, KeyError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{folder} holds no complete pairs ({error}): run stage 3.") from error
