"""Whether a recording can be judged at all, so that no learner gets a low score for a bad take.

What the waveform alone tells is asked first, and no network runs where that refuses. Whether the
speech is the sentence comes out of the pass that scores it. The thresholds were chosen on two folds
of the learners and measured on the other three: see RESULTS_GATE.md of egs/speechocean762/score1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from voicecoach.audio.level import edge_levels_db, estimate_snr_db, loud_level_db, measure
from voicecoach.errors import TooLong
from voicecoach.scoring.results import Fit, SentenceScore
from voicecoach.scoring.scorer import MAX_DURATION_S, Audio, Scorer
from voicecoach.text.sentence import Sentence
from voicecoach.text.transcribe import transcribe

SHORTEST_MS_PER_PHONE = 45.0
"""Of the whole recording; the quickest of 2,680 readers, learners and natives, took 66."""
LIGHTLY_CLIPPED, TOO_CLIPPED = 0.001, 0.05
"""Shares of samples at full scale; beyond the second, phone scores change by 0.03 of 2."""
TOO_QUIET_DB = -55.0
"""Level of the loud parts; below, phone scores change by 0.03 of 2, as beyond ``TOO_CLIPPED``."""
TOO_NOISY_DB, NOISY_DB = 8.0, 12.0
"""Signal-to-noise ratios as estimated; of the learners' recordings the noisiest has 13."""
LEAST_SPEECH_MS = 200.0
"""Below that nobody spoke; with more, not enough for the sentence was said."""
LEAST_SPEECH_MS_PER_PHONE, MOST_SPEECH_MS_PER_PHONE = 35.0, 300.0
"""Time that sounds like speech; learners take 70 to 250, quick natives 50."""
STARTS_IN_SPEECH, ENDS_IN_SPEECH = 0.3, 0.5
"""Probabilities that the first and the last 30 ms are speech. Sounds fade out slowly."""
LOUD_EDGE_DB, SOFT_EDGE_DB = -15.0, -25.0
"""Of the first and the last 40 ms, beside the loud parts. What is trimmed tightly begins and ends
softly; between the two there is only a remark."""
HEARD_WEIGHT, LEAST_FIT = 4.0, -0.85
"""Of ``Fit.gap + HEARD_WEIGHT * Fit.heard``: each alone refuses beginners, or sentences with one
other word. The weight is that of a logistic regression."""


@dataclass(frozen=True)
class Problem:
    """Something wrong with a recording.

    ``kind`` is "silence", "clipping", "quiet", "noise", "short", "long", "cut start", "cut end" or
    "other sentence"; the last is also what speech in another language gets, since a recogniser of
    English cannot tell the two apart. ``message`` is a sentence with what was measured, ``advice``
    one that says what to do. Where ``refuses`` is False, it is a remark and the score stands.
    """

    kind: str
    message: str
    advice: str
    refuses: bool = True


@dataclass(frozen=True)
class Verdict:
    """``score`` is None where one of the ``problems`` refuses.

    ``waveform`` (n_samples,) is what the network hears; None where that would be too long.
    """

    score: SentenceScore | None
    problems: tuple[Problem, ...]
    waveform: np.ndarray | None = field(default=None, compare=False, repr=False)


def score_checked(
    scorer: Scorer,
    audio: Audio,
    text: str | Sentence,
    sample_rate: int | None = None,
    variants: bool | None = None,
) -> Verdict:
    """Scores a recording if it can be judged, and says why where it cannot.

    Args:
        scorer: computes its network once at most.
        audio: as for ``Scorer.score``.
        text: as for ``Scorer.score``.
        sample_rate: as for ``Scorer.score``.
        variants: as for ``Scorer.score``.

    Raises:
        InputError: the recording cannot be read, or the text cannot be spoken.
    """
    if variants is None:
        variants = isinstance(text, str)
    sentence = transcribe(text) if isinstance(text, str) else text
    n_phones = sum(len(word.phones) for word in sentence)
    try:
        waveform = scorer.waveform(audio, sample_rate)
    except TooLong:
        return Verdict(None, (_too_long(f"It lasts more than {MAX_DURATION_S:.0f} s"),))
    rate = scorer.audio.sample_rate
    problems = check_waveform(waveform, rate, n_phones)
    if refuses(problems):
        return Verdict(None, tuple(problems), waveform)
    score = scorer.score(waveform, sentence, rate, variants)
    problems += _check_speech(waveform, rate, score.fit, n_phones)
    return Verdict(None if refuses(problems) else score, tuple(problems), waveform)


def find_problems(waveform: np.ndarray, sample_rate: int, score: SentenceScore) -> list[Problem]:
    """The problems that ``score_checked`` finds, of a recording that was scored in any case.

    Args:
        waveform: (n_samples,) float in [-1, 1].
        sample_rate: Hz.
        score: what ``Scorer.score`` gave it.
    """
    n_phones = sum(len(word.phones) for word in score.words)
    problems = check_waveform(waveform, sample_rate, n_phones)
    if refuses(problems):
        return problems
    return problems + _check_speech(waveform, sample_rate, score.fit, n_phones)


