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
    classes, phone_of_state, starts_word = _states(words, silence, min_phone_frames)
    n_frames, n_states = len(log_posteriors), len(classes)
    n_phones = phone_of_state.max() + 1
    if n_frames < n_phones * min_phone_frames:
        raise InputError(
            f"The recording is too short: {n_frames} frames for {n_phones} sounds. "
            "Record the whole sentence."
        )
    emissions = log_posteriors[:, classes].astype(np.float64)
    last_of_phone = np.append(phone_of_state[1:] != phone_of_state[:-1], True)
    no_loop = np.where(last_of_phone | (phone_of_state < 0), 0.0, -np.inf)
    no_skip = np.where(starts_word, 0.0, -np.inf)[2:]
    score = np.full(n_states, -np.inf)
    score[0] = emissions[0, 0]
    score[1] = emissions[0, 1]
    moves = np.zeros((n_frames, n_states), dtype=np.int8)
    candidates = np.full((3, n_states), -np.inf)
    for frame in range(1, n_frames):
        np.add(score, no_loop, out=candidates[0])
        candidates[1, 1:] = score[:-1]
        np.add(score[:-2], no_skip, out=candidates[2, 2:])
        moves[frame] = candidates.argmax(0)
        score = candidates.max(0) + emissions[frame]
    state = n_states - 1 if score[-1] >= score[-2] else n_states - 2
    path_score = score[state] / n_frames
    path = np.empty(n_frames, dtype=np.int64)
    for frame in range(n_frames - 1, -1, -1):
        path[frame] = state
        state -= int(moves[frame, state])
    phones = phone_of_state[path]
    starts = np.searchsorted(_running(phones), np.arange(n_phones), side="left")
    ends = starts + np.bincount(phones[phones >= 0], minlength=n_phones)
    return np.stack([starts, ends], axis=1), float(path_score)


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
