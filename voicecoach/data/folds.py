"""Cross-validation by speaker."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.errors import InputError

if TYPE_CHECKING:
    from voicecoach.data.utterance import Utterance


def speaker_folds(speakers: Sequence[str], n_folds: int, seed: int = 0) -> dict[str, int]:
    """Deals the distinct speakers to folds of equal size (within one).

    The same speakers and seed give the same folds, whatever the order of the utterances.

    Args:
        speakers: of each utterance.
        n_folds: 2 or more, at most the number of speakers.

    Returns:
        speaker -> fold, 0 to ``n_folds - 1``.

    Raises:
        InputError: there are fewer speakers than folds, or fewer than two folds.
    """
    distinct = sorted(set(speakers))
    if not 2 <= n_folds <= len(distinct):
        raise InputError(
            f"{len(distinct)} speakers cannot be dealt to {n_folds} folds: take 2 folds or more, "
            "but no more than there are speakers"
        )
    np.random.default_rng(seed).shuffle(distinct)
    return {speaker: position % n_folds for position, speaker in enumerate(distinct)}


def in_fold(utterances: "Sequence[Utterance]", fold: int | None, n_folds: int) -> "list[Utterance]":
    """Those whose speakers are in one fold; ``fold`` None: all.

    Raises:
        InputError: there are fewer speakers than folds.
    """
    if fold is None:
        return list(utterances)
    folds = speaker_folds([utterance.speaker for utterance in utterances], n_folds)
    return [utterance for utterance in utterances if folds[utterance.speaker] == fold]
