"""How pairs are made: what learners said is said by the reference voice, or by another speaker, and
both are measured."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from voicecoach.audio import io
from voicecoach.conversion import frames, mapping
from voicecoach.conversion.frames import AUDIO, ORDER
from voicecoach.conversion.pairs import SHIFT_MS, SPLITS, STRIDE, PairFolder, save
from voicecoach.conversion.speakers import held_sentences, is_lone
from voicecoach.conversion.stretching import sample, stretched, weights
from voicecoach.conversion.voiceprint import Voiceprint
from voicecoach.data import first_alignment
from voicecoach.data.atomic import make_folder, replacing
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.synthesis.acoustics import Vocoded
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.phones import PHONE_INDEX

_EDGE_MS = 150.0  # of a recording, kept before and after its phones
_LEAST_S = 0.2  # of voice in half of the utterances of a speaker


@dataclass(frozen=True, eq=False)
class Pair:
    """One sentence by both: parameters every 5 ms, and phone times (n_phones, 2) in ms.

    ``reference`` is the source speaker where there is one.
    """

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
    source: Sequence[Utterance] | None = None,
) -> dict[str, str]:
    """Lets the reference voice say what learners said, and measures both.

    Args:
        utterances: of several speakers; experts' scores of phones are weights, without them
            everything counts as said well.
        folder: for ``pairs.load``; ``first.npz`` keeps phone times and ``measured`` what was
            measured, if it is interrupted.
        seed: of how utterances are halved.
        progress: called with (done, total).
        source: recordings of one speaker with the same ids and texts, who takes the place of the
            reference voice; ``source.npz`` keeps their phone times.

    Returns:
        Why utterances were left out, by id.

    Raises:
        InputError: no recording could be used, the source has several speakers, or the folder
            cannot be written.
    """
    folder = make_folder(folder)
    alignments = first_alignment.align(utterances, folder / "first.npz")
    failed = dict(alignments.failed)
    say: Say = _spoken
    if source is not None:
        say, unsaid = _recorded(utterances, source, folder / "source.npz")
        failed |= unsaid
    kept = [u for u in utterances if u.utt not in failed]
    if not kept:
        raise InputError(f"No recording could be aligned: {next(iter(failed.values()), 'none')}")
    measured = make_folder(folder / "measured")

    def pairs() -> Iterator[Pair]:
        for done, utterance in enumerate(kept, start=1):
            path = measured / f"{utterance.utt}.npz"
            segments = alignments.segments[utterance.utt]
            yield _read(path, utterance) or _measure(path, utterance, segments, say)
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
    *columns, phone = (np.concatenate(column) for column in zip(*rows, strict=True))
    voiceprints: list[Voiceprint] = []
    chosen = np.zeros((len(pairs), SPLITS), dtype=np.int64)
    utts = [pair.utterance.utt for pair in pairs]
    speakers = np.array([pair.utterance.speaker for pair in pairs])
    # Sentences of a lone speaker that are held out do not tell the voice either.
    held = held_sentences(utts) if is_lone(speakers.tolist()) else set()
    tells = np.array([utt not in held for utt in utts])
    if not tells.any():
        raise InputError("There are too few sentences: those found are all held out.")
    rng = np.random.default_rng(seed)
    for speaker in dict.fromkeys(speakers.tolist()):
        own = np.flatnonzero((speakers == speaker) & tells)
        for split in range(SPLITS):
            halves = np.array_split(rng.permutation(own), 2)
            chosen[(speakers == speaker) & ~tells, split] = len(voiceprints)
            for half, others in (halves, halves[::-1]):
                told = others if len(others) else half  # a single recording tells of itself
                chosen[half, split] = len(voiceprints)
                voiceprints.append(Voiceprint.of((pairs[i].own for i in told), _LEAST_S))
    return PairFolder(
        tuple(utts),
        tuple(speakers.tolist()),
        np.cumsum([0, *(len(row[0]) for row in rows)]),
        *(column.astype(np.float16) for column in columns),
        phone,
        tuple(voiceprints),
        chosen,
        _reference([pair for pair, does in zip(pairs, tells, strict=True) if does]),
    )


def _reference(pairs: Sequence[Pair]) -> Voiceprint:
    """The voiceprint of the reference voice, its pace by its own phone times."""
    own = Voiceprint.of(pair.reference for pair in pairs)
    lengths_ms = np.concatenate([np.diff(pair.reference_ms)[:, 0] for pair in pairs])
    return replace(own, phones_per_s=1000.0 / float(lengths_ms.mean()))


def _in_step(pair: Pair) -> tuple[np.ndarray, ...]:
    """Source, its voicing, the target at the same times, weights, phones: every ``SHIFT_MS``."""
    source = pair.reference.mcep[::STRIDE]
    share = mapping.voicing(pair.reference.voiced)[::STRIDE]
    times_ms = np.arange(len(source)) * SHIFT_MS
    at_ms = stretched(times_ms, pair.reference_ms, pair.own_ms)
    target = sample(pair.own.mcep, at_ms / AUDIO.frame_shift_ms)
    weight = weights(times_ms, pair.reference_ms, _phone_weights(pair))
    said = [PHONE_INDEX[phone] for word in pair.utterance.sentence for phone in word.phones]
    # Counted from 1 on the way: what is between words has no weight, and no phone.
    phone = weights(times_ms, pair.reference_ms, np.array(said) + 1.0).astype(np.int8) - np.int8(1)
    return source, share, target, weight, phone


def _phone_weights(pair: Pair) -> np.ndarray:
    """(n_phones,) by the experts' mean score: 2 counts fully, 1 and below not at all."""
    labels = pair.utterance.labels
    if labels is None:
        return np.ones(len(pair.own_ms))
    scores = np.array([score for word in labels.words for score in word.phones])
    return np.clip(scores - 1.0, 0.0, 1.0)


