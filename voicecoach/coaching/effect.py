"""Does the improved sound convince an ear that never taught here? And is it still the learner?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from voicecoach.coaching.coach import Coach
from voicecoach.coaching.results import Change
from voicecoach.data.utterance import Utterance
from voicecoach.metrics.listener import Listener
from voicecoach.scoring.results import DELETED
from voicecoach.text.phones import PHONE_INDEX

VERSIONS = ("resynthesis", "deep feedback", "random edit")


@dataclass(frozen=True)
class Effect:
    """Clarity (``Listener.clarity``) of one flagged phone in the ``recording`` and in each of
    ``VERSIONS``."""

    utt: str
    speaker: str
    phone: str
    recording: float
    resynthesis: float
    feedback: float
    random: float


def effects(
    coach: Coach, listener: Listener, utterances: Sequence[Utterance], seed: int = 0
) -> Iterator[Effect]:
    """Of every phone that the scorer flags and that was said, in recordings that it can score."""
    rng = np.random.default_rng(seed)
    for utterance in utterances:
        waveform = coach.scorer.waveform(utterance.wav)
        rate = coach.scorer.audio.sample_rate
        score = coach.scorer.score(waveform, utterance.sentence, rate)
        words = list(enumerate(score.words))
        keys = [(w, p) for w, word in words for p in range(len(word.phones))]
        said = {key: score.words[key[0]].phones[key[1]] for key in keys}
        flagged = [k for k in keys if said[k].flagged and said[k].realised != DELETED]
        changes = coach.changes(waveform, score)
        flagged = [key for key in flagged if key in changes]
        if not flagged:
            continue
        phones = [PHONE_INDEX[said[key].phone] for key in keys]
        positions = [keys.index(key) for key in flagged]
        mine = {key: replace(changes[key], pitch_cents=0.0) for key in flagged}
        versions = [
            {key: _nothing(change) for key, change in mine.items()},
            mine,
            {key: _random(change, rng) for key, change in mine.items()},
        ]
        spoken = [waveform, *(coach.apply(waveform, score, v).waveform for v in versions)]
        clarity = [listener.clarity(sound, phones, positions) for sound in spoken]
        for key, values in zip(flagged, np.transpose(clarity), strict=True):
            yield Effect(utterance.utt, utterance.speaker, said[key].phone, *values)


def _nothing(change: Change) -> Change:
    return Change(np.zeros_like(change.envelope_db), change.band_hz)


def _random(change: Change, rng: np.random.Generator) -> Change:
    """As large, as smooth, but anywhere: the spectrum of the change with other phases."""
    spectrum = np.fft.rfft2(change.envelope_db)
    noise = np.fft.rfft2(rng.standard_normal(change.envelope_db.shape))
    shuffled = np.fft.irfft2(
        np.abs(spectrum) * np.exp(1j * np.angle(noise)), s=change.envelope_db.shape
    )
    ratio = change.duration_ratio if rng.random() < 0.5 else 1 / change.duration_ratio
    return replace(change, envelope_db=shuffled, duration_ratio=ratio, voicing=None)
