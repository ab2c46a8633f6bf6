"""How often the gate refuses good recordings, and how often it notices spoiled ones."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from voicecoach.audio.level import estimate_snr_db
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.metrics.levels import age_group, snr_group
from voicecoach.scoring.quality import Verdict, score_checked
from voicecoach.scoring.scorer import Scorer
from voicecoach.scoring.spoiling import PARTLY_RIGHT, Spoiler, Trial, other_texts

BEGINNER_BELOW = 5.0
"""Experts' total of a sentence, 0-10."""
UNTOUCHED, EVERYBODY = "untouched", "all"
_FOLLOWING = 3  # recordings of the same speaker that are read on in one breath
_TEXTS_PER_FOREIGN = 3
_OTHER = ("other sentence", "short", "long")
_PHONES_PER_S = 8.0  # of read speech, to find a text about as long as a recording

Counts = dict[str, dict[str, dict]]


def run(
    scorer: Scorer,
    utterances: Sequence[Utterance],
    noise: str | None = None,
    foreign: Sequence[Path] = (),
    spoil_every: int = 1,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Counts:
    """Asks the gate about every recording, untouched and spoiled, and for other sentences.

    Args:
        scorer: should not have heard the speakers.
        utterances: good recordings, each text what was said in it.
        noise: folder of noises, for the trials with noise.
        foreign: recordings of speech in other languages.
        spoil_every: only every so many recordings are spoiled; 1: all. All are asked for as they
            are, and for other sentences.
        seed: of texts and noises.
        progress: called with (done, total) recordings.

    Returns:
        Group of recordings -> trial -> counts: ``recordings``, ``refused``, ``noticed`` (refused
        or remarked on for what is wrong with it), ``remarked`` (scored, with a remark), ``kinds``
        (of problems, each refusing or not). In the group "all" are all; the others are adults and
        children, beginners and others, and signal-to-noise ratios, as far as these are known.

    Raises:
        InputError: nothing could be used.
    """
    counts: defaultdict[str, defaultdict[str, Counter]] = defaultdict(lambda: defaultdict(Counter))
    trials = _Trials(scorer, utterances, Spoiler(scorer.audio.sample_rate, noise, seed), seed)
    total = len(utterances) + len(foreign)
    for index in range(len(utterances)):
        try:
            turn = None if index % spoil_every else index // spoil_every
            for groups, trial, verdict in trials.of(index, turn):
                for group in groups:
                    _add(counts[group][trial.name], trial, verdict)
        except InputError:
            counts[EVERYBODY]["not read"]["recordings"] += 1
        progress(index + 1, total)
    for number, path in enumerate(foreign):
        for trial, verdict in trials.of_foreign(path):
            _add(counts[EVERYBODY][trial.name], trial, verdict)
        progress(len(utterances) + number + 1, total)
    if UNTOUCHED not in counts[EVERYBODY]:
        raise InputError("None of the recordings could be scored.")
    return {
        group: {name: _plain(by_trial[name]) for name in _in_order(by_trial)}
        for group, by_trial in counts.items()
    }


class _Trials:
    """Makes the trials of each recording and asks the gate."""

    def __init__(
        self, scorer: Scorer, utterances: Sequence[Utterance], spoiler: Spoiler, seed: int
    ) -> None:
        self._scorer, self._utterances, self._spoiler = scorer, utterances, spoiler
        self._seed = seed
        self._rate = scorer.audio.sample_rate
        self._texts = [utterance.text for utterance in utterances]
        self._lengths = np.array([sum(len(w.phones) for w in u.sentence) for u in utterances])

    def of(self, index: int, turn: int | None) -> Iterator[tuple[list[str], Trial, Verdict]]:
        """Each trial of one recording with its groups. ``turn`` is for ``Spoiler.trials``; with
        None it is not spoiled."""
        utterance = self._utterances[index]
        waveform = self._scorer.waveform(utterance.wav)
        untouched = Trial(UNTOUCHED, waveform, utterance.text)
        verdict = self._ask(untouched)
        groups = _groups(utterance, estimate_snr_db(waveform, self._rate))
        yield groups, untouched, verdict
        for trial in self._other_texts(index, waveform, hard=turn is not None):
            yield groups, trial, self._ask(trial)
        if turn is None:
            return
        score = verdict.score or self._scorer.score(waveform, utterance.text, self._rate)
        following = [self._scorer.waveform(u.wav) for u in self._following(index)]
        for trial in self._spoiler.trials(waveform, utterance.text, score, following, turn):
            yield groups, trial, self._ask(trial)

    def of_foreign(self, path: Path) -> Iterator[tuple[Trial, Verdict]]:
        """A recording in another language, asked for English texts about as long as it."""
        waveform = self._scorer.waveform(path)
        n_phones = _PHONES_PER_S * len(waveform) / self._rate
        for index in np.argsort(np.abs(self._lengths - n_phones), kind="stable")[
            :_TEXTS_PER_FOREIGN
        ]:
            trial = Trial("another language", waveform, self._texts[index], _OTHER)
            yield trial, self._ask(trial)

    def _following(self, index: int) -> list[Utterance]:
        speaker = self._utterances[index].speaker
        own = [u for u in self._utterances if u.speaker == speaker]
        place = own.index(self._utterances[index])
        return [own[(place + k) % len(own)] for k in range(1, 1 + _FOLLOWING)]

    def _other_texts(self, index: int, waveform: np.ndarray, hard: bool) -> Iterator[Trial]:
        rng = np.random.default_rng([self._seed, index])
        for name, text, is_other in other_texts(self._texts, self._lengths, index, rng):
            if hard or name not in PARTLY_RIGHT:
                yield Trial(name, waveform, text, _OTHER if is_other else ())

    def _ask(self, trial: Trial) -> Verdict:
        return score_checked(self._scorer, trial.waveform, trial.text, self._rate)


def _groups(utterance: Utterance, snr_db: float) -> list[str]:
    groups = [EVERYBODY, snr_group(snr_db)]
    if utterance.age is not None:
        groups.append(age_group(utterance.age))
    if utterance.labels is not None:
        is_beginner = utterance.labels.total < BEGINNER_BELOW
        groups.append("beginner" if is_beginner else "not a beginner")
    return groups


def _add(counter: Counter, trial: Trial, verdict: Verdict) -> None:
    kinds = {problem.kind for problem in verdict.problems}
    counter["recordings"] += 1
    counter["refused"] += verdict.score is None
    counter["remarked"] += verdict.score is not None and bool(kinds)
    counter["noticed"] += bool(kinds & set(trial.rightly))
    for kind in kinds:
        counter[f"kind {kind}"] += 1


def _in_order(names: Iterable[str]) -> list[str]:
    """Each way as it came, its strengths from low to high."""
    parts = {name: re.match(r"(\D*?)(-?\d+|$)", name).groups() for name in names}
    ways = list(dict.fromkeys(way for way, _ in parts.values()))
    return sorted(parts, key=lambda name: (ways.index(parts[name][0]), int(parts[name][1] or 0)))


def _plain(counter: Counter) -> dict:
    kinds = {key[5:]: n for key, n in counter.most_common() if key.startswith("kind ")}
    names = ("recordings", "refused", "remarked", "noticed")
    return {**{name: counter[name] for name in names}, "kinds": kinds}
