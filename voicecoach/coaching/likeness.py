"""Is it still the learner, and does it still sound natural, with every phone changed?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from voicecoach.coaching.coach import Coach, keep_length
from voicecoach.coaching.effect import nothing
from voicecoach.data.utterance import Utterance
from voicecoach.metrics.judges import NaturalnessJudge, VoiceJudge

VERSIONS = ("recording", "resynthesis", "deep feedback")
N_CHANGED, N_KNOWN = 2, 4  # recordings of each speaker: changed, and known by


@dataclass(frozen=True)
class Likeness:
    """One recording in each of ``VERSIONS``: cosine of its voice with that of the ``own`` speaker
    in other recordings and, in the mean, with the ``others``'; and its ``naturalness`` (1 to 5)."""

    utt: str
    speaker: str
    own: dict[str, float]
    others: dict[str, float]
    naturalness: dict[str, float]


def compare_voices(
    coach: Coach,
    voice: VoiceJudge,
    naturalness: NaturalnessJudge,
    speakers: dict[str, Sequence[Utterance]],
) -> Iterator[Likeness]:
    """Every phone of two recordings of each speaker is changed, as far as the arrows go; the whole
    lasts as long as before.

    Args:
        coach: that knows none of the speakers.
        voice: compares it with four other recordings of the same speaker.
        naturalness: judges it by itself.
        speakers: their recordings, at least six each.

    Raises:
        InputError: a recording cannot be scored.
    """
    known = {
        speaker: _voice(voice, coach, recordings[N_CHANGED : N_CHANGED + N_KNOWN])
        for speaker, recordings in speakers.items()
    }
    for speaker, recordings in speakers.items():
        for utterance in recordings[:N_CHANGED]:
            spoken = _versions(coach, utterance)
            voices = {name: voice.embed(sound) for name, sound in spoken.items()}
            others = np.stack([other for name, other in known.items() if name != speaker])
            yield Likeness(
                utterance.utt,
                speaker,
                {name: float(one @ known[speaker]) for name, one in voices.items()},
                {name: float(np.mean(others @ one)) for name, one in voices.items()},
                {name: naturalness.opinion(sound) for name, sound in spoken.items()},
            )


def _versions(coach: Coach, utterance: Utterance) -> dict[str, np.ndarray]:
    waveform = coach.scorer.waveform(utterance.wav)
    score = coach.scorer.score(waveform, utterance.sentence, coach.scorer.audio.sample_rate)
    changes = {
        key: replace(change, pitch_cents=0.0)
        for key, change in keep_length(coach.changes(waveform, score), score).items()
    }
    return {
        "recording": waveform,
        "resynthesis": coach.apply(waveform, score, nothing(changes)).waveform,
        "deep feedback": coach.apply(waveform, score, changes).waveform,
    }


def _voice(voice: VoiceJudge, coach: Coach, recordings: Sequence[Utterance]) -> np.ndarray:
    mean = np.mean([voice.embed(coach.scorer.waveform(one.wav)) for one in recordings], axis=0)
    return mean / np.linalg.norm(mean)