Say = Callable[[Utterance], tuple[np.ndarray, np.ndarray]]
"""Says a sentence: a waveform (n_samples,) and the times (n_phones, 2) of its phones in ms."""


def _spoken(utterance: Utterance) -> tuple[np.ndarray, np.ndarray]:
    """By the reference voice."""
    speech = ReferenceVoice().speak(utterance.sentence)
    waveform = io.resample(speech.waveform, speech.sample_rate, AUDIO.sample_rate)
    return waveform, np.array([(start, end) for _, start, end in speech.phones])


def _recorded(
    utterances: Sequence[Utterance], source: Sequence[Utterance], path: Path
) -> tuple[Say, dict[str, str]]:
    """By a source speaker; and which sentences that speaker does not say, and why."""
    if not is_lone([s.speaker for s in source]):
        raise InputError("The source has several speakers: give a data folder of one.")
    found = {s.utt: s for s in source}
    unsaid = {}
    for own in utterances:
        if own.utt not in found:
            unsaid[own.utt] = "the source does not say it"
        elif [w.phones for w in own.sentence] != [w.phones for w in found[own.utt].sentence]:
            unsaid[own.utt] = "the source says another text"
    said = [found[own.utt] for own in utterances if own.utt not in unsaid]
    alignments = first_alignment.align(said, path)
    unsaid |= {utt: f"of the source: {reason}" for utt, reason in alignments.failed.items()}

    def say(own: Utterance) -> tuple[np.ndarray, np.ndarray]:
        times_ms = alignments.segments[own.utt] * first_alignment.FRAME_SHIFT_MS
        return io.load(found[own.utt].wav, AUDIO.sample_rate), times_ms

    return say, unsaid


def _measure(path: Path, utterance: Utterance, segments: np.ndarray, say: Say) -> Pair:
    """Takes both apart and keeps them at ``path``."""
    own_ms = segments * first_alignment.FRAME_SHIFT_MS
    waveform = io.load(utterance.wav, AUDIO.sample_rate)
    hop = AUDIO.hop_length
    samples_per_ms = AUDIO.sample_rate / 1000
    first = max(0, int((own_ms[0, 0] - _EDGE_MS) * samples_per_ms)) // hop * hop
    last = int((own_ms[-1, 1] + _EDGE_MS) * samples_per_ms)
    own = frames.analyse(waveform[first:last])
    spoken, spoken_ms = say(utterance)
    arrays = {
        "own": own.stack().astype(np.float16),
        "own_times": own_ms - first / samples_per_ms,
        "ref": frames.analyse(spoken).stack().astype(np.float16),
        "ref_times": spoken_ms,
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
