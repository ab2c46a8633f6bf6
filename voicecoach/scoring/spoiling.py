"""Spoils good recordings in known ways, to see whether the gate notices.

Of each way there are several strengths; a recording gets one of them, in turn, so that a corpus has
all of them without being scored dozens of times.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from voicecoach.audio.level import loud_level_db
from voicecoach.data.disturb import Disturbance, Disturber
from voicecoach.errors import InputError
from voicecoach.scoring.results import SentenceScore

CLIPPED = (0.01, 0.03, 0.06, 0.1, 0.2)
"""Shares of the samples that a gain drives to full scale."""
LOUD_LEVELS_DB = (-45.0, -50.0, -57.0, -62.0, -70.0)
SNRS_DB = (20.0, 10.0, 5.0, 0.0, -5.0)
SAID = (0.1, 0.25, 0.5)
"""Share of a recording that is kept, from its beginning."""
CUT = (0.25, 0.5, 0.75)
"""Share of the first or last word that is cut off."""
PARTLY_RIGHT = ("second half is another sentence's", "only half of the text said")
_NO_SPEECH = ("silence", "noise", "short", "other sentence")
_PART = ("short", "cut end", "other sentence", "silence")
_ALIKE = 10  # sentences from which one of similar length is drawn
_HISS = 0.001
_FULL_SCALE = 0.999
_STEP = 1 / 32768  # of 16 bits


@dataclass(frozen=True)
class Trial:
    """One recording and the text asked for. ``rightly`` are the kinds of problems that it has;
    with none, a refusal is wrong."""

    name: str
    waveform: np.ndarray
    text: str
    rightly: tuple[str, ...] = ()


class Spoiler:
    """Makes the trials of a recording that differ from it in sound.

    Args:
        sample_rate: Hz, of all recordings; 16000 where there is noise.
        noise: folder of noises as for ``Disturbance``; None: no trials with noise.
        seed: chooses the noises.
    """

    def __init__(self, sample_rate: int, noise: str | None = None, seed: int = 0) -> None:
        self._sample_rate = sample_rate
        self._disturbers = {}
        if noise is not None:
            for snr_db in SNRS_DB:
                disturbance = Disturbance("noise", noise, snr_db, seed)
                self._disturbers[snr_db] = Disturber(disturbance, disturbance.sounds())

    def trials(
        self,
        waveform: np.ndarray,
        text: str,
        untouched: SentenceScore,
        following: Sequence[np.ndarray],
        turn: int,
    ) -> Iterator[Trial]:
        """All ways, each in one strength.

        Args:
            waveform: (n_samples,) float32 in [-1, 1].
            text: what is said in it.
            untouched: its score, for the times of its words.
            following: other recordings, which are said in one breath with it.
            turn: number of the recording; decides the strengths, and with the seed the noise.
        """
        rng = np.random.default_rng(turn)
        silent, hiss = np.zeros_like(waveform), rng.normal(size=len(waveform))
        quiet_hiss = (_HISS * hiss / np.abs(hiss).max()).astype(np.float32)
        yield Trial("silence", (silent, quiet_hiss)[turn % 2], text, ("silence",))
        loud = 10 ** (loud_level_db(waveform, self._sample_rate) / 20)
        yield Trial("hiss alone", np.float32(loud) * hiss.astype(np.float32), text, _NO_SPEECH)
        share = _in_turn(CLIPPED, turn)
        yield Trial(f"clipped {share:.0%}", clip(waveform, share), text, ("clipping",))
        level_db = _in_turn(LOUD_LEVELS_DB, turn)
        gain = np.float32(10 ** (level_db / 20) / loud)
        quiet = np.round(gain * waveform / _STEP) * np.float32(_STEP)
        yield Trial(f"speech at {level_db:.0f} dB", quiet, text, ("quiet", "silence"))
        if self._disturbers:
            snr_db = _in_turn(SNRS_DB, turn)
            try:
                noisy = self._disturbers[snr_db](waveform, str(turn))
                yield Trial(f"noise, SNR {snr_db:.0f} dB", noisy, text, ("noise",))
                yield Trial("noise alone", noisy - waveform, text, _NO_SPEECH)
            except InputError:  # silent noise, or a silent recording
                pass
        said = _in_turn(SAID, turn)
        part = waveform[: round(said * len(waveform))]
        yield Trial(f"first {said:.0%} of the recording", part, text, _PART)
        many = np.concatenate([waveform, *following])
        yield Trial(f"{1 + len(following)} sentences", many, text, ("long", "other sentence"))
        yield from self._cut(waveform, text, untouched, _in_turn(CUT, turn))

    def _cut(
        self, waveform: np.ndarray, text: str, untouched: SentenceScore, share: float
    ) -> Iterator[Trial]:
        words = [word for word in untouched.words if word.phones]
        first, last = words[0], words[-1]
        start_ms = first.start_ms + share * (first.end_ms - first.start_ms)
        end_ms = last.end_ms - share * (last.end_ms - last.start_ms)
        start, end = (round(ms * self._sample_rate / 1000) for ms in (start_ms, end_ms))
        yield Trial(f"first word cut {share:.0%}", waveform[start:], text, ("cut start",))
        yield Trial(f"last word cut {share:.0%}", waveform[:end], text, ("cut end",))


def clip(waveform: np.ndarray, share: float) -> np.ndarray:
    """Turned up until ``share`` of the samples are at full scale. (n_samples,) float32."""
    limit = max(float(np.quantile(np.abs(waveform), 1 - share)), _STEP)
    return np.clip(waveform / np.float32(limit) * _FULL_SCALE, -1, 1).astype(np.float32)


def other_texts(
    texts: Sequence[str], lengths: Sequence[int], index: int, rng: np.random.Generator
) -> Iterator[tuple[str, str, bool]]:
    """Other texts to ask a recording for.

    Args:
        texts: of all recordings.
        lengths: of each text, in phones.
        index: of the recording.
        rng: chooses among the others.

    Yields:
        Name, text, and whether it is another sentence, which must be refused; one changed word is
        none.
    """
    own = texts[index].split()
    others = [i for i, text in enumerate(texts) if text.lower() != texts[index].lower()]
    if not others:
        return
    gap = np.abs(np.array([lengths[i] for i in others]) - lengths[index])
    alike = [others[i] for i in np.argsort(gap, kind="stable")[:_ALIKE]]
    other = texts[rng.choice(others)]
    yield "another sentence", other, True
    yield "another sentence of similar length", texts[rng.choice(alike)], True
    foreign = [word for word in other.split() if word.lower() not in texts[index].lower()]
    if not foreign or len(own) < 3:
        return
    place = int(rng.integers(len(own)))
    changed = [*own[:place], str(rng.choice(foreign)), *own[place + 1 :]]
    yield "one word changed", " ".join(changed), False
    half = len(own) // 2
    doubled = [*own, *(other.split() * len(own))[: len(own)]]
    yield PARTLY_RIGHT[0], " ".join([*own[:-half], *other.split()[-half:]]), True
    yield PARTLY_RIGHT[1], " ".join(doubled), True


def _in_turn(strengths: Sequence[float], turn: int) -> float:
    return strengths[turn % len(strengths)]
