"""Cross-validation by speaker."""

from collections.abc import Sequence

import numpy as np


def speaker_folds(speakers: Sequence[str], n_folds: int, seed: int = 0) -> dict[str, int]:
    """Deals the distinct speakers to folds of equal size (within one).

    The same speakers and seed give the same folds, whatever the order of the utterances.

    Args:
        speakers: of each utterance.
        n_folds: 2 or more, at most the number of speakers.

    Returns:
        speaker -> fold, 0 to ``n_folds - 1``.

    Raises:
        ValueError: there are fewer speakers than folds, or fewer than two folds.
    """
    distinct = sorted(set(speakers))
    if not 2 <= n_folds <= len(distinct):
        raise ValueError(f"{len(distinct)} speakers cannot be dealt to {n_folds} folds")
    np.random.default_rng(seed).shuffle(distinct)
    return {speaker: position % n_folds for position, speaker in enumerate(distinct)}
