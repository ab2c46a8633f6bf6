"""Phone times from a scorer's own posteriors, in the form of first alignments."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from voicecoach.data.first_alignment import Alignments
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.scoring.results import SentenceScore
from voicecoach.text.sentence import Sentence


def realign(
    utterances: Sequence[Utterance],
    checkpoint: str | Path,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Alignments, list[Utterance]]:
    """Aligns every utterance with a trained scorer.

    Args:
        utterances: their sentences say what was meant to be spoken.
        checkpoint: folder or packaged name of the scorer.
        progress: called with (done, total) after each utterance.

    Returns:
        The alignments, and the utterances: those without scores have the pronunciation of each
        word that was said, where the sentence gives several. Scores belong to the phones they
        were given for, so scored ones keep theirs.

    Raises:
        InputError: there is no such scorer. Unreadable or too short recordings are in ``failed``.
    """
    from voicecoach.scoring.scorer import Scorer

    scorer = Scorer.from_pretrained(checkpoint)
    shift_ms = scorer.audio.frame_shift_ms
    result, kept = Alignments(), []
    for done, utterance in enumerate(utterances, start=1):
        try:
            score = scorer.score(
                utterance.wav, utterance.sentence, variants=utterance.labels is None
            )
        except InputError as error:
            result.failed[utterance.utt] = str(error)
        else:
            times_ms = [(p.start_ms, p.end_ms) for word in score.words for p in word.phones]
            result.segments[utterance.utt] = np.round(np.array(times_ms) / shift_ms).astype(int)
            sentence = _as_said(utterance.sentence, score)
            # With the words as its text, a data folder keeps the phones of each.
            text = " ".join(word.text for word in sentence)
            utterance = replace(utterance, sentence=sentence, text=text)
        words = (" ".join(word.phones) for word in utterance.sentence)
        result.phones[utterance.utt] = "|".join(words)
        kept.append(utterance)
        if progress is not None:
            progress(done, len(utterances))
    return result, kept


def _as_said(sentence: Sentence, score: SentenceScore) -> Sentence:
    said = [tuple(phone.phone for phone in word.phones) for word in score.words if word.phones]
    return tuple(
        word if word.phones == phones else replace(word, phones=phones, stress=())
        for word, phones in zip(sentence, said, strict=True)
    )
