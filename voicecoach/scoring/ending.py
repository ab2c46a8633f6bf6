"""Whether a sentence was said to its end, while its speaker pauses."""

from collections.abc import Sequence

import numpy as np

from voicecoach.scoring.aligner import MIN_PHONE_FRAMES, forgiving, prefix_fits
from voicecoach.scoring.placing import SILENCE
from voicecoach.scoring.scorer import Scorer
from voicecoach.text.phones import PHONE_INDEX, PHONES, is_vowel
from voicecoach.text.sentence import Sentence

MARGIN = 1.0
"""Natural-log units by which the sound must be better explained with the last word than without.
Of 250 recordings of training speakers 86 % were taken for complete at their end, and 0.4 % of the
times that they were cut off after an earlier word."""


def said_all(scorer: Scorer, waveform: np.ndarray, sentence: Sentence) -> bool:
    """Whether the last word has been said, so that nothing more is to be waited for.

    Of the last word its beginning is enough: many learners leave out last sounds. False too where
    so much was said otherwise that it cannot be told.

    Args:
        waveform: (n_samples,) float in [-1, 1] at ``scorer.audio.sample_rate``, 30 s at most.
        sentence: what is read.
    """
    import torch

    from voicecoach.scoring.batching import pad
    from voicecoach.scoring.features import log_mel_of

    n_frames = len(waveform) // scorer.audio.hop_length  # without the appended silence
    log_mel = log_mel_of(waveform, scorer.audio)
    with torch.inference_mode():
        _, logits = scorer.model.listen(*(x.to(scorer.device) for x in pad([log_mel])))
        log_posteriors = logits.float().log_softmax(-1).cpu().numpy()[0, :n_frames]
    return is_complete(log_posteriors, sentence)


def is_complete(log_posteriors: np.ndarray, sentence: Sentence) -> bool:
    """As `said_all`, from (n_frames, 40) natural logarithms; the last class is silence."""
    words = [[PHONE_INDEX[phone] for phone in word.phones] for word in sentence]
    if len(log_posteriors) < sum(map(len, words)) * MIN_PHONE_FRAMES:
        return False
    fits = prefix_fits(forgiving(log_posteriors, len(PHONES)), words, SILENCE)
    enough = len(fits) - len(words[-1]) + _first_proof(sentence[-1].phones)
    return bool(fits[enough:].max() > fits[:enough].max() + MARGIN)


def _first_proof(phones: Sequence[str]) -> int:
    """The number of the phone up to which a word must be heard: its first vowel, for a click is
    soon taken for a consonant; and one more if there are other syllables, to pause before."""
    vowels = [i for i, phone in enumerate(phones) if is_vowel(phone)] or [0]
    return vowels[0] + (len(vowels) > 1)
