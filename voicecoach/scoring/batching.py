"""From recordings with features and phone times to padded batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from voicecoach.data.utterance import Labels
from voicecoach.scoring.judge import SENTENCE_SCORES, WORD_SCORES, Inputs
from voicecoach.text.phones import PHONE_INDEX
from voicecoach.text.sentence import Sentence

UNKNOWN = -100
"""Class index where nobody knows what was said; cross-entropy leaves it out."""


@dataclass(frozen=True)
class Answers:
    """What the network should say of one recording, NaN or ``UNKNOWN`` where nobody knows.

    ``phones`` (n_phones,), ``words`` (n_words, 3) and ``sentence`` (5,) on a scale of 0-2;
    ``realised`` (n_phones,) class of the phone that was said, silence if it was left out.
    """

    phones: np.ndarray
    words: np.ndarray
    sentence: np.ndarray
    realised: np.ndarray


@dataclass(frozen=True)
class Example:
    """One recording: log mel (n_frames, n_mels), and per phone of the intended sentence its
    class, position in the word (begin, inside, end, alone), word number and segment in frames.
    ``heard`` (n_steps, trunk_width) is what the trunk makes of it, if that is known."""

    log_mel: np.ndarray
    phones: np.ndarray
    positions: np.ndarray
    words: np.ndarray
    segments: np.ndarray
    answers: Answers | None = None
    heard: np.ndarray | None = None


@dataclass
class Targets:
    """``Answers`` of a batch, padded like ``Inputs``; ``frames`` (batch, n_frames) holds the phone
    said in each frame, silence between words, ``UNKNOWN`` where that is not known."""

    phones: Tensor
    words: Tensor
    sentence: Tensor
    realised: Tensor
    frames: Tensor


def make_example(
    log_mel: np.ndarray,
    sentence: Sentence,
    segments: np.ndarray,
    answers: Answers | None = None,
    heard: np.ndarray | None = None,
) -> Example:
    """Joins features, intended sentence and phone times."""
    phones, positions, words = [], [], []
    for number, word in enumerate(sentence):
        size = len(word.phones)
        phones += [PHONE_INDEX[phone] for phone in word.phones]
        positions += [3] if size == 1 else [0] + [1] * (size - 2) + [2]
        words += [number] * size
    columns = (np.array(column, dtype=np.int64) for column in (phones, positions, words))
    return Example(log_mel, *columns, segments, answers, heard)


def answers_of(sentence: Sentence, labels: Labels | None) -> Answers:
    """The experts' scores as answers. An utterance without labels is well-spoken: each phone was
    said, and said well."""
    canonical = np.array([PHONE_INDEX[phone] for word in sentence for phone in word.phones])
    if labels is None:
        return Answers(
            phones=np.full(len(canonical), 2.0),
            words=np.full((len(sentence), len(WORD_SCORES)), np.nan),
            sentence=np.full(len(SENTENCE_SCORES), np.nan),
            realised=canonical,
        )
    phones = np.concatenate([word.phones for word in labels.words])
    return Answers(
        phones=phones,
        words=np.array(
            [[getattr(word, name) / 5 for name in WORD_SCORES] for word in labels.words]
        ),
        sentence=np.array([getattr(labels, name) / 5 for name in SENTENCE_SCORES]),
        # What was said instead of a badly scored phone is unknown: teach nothing there.
        realised=np.where(phones >= 1.0, canonical, UNKNOWN),
    )


def pad(log_mels: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
    """(batch, n_frames, n_mels) float32 with zeros at the end of the shorter ones, and lengths."""
    lengths = torch.tensor([len(log_mel) for log_mel in log_mels])
    padded = torch.zeros(len(log_mels), int(lengths.max()), log_mels[0].shape[1])
    for row, log_mel in zip(padded, log_mels, strict=True):
        row[: len(log_mel)] = torch.from_numpy(log_mel.astype(np.float32))
    return padded, lengths


def collate_inputs(examples: Sequence[Example]) -> Inputs:
    """Pads examples to one batch."""
    n_phones = max(len(example.phones) for example in examples)
    shape = (len(examples), n_phones)
    log_mel, lengths = pad([example.log_mel for example in examples])
    columns = torch.zeros(3, *shape, dtype=torch.long)
    mask = torch.zeros(shape, dtype=torch.bool)
    segments = torch.zeros(*shape, 2, dtype=torch.long)
    for i, example in enumerate(examples):
        size = len(example.phones)
        rows = np.stack([example.phones, example.positions, example.words])
        columns[:, i, :size] = torch.from_numpy(rows)
        mask[i, :size] = True
        segments[i, :size] = torch.from_numpy(example.segments.astype(np.int64))
    heard = None
    if all(example.heard is not None for example in examples):
        heard, _ = pad([example.heard for example in examples])
    return Inputs(
        log_mel=log_mel,
        lengths=lengths,
        phones=columns[0],
        phone_mask=mask,
        segments=segments,
        positions=columns[1],
        words=columns[2],
        n_words=int(columns[2].max()) + 1,
        heard=heard,
    )


def collate_targets(examples: Sequence[Example], inputs: Inputs, silence: int) -> Targets:
    """Pads the answers, and spreads the phones said over their frames."""
    batch, n_phones = inputs.phones.shape
    phones = torch.full((batch, n_phones), torch.nan)
    words = torch.full((batch, inputs.n_words, len(WORD_SCORES)), torch.nan)
    sentence = torch.full((batch, len(SENTENCE_SCORES)), torch.nan)
    realised = torch.full((batch, n_phones), UNKNOWN)
    frames = torch.full(inputs.log_mel.shape[:2], UNKNOWN)
    for i, example in enumerate(examples):
        answers = example.answers
        size = len(answers.phones)
        phones[i, :size] = torch.from_numpy(answers.phones)
        words[i, : len(answers.words)] = torch.from_numpy(answers.words)
        sentence[i] = torch.from_numpy(answers.sentence)
        realised[i, :size] = torch.from_numpy(answers.realised)
        frames[i, : len(example.log_mel)] = silence
        for (start, end), phone in zip(example.segments, answers.realised, strict=True):
            frames[i, start:end] = UNKNOWN if phone == silence else int(phone)
    return Targets(phones, words, sentence, realised, frames)


def corrupt(
    example: Example, rng: np.random.Generator, rivals: np.ndarray, silence: int, rate: float
) -> Example:
    """Asks for phones that were not said, so that what was said instead is known.

    The recording stays; of the phones known to be said, some are exchanged for a rival in the
    intended sentence (the truth is a substitution), before some a phone is put in that nobody said
    (the truth is a deletion), and sometimes a whole word is. What was not said gets two frames of
    a neighbour for each phone, as much as the aligner would grant it. Such phones score 0.

    Args:
        rivals: (39, 39) probability of each phone to stand in for another; rows sum to 1.
        silence: class that stands for "left out".
        rate: share of phones to exchange; half as many are put in.
    """
    answers = example.answers
    phones, scores = example.phones.copy(), answers.phones.copy()
    for i in np.flatnonzero((rng.random(len(phones)) < rate) & (answers.realised == phones)):
        phones[i] = rng.choice(len(rivals), p=rivals[phones[i]])
        scores[i] = 0.0
    wrong = replace(
        example,
        phones=phones,
        answers=Answers(
            phones=scores,
            words=np.full_like(answers.words, np.nan),
            sentence=np.full_like(answers.sentence, np.nan),
            realised=answers.realised,
        ),
    )
    n_before = len(phones)
    for i in np.flatnonzero(rng.random(n_before) < rate / 2)[::-1]:
        wrong = _put_in(wrong, i, rng.integers(len(rivals), size=1), silence, own_word=False)
    starts = np.flatnonzero(np.isin(wrong.positions, (0, 3)))
    if rng.random() < _WORD_SHARE:
        new = rng.choice(wrong.phones, size=rng.integers(1, 6))
        wrong = _put_in(wrong, int(rng.choice(starts)), new, silence, own_word=True)
    return wrong


_WORD_SHARE = 0.3  # of the corrupted sentences that get a whole word put in
_PUT_FRAMES = 2


def _put_in(example: Example, place: int, new: np.ndarray, silence: int, own_word: bool) -> Example:
    """Puts phones before the one at ``place``, into its first frames; unchanged if it is short."""
    start, end = example.segments[place]
    n_frames = _PUT_FRAMES * len(new)
    previous_end = example.segments[place - 1, 1] if place else 0
    start = max(previous_end, start - n_frames)  # a pause before the phone is used first
    if end - start < n_frames + _PUT_FRAMES:
        return example
    segments = example.segments.copy()
    segments[place, 0] = max(segments[place, 0], start + n_frames)
    edges = start + _PUT_FRAMES * np.arange(len(new) + 1)
    size, word = len(new), example.words[place]
    positions = np.full(size, example.positions[place])
    words = example.words.copy()
    if own_word:
        positions = np.array([3] if size == 1 else [0] + [1] * (size - 2) + [2])
        words[place:] += 1
    answers = example.answers
    nobody = np.full((int(own_word), answers.words.shape[1]), np.nan)
    return replace(
        example,
        phones=np.insert(example.phones, place, new),
        positions=np.insert(example.positions, place, positions),
        words=np.insert(words, place, np.full(size, word)),
        segments=np.insert(segments, place, np.stack([edges[:-1], edges[1:]], 1), axis=0),
        answers=replace(
            answers,
            phones=np.insert(answers.phones, place, np.zeros(size)),
            words=np.concatenate([answers.words, nobody]),
            realised=np.insert(answers.realised, place, np.full(size, silence)),
        ),
    )


def bucketed(
    lengths: Sequence[int], frames_per_batch: int, rng: np.random.Generator | None = None
) -> Iterator[list[int]]:
    """Groups recordings of similar length, so that each padded batch holds at most about
    ``frames_per_batch`` frames.

    Without ``rng`` the order is by length; with it, lengths are jittered and batches shuffled.
    """
    lengths = np.asarray(lengths)
    jitter = 1.0 if rng is None else rng.uniform(0.9, 1.1, len(lengths))
    batches: list[list[int]] = []
    longest = 0
    for index in np.argsort(lengths * jitter, kind="stable"):
        longest = max(longest, int(lengths[index]))
        if not batches or longest * (len(batches[-1]) + 1) > frames_per_batch:
            batches.append([])
            longest = int(lengths[index])
        batches[-1].append(int(index))
    if rng is not None:
        rng.shuffle(batches)
    yield from batches
