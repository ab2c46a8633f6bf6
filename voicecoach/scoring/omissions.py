"""Which words of the sentence were left out."""

from collections.abc import Sequence

import numpy as np

from voicecoach.errors import InputError
from voicecoach.scoring.aligner import align

_WELL_HEARD = -2.0
"""Mean log posterior of a word's phones above which nobody asks whether it was said."""


def omission_gains(
    log_posteriors: np.ndarray, words: Sequence[Sequence[int]], segments: np.ndarray, silence: int
) -> np.ndarray:
    """How much better the sound is explained if each word is taken for left out.

    The stretch from the word before to the word after is aligned with and without the word.

    Args:
        log_posteriors: (n_frames, n_classes), natural logarithms.
        words: class indices of the phones of each word.
        segments: (n_phones, 2) where the phones lie, in frames.
        silence: class index of silence.

    Returns:
        (n_words,) natural-log units per phone of the word; minus infinity where it was clearly
        heard, or where it is the only word.
    """
    ends = np.cumsum([len(word) for word in words])
    firsts = ends - [len(word) for word in words]
    phones = np.concatenate([np.asarray(word) for word in words])
    heard = [log_posteriors[a:b, p].mean() for (a, b), p in zip(segments, phones, strict=True)]
    gains = np.full(len(words), -np.inf)
    for k, word in enumerate(words):
        if len(words) == 1 or np.mean(heard[firsts[k] : ends[k]]) > _WELL_HEARD:
            continue
        start = segments[firsts[k - 1], 0] if k else 0
        last = k + 1 == len(words)
        end = len(log_posteriors) if last else segments[ends[k + 1] - 1, 1]
        around = [words[k - 1]] if k else []
        rest = [] if last else [words[k + 1]]
        stretch = log_posteriors[start:end]
        try:
            _, said = align(stretch, [*around, word, *rest], silence)
            _, left_out = align(stretch, [*around, *rest], silence)
        except InputError:  # hardly a recording at all
            continue
        gains[k] = (left_out - said) * len(stretch) / len(word)
    return gains
