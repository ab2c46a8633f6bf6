"""Phone times from a scorer's own posteriors, in the form of first alignments."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from voicecoach.data.first_alignment import Alignments
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError


def realign(
    utterances: Sequence[Utterance],
    checkpoint: str | Path,
    progress: Callable[[int, int], None] | None = None,
) -> Alignments:
    """Aligns every utterance with a trained scorer.

    Args:
        utterances: their sentences say what was meant to be spoken.
        checkpoint: folder or packaged name of the scorer.
        progress: called with (done, total) after each utterance.

    Raises:
        InputError: there is no such scorer. Unreadable or too short recordings are in ``failed``.
    """
    from voicecoach.scoring.scorer import Scorer

    scorer = Scorer.from_pretrained(checkpoint)
    shift_ms = scorer.audio.frame_shift_ms
    result = Alignments()
    for done, utterance in enumerate(utterances, start=1):
        words = (" ".join(word.phones) for word in utterance.sentence)
        result.phones[utterance.utt] = "|".join(words)
        try:
            score = scorer.score(utterance.wav, utterance.sentence)
        except InputError as error:
            result.failed[utterance.utt] = str(error)
        else:
            times_ms = [(p.start_ms, p.end_ms) for word in score.words for p in word.phones]
            result.segments[utterance.utt] = np.round(np.array(times_ms) / shift_ms).astype(int)
        if progress is not None:
            progress(done, len(utterances))
    return result