def refuses(problems: Sequence[Problem]) -> bool:
    """Whether one of them does."""
    return any(problem.refuses for problem in problems)


def check_waveform(waveform: np.ndarray, sample_rate: int, n_phones: int = 0) -> list[Problem]:
    """The problems that need no network.

    Args:
        waveform: (n_samples,) float in [-1, 1].
        sample_rate: Hz.
        n_phones: of the sentence; 0 where nobody knows what is said.
    """
    level = measure(waveform)
    duration_s = len(waveform) / sample_rate
    if 1000 * duration_s < SHORTEST_MS_PER_PHONE * n_phones:
        return [
            Problem(
                "short",
                f"It is too short: {duration_s:.1f} s for a sentence of {n_phones} sounds.",
                "Read the whole sentence, and stop the recording only after its end.",
            )
        ]
    if level.is_silent:
        return [
            Problem(
                "silence",
                f"It is silent: the loudest sample is {-level.peak_db:.0f} dB below full scale.",
                "Check that the microphone is the right one, turned up and not muted.",
            )
        ]
    problems = []
    clipped = level.n_clipped / len(waveform)
    if clipped > LIGHTLY_CLIPPED:
        problems.append(
            Problem(
                "clipping",
                f"It is clipped: {clipped:.1%} of its samples are at full scale.",
                "Turn the microphone down, or move away from it.",
                refuses=clipped > TOO_CLIPPED,
            )
        )
    loud_db = loud_level_db(waveform, sample_rate)
    if loud_db < TOO_QUIET_DB:
        problems.append(
            Problem(
                "quiet",
                f"It is too quiet: its speech is {-loud_db:.0f} dB below full scale.",
                "Turn the microphone up, or move closer to it.",
            )
        )
    snr_db = estimate_snr_db(waveform, sample_rate)
    if snr_db < NOISY_DB:
        problems.append(
            Problem(
                "noise",
                f"It is noisy: the speech is only {snr_db:.0f} dB louder than the background.",
                "Find a quieter place, or move closer to the microphone.",
                refuses=snr_db < TOO_NOISY_DB,
            )
        )
    return problems


def _check_speech(waveform: np.ndarray, sample_rate: int, fit: Fit, n_phones: int) -> list[Problem]:
    """The problems that only the network sees."""
    speech_s = fit.speech_ms / 1000
    if fit.speech_ms < LEAST_SPEECH_MS_PER_PHONE * n_phones:
        return [
            Problem(
                "silence" if fit.speech_ms < LEAST_SPEECH_MS else "short",
                f"It holds too little speech: {speech_s:.1f} s for {n_phones} sounds.",
                "Read the whole sentence aloud, close to the microphone.",
            )
        ]
    if fit.speech_ms > MOST_SPEECH_MS_PER_PHONE * n_phones:
        return [_too_long(f"It holds {speech_s:.1f} s of speech for {n_phones} sounds")]
    if fit.gap + HEARD_WEIGHT * fit.heard < LEAST_FIT:
        return [
            Problem(
                "other sentence",
                f"It does not sound like this sentence: about {max(0.0, fit.heard):.0%} of the "
                "sounds agree.",
                "Read exactly the sentence that is shown, in English.",
            )
        ]
    return _check_edges(waveform, sample_rate, fit)


def _check_edges(waveform: np.ndarray, sample_rate: int, fit: Fit) -> list[Problem]:
    """Whether speech was cut off."""
    start_db, end_db = edge_levels_db(waveform, sample_rate)
    problems = []
    if fit.starts_in_speech > STARTS_IN_SPEECH and start_db > SOFT_EDGE_DB:
        problems.append(
            Problem(
                "cut start",
                "It begins in the middle of speech: its first 40 ms are "
                f"{_beside(start_db)} its loud parts.",
                "Start the recording, wait a moment, and then speak.",
                refuses=start_db > LOUD_EDGE_DB,
            )
        )
    if fit.ends_in_speech > ENDS_IN_SPEECH and end_db > SOFT_EDGE_DB:
        problems.append(
            Problem(
                "cut end",
                f"It ends in the middle of speech: its last 40 ms are {_beside(end_db)} its loud "
                "parts.",
                "Wait a moment after the last word before you stop the recording.",
                refuses=end_db > LOUD_EDGE_DB,
            )
        )
    return problems


def _beside(level_db: float) -> str:
    return f"only {-level_db:.0f} dB below" if level_db <= -0.5 else "as loud as"


def _too_long(measured: str) -> Problem:
    return Problem(
        "long",
        f"{measured}.",
        "Read the sentence once, and stop the recording after it.",
    )
