"""Asks well-spoken recordings for what was not said: the truth about substitutions and omissions.

Corpora of learners' speech say how good a phone was, not what was said instead. Here the recording
is right and the sentence is wrong, so the truth is known: a phone was exchanged, a phone was put
in (so the speaker "left it out"), or a whole word was. Of speech that experts scored, only words
with full marks for every phone are asked about.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.metrics.calibration import expected_calibration_error
from voicecoach.scoring.results import DELETED, EXTRA, PhoneScore, SentenceScore, WordScore
from voicecoach.scoring.rivals import rival_probabilities
from voicecoach.scoring.scorer import Scorer
from voicecoach.text.phones import PHONE_INDEX, PHONES
from voicecoach.text.sentence import Sentence


@dataclass(frozen=True)
class Probe:
    """One wrong sentence. ``word`` is the position of the word that was changed, put in or dropped,
    ``phone`` that of the phone in it, ``truth`` what was said there: a phone, ``DELETED``,
    "omission" where the whole word was put in, "insertion" where it was dropped."""

    sentence: Sentence
    word: int
    phone: int
    truth: str


def make_probes(
    sentence: Sentence, rng: np.random.Generator, well_said: Sequence[bool] | None = None
) -> list[Probe]:
    """An exchanged phone, a phone put in, a word put in, and a word dropped, each at a random
    place.

    Args:
        sentence: what was said.
        rng: chooses the places.
        well_said: for each word whether it may be changed; None: all may.
    """
    rivals = rival_probabilities()
    allowed = np.flatnonzero([True] * len(sentence) if well_said is None else well_said)
    if not len(allowed):
        return []
    word = int(rng.choice(allowed))
    phones = sentence[word].phones
    phone = int(rng.integers(len(phones)))
    rival = PHONES[rng.choice(len(PHONES), p=rivals[PHONE_INDEX[phones[phone]]])]
    exchanged = (*phones[:phone], rival, *phones[phone + 1 :])
    probes = [Probe(_with(sentence, word, exchanged), word, phone, phones[phone])]
    extra = PHONES[rng.integers(len(PHONES))]
    if extra not in phones[max(0, phone - 1) : phone + 1]:  # "ss" cannot be told from "s"
        longer = (*phones[:phone], extra, *phones[phone:])
        probes.append(Probe(_with(sentence, word, longer), word, phone, DELETED))
    other = sentence[int(rng.integers(len(sentence)))]
    place = int(rng.integers(len(sentence) + 1))
    put_in = (*sentence[:place], other, *sentence[place:])
    probes.append(Probe(put_in, place, 0, "omission"))
    if len(sentence) > 1:
        dropped = (*sentence[:word], *sentence[word + 1 :])
        probes.append(Probe(dropped, word, 0, "insertion"))
    return probes


def _with(sentence: Sentence, position: int, phones: tuple[str, ...]) -> Sentence:
    words = list(sentence)
    words[position] = replace(words[position], phones=phones, stress=(), variants=())
    return tuple(words)


def run(
    scorer: Scorer,
    utterances: Sequence[Utterance],
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict:
    """Scores each utterance with its own sentence and with its probes.

    Returns:
        Counts and shares (0-1): ``untouched`` (false flags and wrong phones heard per 100 phones,
        false omissions per 100 words), ``substitution`` (flagged, abstained, right among those
        named, and right at all), ``deletion``, ``omission`` and ``insertion`` (precision against
        the false ones on untouched sentences, and recall), and
        ``calibration_error`` of the confidence in the phones that are named.

    Raises:
        InputError: nothing could be scored.
    """
    counts = _Counts()
    for done, utterance in enumerate(utterances, start=1):
        rng = np.random.default_rng([seed, done])
        try:
            # Scores belong to the phones they were given for.
            variants = utterance.labels is None
            well_said = _well_said(utterance)
            untouched = scorer.score(utterance.wav, utterance.sentence, variants=variants)
            counts.add_untouched(untouched, well_said)
            for probe in make_probes(utterance.sentence, rng, well_said):
                score = scorer.score(utterance.wav, probe.sentence, variants=variants)
                counts.add(probe, score)
        except InputError:
            counts.failed += 1
        if progress is not None:
            progress(done, len(utterances))
    if not counts.phones:
        raise InputError("None of the recordings could be scored.")
    return counts.summary()


def _well_said(utterance: Utterance) -> list[bool]:
    """For each word whether every phone of it was said well."""
    if utterance.labels is None:
        return [True] * len(utterance.sentence)
    return [min(word.phones) == 2.0 for word in utterance.labels.words]


class _Counts:
    """What was noticed, added up."""

    def __init__(self) -> None:
        self.failed = self.phones = self.words = 0
        self.false_insertions = 0
        self.false_flags = self.false_heard = self.false_deletions = self.false_omissions = 0
        self.substitutions: list[tuple[bool, bool, bool]] = []  # flagged, named, right
        self.deletions: list[bool] = []
        self.omissions: list[bool] = []
        self.insertions: list[bool] = []
        self.confidences: list[float] = []
        self.right: list[bool] = []

    def add_untouched(self, score: SentenceScore, well_said: Sequence[bool]) -> None:
        asked = [word for word in score.words if word.phones]
        kept = [word for word, well in zip(asked, well_said, strict=True) if well]
        self.words += len(kept)
        self.false_omissions += sum(word.error == "omission" for word in kept)
        self.false_insertions += sum(word.error in EXTRA for word in score.words)
        for phone in _phones(kept):
            self.phones += 1
            self.false_flags += phone.flagged
            self.false_heard += phone.realised not in (None, phone.phone)
            self.false_deletions += phone.realised == DELETED
            self._add_confidence(phone, phone.phone)

    def add(self, probe: Probe, score: SentenceScore) -> None:
        if probe.truth == "insertion":
            self.insertions.append(any(word.error in EXTRA for word in score.words))
            return
        word = [word for word in score.words if word.phones][probe.word]
        if probe.truth == "omission":
            self.omissions.append(word.error == "omission")
            return
        phone = word.phones[probe.phone]
        self._add_confidence(phone, probe.truth)
        if probe.truth == DELETED:
            self.deletions.append(phone.realised == DELETED)
        else:
            right = phone.realised == probe.truth
            self.substitutions.append((phone.flagged, phone.realised is not None, right))

    def _add_confidence(self, phone: PhoneScore, truth: str) -> None:
        if phone.realised is not None:
            self.confidences.append(phone.confidence)
            self.right.append(phone.realised == truth)

    def summary(self) -> dict:
        flagged, named, right = np.array(self.substitutions, dtype=float).T
        found, omitted = sum(self.deletions), sum(self.omissions)
        return {
            "utterances_failed": self.failed,
            "untouched": {
                "phones": self.phones,
                "words": self.words,
                "false_flags_per_100_phones": 100 * self.false_flags / self.phones,
                "other_heard_per_100_phones": 100 * self.false_heard / self.phones,
                "false_omissions_per_100_words": 100 * self.false_omissions / self.words,
                "false_insertions_per_100_words": 100 * self.false_insertions / self.words,
            },
            "substitution": {
                "probes": len(right),
                "flagged": float(flagged.mean()),
                "abstained": float(1 - named.mean()),
                "right_of_named": float(right.sum() / max(1, named.sum())),
                "right": float(right.mean()),
            },
            "deletion": _precision_recall(found, self.false_deletions, len(self.deletions)),
            "omission": _precision_recall(omitted, self.false_omissions, len(self.omissions)),
            "insertion": _precision_recall(
                sum(self.insertions), self.false_insertions, len(self.insertions)
            ),
            "calibration_error": expected_calibration_error(
                np.array(self.confidences), np.array(self.right)
            ),
        }


def _precision_recall(found: int, false: int, total: int) -> dict:
    return {
        "probes": total,
        "precision": found / (found + false) if found + false else None,
        "recall": found / total if total else None,
    }


def _phones(words: Iterable[WordScore]) -> Iterator[PhoneScore]:
    return (phone for word in words for phone in word.phones)
