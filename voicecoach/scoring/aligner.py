"""Where each intended phone lies: Viterbi over frame posteriors, with optional silence."""

from collections.abc import Sequence

import numpy as np

from voicecoach.errors import InputError
from voicecoach.scoring.rivals import rival_probabilities

MIN_PHONE_FRAMES = 2
"""Shortest phone the aligner allows: 20 ms at a 10 ms hop."""


OTHER_SHARE = 0.3
"""How much of a phone may be said as another, for ``forgiving``. With little, a wrong phone is
squeezed to its shortest and its neighbours take its place; the right times are those at which
something else was said."""


def forgiving(log_posteriors: np.ndarray, n_phones: int) -> np.ndarray:
    """Log posteriors with which a phone may also be said as one that learners confuse with it.

    Args:
        log_posteriors: (n_frames, n_classes), natural logarithms; the phones come first.
        n_phones: how many of the classes are phones.
    """
    confusions = (1 - OTHER_SHARE) * np.eye(n_phones) + OTHER_SHARE * rival_probabilities()
    # Not "@": the threads of NumPy's BLAS go on spinning and slow PyTorch's down by a half.
    phones = np.einsum("fp,cp->fc", np.exp(log_posteriors[:, :n_phones]), confusions)
    return np.concatenate([np.log(phones + _FLOOR), log_posteriors[:, n_phones:]], axis=1)


_FLOOR = 1e-12


def align(
    log_posteriors: np.ndarray,
    words: Sequence[Sequence[int]],
    silence: int,
    min_phone_frames: int = MIN_PHONE_FRAMES,
) -> tuple[np.ndarray, float]:
    """Finds the best path through the phones of all words, in order.

    Silence may stand before, between and after words and may be left out; every phone lasts at
    least ``min_phone_frames``, enforced by that many states in a row.

    Args:
        log_posteriors: (n_frames, n_classes) natural-log class posteriors.
        words: class indices of the phones of each word.
        silence: class index of silence.
        min_phone_frames: shortest phone, in frames.

    Returns:
        Segments (n_phones, 2), half open, in frames, and the mean log posterior along the path.

    Raises:
        InputError: the recording has fewer frames than the phones need.
    """
    n_frames, n_phones = len(log_posteriors), sum(map(len, words))
    if n_frames < n_phones * min_phone_frames:
        raise InputError(
            f"The recording is too short: {n_frames} frames for {n_phones} sounds. "
            "Record the whole sentence."
        )
    scores, moves, phone_of_state = _forward(log_posteriors, words, silence, min_phone_frames)
    state = scores.shape[1] - (1 if scores[-1, -1] >= scores[-1, -2] else 2)
    path_score = scores[-1, state] / n_frames
    path = np.empty(n_frames, dtype=np.int64)
    for frame in range(n_frames - 1, -1, -1):
        path[frame] = state
        state -= int(moves[frame, state])
    phones = phone_of_state[path]
    starts = np.searchsorted(_running(phones), np.arange(n_phones), side="left")
    ends = starts + np.bincount(phones[phones >= 0], minlength=n_phones)
    return np.stack([starts, ends], axis=1), float(path_score)


def prefix_fits(
    log_posteriors: np.ndarray,
    words: Sequence[Sequence[int]],
    silence: int,
    min_phone_frames: int = MIN_PHONE_FRAMES,
) -> np.ndarray:
    """How well the sound is explained by the words up to each phone and then silence to its end.

    Args: as for ``align``.

    Returns:
        (n_phones + 1,) natural-log likelihood of the best path; the first is of silence alone, and
        minus infinity stands where there are too few frames.
    """
    scores, _, phone_of_state = _forward(log_posteriors, words, silence, min_phone_frames)
    last_of_phone = np.append(phone_of_state[1:] != phone_of_state[:-1], True)
    ended = scores[:, last_of_phone & (phone_of_state >= 0)]
    quiet = log_posteriors[:, silence].astype(np.float64)
    after = quiet.sum() - np.cumsum(quiet)
    return np.append(quiet.sum(), (ended + after[:, None]).max(0))


def _forward(
    log_posteriors: np.ndarray,
    words: Sequence[Sequence[int]],
    silence: int,
    min_phone_frames: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each state in each frame the score of the best path to it, and how many states its last
    step went; and the phone number of each state (-1: silence)."""
    classes, phone_of_state, starts_word = _states(words, silence, min_phone_frames)
    n_frames, n_states = len(log_posteriors), len(classes)
    emissions = log_posteriors[:, classes].astype(np.float64)
    last_of_phone = np.append(phone_of_state[1:] != phone_of_state[:-1], True)
    no_loop = np.where(last_of_phone | (phone_of_state < 0), 0.0, -np.inf)
    no_skip = np.where(starts_word, 0.0, -np.inf)[2:]
    scores = np.full((n_frames, n_states), -np.inf)
    scores[0, :2] = emissions[0, :2]
    moves = np.zeros((n_frames, n_states), dtype=np.int8)
    candidates = np.full((3, n_states), -np.inf)
    for frame in range(1, n_frames):
        before = scores[frame - 1]
        np.add(before, no_loop, out=candidates[0])
        candidates[1, 1:] = before[:-1]
        np.add(before[:-2], no_skip, out=candidates[2, 2:])
        moves[frame] = candidates.argmax(0)
        np.add(candidates.max(0), emissions[frame], out=scores[frame])
    return scores, moves, phone_of_state


def _running(phones: np.ndarray) -> np.ndarray:
    """Phone numbers with silence counted to the phone before it, so that they never fall."""
    return np.maximum.accumulate(phones)


def _states(
    words: Sequence[Sequence[int]], silence: int, min_phone_frames: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Class and phone number (-1: silence) of each state, and which states may be entered by
    leaving out the silence before them."""
    classes, phone_of_state, starts_word = [silence], [-1], [False]
    n_phones = 0
    for word in words:
        for position, phone in enumerate(word):
            classes += [phone] * min_phone_frames
            phone_of_state += [n_phones] * min_phone_frames
            starts_word += [position == 0] + [False] * (min_phone_frames - 1)
            n_phones += 1
        classes.append(silence)
        phone_of_state.append(-1)
        starts_word.append(False)
    starts_word[1] = False  # nothing lies before the first silence
    return np.array(classes), np.array(phone_of_state), np.array(starts_word)
