"""Does the improved sound convince an ear that never taught here?"""

from dataclasses import dataclass, replace

import numpy as np

from voicecoach.coaching.coach import Coach, is_measurable
from voicecoach.coaching.results import Change
from voicecoach.data.utterance import Utterance
from voicecoach.metrics.listener import Listener
from voicecoach.text.phones import PHONE_INDEX

VERSIONS = ("recording", "resynthesis", "deep feedback", "random edit", "exaggerated")
EXAGGERATED = 1.5
_BAD = 1.0  # experts' score below which a phone was said badly


@dataclass(frozen=True)
class PhoneEffect:
    """What the ear hears of one phone.

    ``flagged`` by the scorer, ``bad`` by the experts (or both); ``clarity`` (``Listener.clarity``)
    in each of ``VERSIONS``.
    """

    utt: str
    speaker: str
    phone: str
    flagged: bool
    bad: bool
    clarity: dict[str, float]


def listen(
    coach: Coach, listener: Listener, utterance: Utterance, rng: np.random.Generator
) -> list[PhoneEffect]:
    """Of every phone that the scorer flags or the experts scored below 1, and that can be changed:
    one that was left out, or squeezed by its neighbours, cannot.

    Raises:
        InputError: the recording cannot be scored.
    """
    waveform = coach.scorer.waveform(utterance.wav)
    rate = coach.scorer.audio.sample_rate
    score = coach.scorer.score(waveform, utterance.sentence, rate)
    grades = [word.phones for word in utterance.labels.words] if utterance.labels else None
    # Words that the sentence does not hold have no phones.
    words = [number for number, word in enumerate(score.words) if word.phones]
    keys = [(w, p) for w in words for p in range(len(score.words[w].phones))]
    said = {key: score.words[key[0]].phones[key[1]] for key in keys}
    bad = dict.fromkeys(keys, False)
    if grades:
        bad = dict(zip(keys, (np.concatenate(grades) < _BAD).tolist(), strict=True))
    changes = coach.changes(waveform, score)
    chosen = [
        key
        for key in keys
        if (said[key].flagged or bad[key]) and key in changes and is_measurable(said[key])
    ]
    if not chosen:
        return []
    mine = {key: replace(changes[key], pitch_cents=0.0) for key in chosen}
    spoken = {
        "recording": waveform,
        "resynthesis": coach.apply(waveform, score, nothing(mine)).waveform,
        "deep feedback": coach.apply(waveform, score, mine).waveform,
        "random edit": coach.apply(
            waveform, score, {key: _random(change, rng) for key, change in mine.items()}
        ).waveform,
        "exaggerated": coach.apply(waveform, score, mine, EXAGGERATED).waveform,
    }
    phones = [PHONE_INDEX[said[key].phone] for key in keys]
    positions = [keys.index(key) for key in chosen]
    clarity = {name: listener.clarity(sound, phones, positions) for name, sound in spoken.items()}
    return [
        PhoneEffect(
            utterance.utt,
            utterance.speaker,
            said[key].phone,
            said[key].flagged,
            bad[key],
            {name: float(values[row]) for name, values in clarity.items()},
        )
        for row, key in enumerate(chosen)
    ]


def nothing(changes: dict[tuple[int, int], Change]) -> dict[tuple[int, int], Change]:
    """The same sounds, spoken again as they are."""
    return {
        key: Change(np.zeros_like(change.envelope_db), change.band_hz)
        for key, change in changes.items()
    }


def _random(change: Change, rng: np.random.Generator) -> Change:
    """As large, as smooth, but anywhere: the spectrum of the change with other phases."""
    spectrum = np.fft.rfft2(change.envelope_db)
    noise = np.fft.rfft2(rng.standard_normal(change.envelope_db.shape))
    shuffled = np.fft.irfft2(
        np.abs(spectrum) * np.exp(1j * np.angle(noise)), s=change.envelope_db.shape
    )
    ratio = change.duration_ratio if rng.random() < 0.5 else 1 / change.duration_ratio
    return replace(change, envelope_db=shuffled, duration_ratio=ratio, voicing=None)
